"""A peopled house in memory, and a client for all of its services together."""

from collections.abc import Iterator

import pytest
from litestar.testing import TestClient

from services.chassis.clock import SetClock
from services.chassis.http.app import build_app
from services.chassis.http.faces import Face, Office
from services.house.house import House, blueprints, opened
from services.house.settings import Settings
from services.notify.api import FACE as NOTIFY
from services.registry.api import FACE as REGISTRY
from services.risk.api import FACE as RISK
from services.visits.api import FACE as VISITS
from tests.unit.http.village import NOW, TOKEN, http_settings, people

FACES: tuple[Face, ...] = (REGISTRY, RISK, VISITS, NOTIFY)


def offices(house: House, **given) -> list[Office]:
    http, keeps = http_settings(**given), {plan.name: plan.keeps for plan in blueprints(Settings())}
    return [
        Office(face, service.log, service.application, http, keeps=keeps[face.name])
        for face in FACES
        for service in (house.services[face.name],)
    ]


@pytest.fixture
def house() -> Iterator[House]:
    with opened(Settings(data=None)) as made:
        people(made, 5)
        yield made


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    app = build_app(offices(house), http_settings(), SetClock(NOW))
    with TestClient(app, raise_server_exceptions=False) as made:
        made.headers["Authorization"] = f"Bearer {TOKEN}"
        yield made
