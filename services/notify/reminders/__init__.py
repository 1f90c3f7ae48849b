"""reminders: the morning digest of what is nearly due, overdue or taken over."""
