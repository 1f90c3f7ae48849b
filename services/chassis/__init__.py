"""chassis: the domain-free plumbing that every service stands on."""
