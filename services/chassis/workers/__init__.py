"""The nameko container of a service, its timers, and who leads of several relays."""
