"""samples: a township that does not exist, for trying things out."""
