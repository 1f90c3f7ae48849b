"""cli: `shouwang …`, one file a group of commands."""
