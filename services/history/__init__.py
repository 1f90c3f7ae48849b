"""history: one subject's events across services as sentences, and the state as it was, by two dates."""
