"""demo: village life, made up for demonstrations."""
