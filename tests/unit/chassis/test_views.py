"""Read models are made of the log alone: given a township that lived, when made again, then the same tables."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts import visits
from services.chassis.commands.command import Asked, Desk, Outcome
from services.chassis.reading.read_model import Rebuilt
from services.chassis.service import Service
from services.house import scenario
from services.house.conductor import Conductor
from services.house.house import House, opened
from services.house.settings import Settings
from services.kernel.calendar import ONE_DAY, midnight
from services.notify.channels.outcomes import Sent
from services.notify.channels.settings import read_channels
from services.notify.deliveries.sender import Postman
from services.registry.comparisons.commands import CompareList, DifferenceRow
from services.registry.elders.commands import MergeElders
from services.risk.commands import Observe
from services.visits import commands as care
from tests.unit.http.village import enrol, people
from tests.unit.http.village import visit as visit_of

SCENARIOS = Path(__file__).parents[2] / "acceptance" / "scenarios"
ROBOT = """
[township]
channels = ["robot"]
[channels.robot]
kind = "wecom"
url = "https://robot.example/"
"""
SERVICES = ("registry", "risk", "visits", "notify")

DIFFERENCE = DifferenceRow(kind="on_theirs", category="disability", elder="E900", place="A 2", tail="1224")
BY = {"by": "CENTRE", "problem": "p1"}
TWICE = {
    "village": "V0",
    "group": "G1",
    "carer": "C00",
    "name": "王小明",
    "citizen_number": "530399195003011229",
}
FURTHER = (
    enrol("E900", **TWICE),
    enrol("E901", **TWICE),
    CompareList(
        comparison="C1",
        department="民政",
        on=date(2024, 10, 1),
        by="CENTRE",
        same=0,
        differences=[DIFFERENCE],
    ),
    MergeElders(kept="E900", merged="E901", by="CENTRE", reason="one person"),
    care.OpenProblem(
        problem="p1", elder="E1", kind="housing", by="CENTRE", on=date(2024, 10, 1), text="屋顶漏雨"
    ),
    care.AcceptProblem(**BY),
    care.HandProblem(units=["clinic"], **BY),
    care.NoteNeed(need="n1", elder="E1", kind="meals", by="CENTRE", on=date(2024, 10, 1), text="无人做饭"),
)
"""What no scenario has."""


class Letters:
    """A channel that takes everything."""

    name = "letters"

    def send(self, message: Mapping[str, Any]) -> str:
        return f"sent to {message['recipient']}"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """In the morning of a day on which some are reminded; one message has left the house."""
    lines = scenario.read_lines(SCENARIOS / "ten-elders.jsonl")
    until = date(2024, 10, 23)
    channels = tmp_path_factory.mktemp("channels") / "channels.toml"
    channels.write_text(ROBOT)
    channels.chmod(0o600)
    with opened(Settings(data=None, channels=channels), (Letters(),)) as played:
        conductor = Conductor(played, datetime.fromisoformat(lines[0]["at"]).date())
        refused = [*scenario._play(played, conductor, lines, until)]
        assert refused, "wrong lines on purpose"
        conductor.through(until)
        conductor.until(midnight(until + ONE_DAY))
        cancel_one(played.services["notify"], midnight(until + ONE_DAY))
        log = played.services["notify"].log
        Postman(log, read_channels(channels), lambda *_: Sent()).advance(lambda: midnight(until + ONE_DAY))
        asked = [Asked(command, midnight(until) + timedelta(hours=30)) for command in FURTHER]
        assert all(answer.is_taken for answer in played.take_many(asked))
        played.settle()
        await_somebody(played)
        yield played


def await_somebody(house: House) -> None:
    """What was posted for an elder of whom nothing was heard yet."""
    visit = care.RecordVisit.model_validate(visit_of(1, "NOBODY"), strict=False)
    observed = Observe(elder="NOBODY", evidence="disability", on=date(2024, 10, 1))
    for name, command in (("visits", visit), ("risk", observed)):
        log, application = house.services[name].log, house.services[name].application
        desk = Desk(log, application.decisions, application.needs, keeps=True)
        assert desk.take(command, midnight(date(2024, 10, 24))).outcome is Outcome.WAITING


def cancel_one(notify: Service, at: datetime) -> None:
    """A miss that is reconciled before anybody was told of it."""
    named = {"on": at.date(), "subject": "V0", "duty": "group_activity", "period": "2024-09"}
    owed = {"shortfall": 1, "responsible": "grid", "owed_by": "village_lead", "grade": None}
    missed = visits.VisitMissed(**named, **owed, missed_before=False, village="V0")
    for told in (missed, visits.MissReconciled(**named, days_late=1)):
        with notify.log.unit("test") as unit:
            notify.application.handlers[type(told)](unit, told, at)


@pytest.fixture(params=SERVICES)
def service(house: House, request: pytest.FixtureRequest) -> Service:
    return house.services[request.param]


@pytest.fixture
def rebuilt(service: Service) -> Iterator[Rebuilt]:
    made = Rebuilt(service.log, service.model)
    yield made
    made.close()


def rows(service: Service, table: str) -> list[tuple[Any, ...]]:
    return sorted(map(tuple, service.log.query(f"SELECT * FROM {table}")), key=repr)


def test_what_is_made_again_is_what_stood_there(service: Service, rebuilt: Rebuilt):
    seen: list[tuple[int, int]] = []
    rebuilt.catch_up(lambda done, total: seen.append((done, total)))
    assert rebuilt.differing() == []
    assert rebuilt.position == service.log.size()
    assert seen[-1] == (service.log.size(), service.log.size())
    assert all(rows(service, table) for table in service.model.tables), "an empty table proves nothing"


def test_whatever_row_is_lost_its_table_is_named_and_mended(service: Service, rebuilt: Rebuilt):
    rebuilt.catch_up()
    for table in service.model.tables:
        before = rows(service, table)
        lose = f"DELETE FROM {table} WHERE rowid = (SELECT MIN(rowid) FROM {table})"
        service.log.recorder.transact(lambda sql, text=lose: sql.run(text), commit=True)
        assert rebuilt.differing() == [table]
        rebuilt.swap()
        assert (rebuilt.differing(), rows(service, table)) == ([], before)


@pytest.mark.parametrize(
    ("name", "table", "corruption"),
    [
        ("registry", "elders", "UPDATE elders SET carer = 'nobody' WHERE rowid = 1"),
        ("risk", "grades", "UPDATE grades SET grade = 'green'"),
        ("visits", "duties", "UPDATE duties SET shortfall = NULL WHERE status = 'missed'"),
        ("notify", "notices", "UPDATE notices SET level = level + 1 WHERE rowid = 1"),
    ],
)
def test_a_row_that_somebody_changed_by_hand_is_named_and_mended(
    house: House, name: str, table: str, corruption: str
):
    service = house.services[name]
    made = Rebuilt(service.log, service.model)
    made.catch_up()
    service.log.recorder.transact(lambda sql: sql.run(corruption), commit=True)
    assert made.differing() == [table]
    made.swap()
    assert made.differing() == []
    made.close()


def test_half_way_it_is_said_that_not_all_is_made_yet(house: House):
    service = house.services["visits"]
    made = Rebuilt(service.log, service.model)
    assert set(made.differing()) == set(service.model.tables)
    made.swap()
    assert made.differing() == [], "a swap catches up first"
    made.close()


OLDER = (
    ("a table of before", "ALTER TABLE elders DROP COLUMN reason"),
    ("a table that was not there", "DROP TABLE duplicates"),
    ("an index on a column that was not there", "DROP TABLE numbers"),
    ("other rows by older rules", "UPDATE elders SET status = 'older'"),
)


@pytest.mark.parametrize("change", [change for _, change in OLDER], ids=[name for name, _ in OLDER])
def test_what_an_older_version_made_is_made_again_when_the_store_is_opened(change: str, tmp_path: Path):
    settings = Settings(data=tmp_path)
    with opened(settings) as house:
        people(house, 3)
        house.settle()
        registry = house.services["registry"]
        before = {table: rows(registry, table) for table in registry.model.tables}
        for statement in (change, "UPDATE made_by SET version = 'older'"):
            registry.log.recorder.transact(lambda sql, text=statement: sql.run(text), commit=True)
    with opened(settings) as house:
        registry = house.services["registry"]
        assert {table: rows(registry, table) for table in registry.model.tables} == before
        assert registry.model.is_current(registry.log)


def test_what_this_version_made_is_left_as_it_is(tmp_path: Path):
    settings = Settings(data=tmp_path)
    with opened(settings) as house:
        people(house, 1)
        registry = house.services["registry"]
        registry.log.recorder.transact(lambda sql: sql.run("UPDATE elders SET name = 'kept'"), commit=True)
    with opened(settings) as house:
        assert [row["name"] for row in house.views("registry", "SELECT name FROM elders")] == ["kept"]
