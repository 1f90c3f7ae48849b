"""The event log: units of work, recorders for SQLite and PostgreSQL, snapshots and the cache of aggregates."""
