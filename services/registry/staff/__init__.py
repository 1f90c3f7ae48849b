"""staff (花名册): leaves, stand-ins, and the end of an appointment."""
