"""registry: who lives here, who supports them, who cares for them."""
