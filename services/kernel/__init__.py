"""kernel: the few words that every service shares. The calendar, the roster; no service, no framework."""
