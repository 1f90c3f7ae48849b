"""Commands: validated where they enter, decided once, committed in groups, answered the same for ever."""
