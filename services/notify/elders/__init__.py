"""elders: what notify knows of an elder, from what the registry and visits publish."""
