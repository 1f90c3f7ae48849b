"""A peopled house in memory, and a client for all of its services together."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from litestar.testing import TestClient

from services.chassis.clock import SetClock
from services.chassis.face import Face
from services.chassis.http.app import build_app
from services.chassis.http.office import Office
from services.house.house import House, blueprints, opened
from services.house.settings import Settings
from tests.unit.http.village import NOW, TOKEN, http_settings, people

PLANS = blueprints(Settings())
FACES: tuple[Face, ...] = tuple(plan.face for plan in PLANS)


def offices(house: House, **given) -> list[Office]:
    http = http_settings(**given)
    return [
        Office(plan.face, service.log, service.application, http, keeps=plan.keeps)
        for plan in PLANS
        for service in (house.services[plan.name],)
    ]


@pytest.fixture
def house() -> Iterator[House]:
    with opened(Settings(data=None)) as made:
        people(made, 5)
        yield made


@contextmanager
def calling(house: House) -> Iterator[TestClient]:
    app = build_app(offices(house), http_settings(), SetClock(NOW))
    with TestClient(app, raise_server_exceptions=False) as made:
        made.headers["Authorization"] = f"Bearer {TOKEN}"
        yield made


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with calling(house) as made:
        yield made


@pytest.fixture(scope="module")
def door() -> Iterator[TestClient]:
    """One client for all that is turned away before anything is recorded: a house that stays as it was."""
    with opened(Settings(data=None)) as house:
        people(house, 5)
        before = {name: one.log.size() for name, one in house.services.items()}
        with calling(house) as made:
            yield made
        assert {name: one.log.size() for name, one in house.services.items()} == before
