"""For every test: no property asserts a time, CI tries the same examples each run, logs go to no closed file.

Where tests run two at a time (`make test`), those of a file share one process, and so do those of a package: a
folder that brings up servers for all of its tests.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from services.chassis.commands.command import Answer, Asked, Desk
from services.chassis.commands.declared import Declared
from services.chassis.log.unit import Unit
from services.kernel.refusal import Refusal

settings.register_profile(
    "here", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.register_profile("long", settings.get_profile("here"), max_examples=1500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "here"))

os.environ.pop("COLUMNS", None)  # xdist's for its processes; a command is as wide as its test says
ROOT = Path(__file__).parents[1]
ANY = Declared("POST", "", "", {}, None, (Refusal,))
"""A command of a test alone, which declares nothing."""


def package_of(nodeid: str) -> str | None:
    folder = nodeid.partition("::")[0].rpartition("/")[0]
    return folder if (ROOT / folder / "__init__.py").exists() else None


class ByPackage(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return package_of(nodeid) or nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByPackage:
    return ByPackage(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Packages take longest, and begin."""
    items.sort(key=lambda item: package_of(item.nodeid) is None)


@pytest.fixture(autouse=True, scope="session")
def refusals_are_declared() -> Iterator[None]:
    """Whatever a test asks, a command is refused by what it declares."""
    refused = Desk._refused

    def checked(desk: Desk, unit: Unit, asked: Asked, refusal: Refusal, *content: Any) -> Answer:
        kind = type(asked.command)
        assert issubclass(type(refusal), getattr(kind, "DECLARED", ANY).refusals), (kind, refusal)
        return refused(desk, unit, asked, refusal, *content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Desk, "_refused", checked)
        yield


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command that ran within the tests has its logs go where it printed, which is closed when it ends."""
    yield
    structlog.reset_defaults()
