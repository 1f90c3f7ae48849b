"""The fuzz over HTTP goes to the village that the tests of HTTP have."""

from tests.unit.http.conftest import client, house

__all__ = ["client", "house"]
