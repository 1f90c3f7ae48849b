"""What earlier versions recorded is read, verified and gone on from: half a year of ten elders as each version left it.

A folder of `stores` is one version's: a SQL dump of each service's store, and the facts that it had concluded.
"""

import gzip
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from services.chassis.reading.read_model import Rebuilt
from services.history.timeline import history
from services.house import facts
from services.house.conductor import Conductor
from services.house.house import House, opened
from services.house.settings import Settings
from services.kernel.calendar import ONE_DAY, midnight
from services.visits.commands import RecordVisit
from tests.unit.http.village import visit

STORES = sorted(path for path in (Path(__file__).parent / "stores").iterdir() if path.is_dir())


@pytest.fixture(params=STORES, ids=[path.name for path in STORES])
def left(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def house(left: Path, tmp_path: Path) -> Iterator[House]:
    for dump in left.glob("*.sql.gz"):
        with closing(sqlite3.connect(tmp_path / f"{dump.name.removesuffix('.sql.gz')}.db")) as store:
            store.executescript(gzip.decompress(dump.read_bytes()).decode())
    with opened(Settings(data=tmp_path)) as again:
        yield again


def differing(house: House) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, service in house.services.items():
        with closing(Rebuilt(service.log, service.model)) as made:
            made.catch_up()
            found[name] = made.differing()
    return {name: tables for name, tables in found.items() if tables}


def concluded(house: House) -> list[str]:
    return [
        json.dumps(fact, ensure_ascii=False, sort_keys=True)
        for service in house.services.values()
        for fact in facts.of(service)
    ]


def test_it_opens_by_itself_verifies_and_says_what_it_said(house: House, left: Path):
    expected = gzip.decompress((left / "facts.jsonl.gz").read_bytes()).decode().splitlines()
    assert differing(house) == {}
    assert sorted(concluded(house)) == sorted(expected)


def test_every_elders_history_is_read(house: House):
    elders = [row["elder"] for row in house.views("registry", "SELECT elder FROM elders")]
    assert len(elders) == 8
    assert all(len(history(house, elder)) > 5 for elder in elders)


def test_it_goes_on(house: House):
    turned = house.last_turned()
    assert turned is not None
    house.catch_up()
    Conductor(house, turned).through(turned + 40 * ONE_DAY)
    elder = house.views("registry", "SELECT elder, carer FROM elders WHERE status = 'certified'")[0]
    day = turned + 40 * ONE_DAY
    asked = visit(1, elder["elder"], by=elder["carer"], on=day.isoformat())
    answer = house.take(RecordVisit.model_validate(asked, strict=False), at_noon(midnight(day)))
    house.settle()
    assert answer.is_taken
    assert differing(house) == {}


def at_noon(moment: datetime) -> datetime:
    return moment.replace(hour=12)
