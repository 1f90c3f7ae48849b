"""应办事项: what is owed to an elder or for a place, period by period."""
