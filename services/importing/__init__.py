"""importing: a registration ledger, a township file or a department's list into the services."""
