"""The terminal as every command uses it: plain text, folded by its width; tables; usage in Chinese."""
