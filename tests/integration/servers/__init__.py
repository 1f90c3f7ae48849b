"""Servers as such, one set for most of these tests."""
