"""A fleet under load, one for all of these tests, and what befalls it."""
