"""fleet: the same services as separate processes over RabbitMQ and PostgreSQL, kept up by a supervisor."""
