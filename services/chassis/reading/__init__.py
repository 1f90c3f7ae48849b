"""Read models: made from the log alone, in the transaction of each event."""
