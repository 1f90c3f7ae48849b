"""What services tell each other: models without I/O."""
