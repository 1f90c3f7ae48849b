"""Policy as dated files: read, checked, published, and the one in force on a day."""
