"""places: duties of a village, a village group or the township."""
