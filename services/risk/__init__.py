"""risk: red, yellow or green, and why."""
