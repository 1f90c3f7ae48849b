"""For every test: no property asserts a time, CI tries the same examples each run, logs go to no closed file."""

import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.register_profile("long", settings.get_profile("here"), max_examples=1500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "here"))


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command that ran within the tests has its logs go where it printed, which is closed when it ends."""
    yield
    structlog.reset_defaults()
