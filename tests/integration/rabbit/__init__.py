"""Both servers, one set for all of these tests."""
