"""For every test: no property asserts a time, CI tries the same examples each run, logs go to no closed file.

Where tests run two at a time (`make test`), those that bring up servers share one process, and so do those of a file.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.register_profile("long", settings.get_profile("here"), max_examples=1500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "here"))

HERE = Path(__file__).parent
WITH_SERVERS = {"integration", "faults"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those with servers take longest, and begin; before the groups are read."""

    def has_servers(item: pytest.Item) -> bool:
        return item.path.relative_to(HERE).parts[0] in WITH_SERVERS

    for item in items:
        item.add_marker(pytest.mark.xdist_group("servers" if has_servers(item) else str(item.path)))
    items.sort(key=has_servers, reverse=True)


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command that ran within the tests has its logs go where it printed, which is closed when it ends."""
    yield
    structlog.reset_defaults()
