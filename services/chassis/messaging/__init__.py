"""AMQP: the outbox's relay, consumers and their inbox, parked messages, RPC."""
