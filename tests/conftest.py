"""For every test: no property asserts a time, CI tries the same examples each run, logs go to no closed file.

Where tests run two at a time (`make test`), those that bring up servers share one process, and so do those of a file.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.register_profile("long", settings.get_profile("here"), max_examples=1500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "here"))

os.environ.pop("COLUMNS", None)  # xdist's for its processes; a command is as wide as its test says
WITH_SERVERS = ("tests/integration/", "tests/faults/")


class Apart(LoadScopeScheduling):
    """Of two processes one brings up servers, and has all tests that need them; a file's stay together."""

    def _split_scope(self, nodeid: str) -> str:
        return "servers" if nodeid.startswith(WITH_SERVERS) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Apart:
    return Apart(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those with servers take longest, and begin."""
    items.sort(key=lambda item: item.nodeid.startswith(WITH_SERVERS), reverse=True)


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command that ran within the tests has its logs go where it printed, which is closed when it ends."""
    yield
    structlog.reset_defaults()
