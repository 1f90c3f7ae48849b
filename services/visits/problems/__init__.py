"""problems (发现问题): from report over one desk to a close that somebody verified."""
