"""Schemas in PostgreSQL: numbered SQL, applied once."""
