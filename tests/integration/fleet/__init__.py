"""A fleet of processes, one for all of these tests."""
