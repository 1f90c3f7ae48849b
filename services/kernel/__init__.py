"""kernel: what every service shares: terms, the calendar, the roster, who may know what. No I/O."""
