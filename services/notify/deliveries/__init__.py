"""deliveries (送达): one message to one recipient by one channel, with every attempt."""
