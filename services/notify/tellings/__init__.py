"""tellings (通知): one cause about one subject, told level by level until somebody acknowledges."""
