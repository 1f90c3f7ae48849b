"""A snapshot is a shortcut, never the truth: given many events, when read again, then as after every one."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, TypeVar

import pytest
from eventsourcing.domain import Aggregate
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.log.event_log import SNAPSHOT_EVERY, EventLog
from services.chassis.log.recorder import SQLiteRecorder, SQLiteSql
from services.chassis.log.snapshots import freeze, frozen, thaw
from services.kernel.calendar import SHANGHAI, midnight
from services.kernel.days import DayBook
from services.kernel.roster import Roster
from services.kernel.terms import Evidence
from services.notify.mailbox.domain import Mailbox
from services.notify.tellings.domain import Telling
from services.registry.elders.domain import Elder
from services.registry.elders.state import ElderFile
from services.registry.terms import ReturnKind
from services.risk.domain import RiskFile
from services.visits.care.domain import CareRecord
from services.visits.places.domain import Territory
from services.visits.terms import PlaceKind
from tests.unit.policies import DUTIES, NOTIFY, REGISTRY, RISK

BEGINS = date(2024, 1, 1)
AT = midnight(BEGINS)


class Staff:
    def holder(self, role: str, village: str, on: date) -> str | None:
        del on
        return f"{role} of {village}"

    def acting_for(self, staff: str, day: date) -> str:
        del day
        return staff

    def reached(self, staff: str, day: date) -> str | None:
        return self.acting_for(staff, day)

    def has_left(self, staff: str, day: date) -> bool:
        del staff, day
        return False


WHO = Staff()


@pytest.fixture
def log() -> Iterator[EventLog]:
    held = EventLog(SQLiteRecorder(":memory:", ()))
    yield held
    held.close()


def on(day: int) -> datetime:
    return AT + timedelta(days=day)


def lived_care_record() -> CareRecord:
    record = CareRecord.open("wang", "V1", "1950-03-01", at=AT)
    facts = {"carer": "grid", "health": ["hypertension"], "living": "alone", "declined_institution": True}
    record.change(facts | {"is_certified": True, "spell": 1}, AT, DUTIES, WHO)
    record.graded("red", 1, date(2024, 4, 1), AT, DUTIES, WHO)
    content = {
        "by": "grid",
        "on": "2024-01-05",
        "mode": "in_person",
        "check_up": False,
        "confirms_facts": True,
    }
    record.record_visit("v1", content, "grid_worker", on(4), DUTIES, WHO)
    record.absent(date(2024, 2, 1), date(2024, 2, 20), "hospital", on(31), DUTIES, WHO)
    for week in range(1, 53):
        record.turn_day(on(7 * week), DUTIES, WHO)
    return record


def lived_territory() -> Territory:
    place = Territory.open("V1", "V1", PlaceKind.VILLAGE, at=AT)
    for week in range(200):
        place.turn_day(on(7 * week), DUTIES, WHO)
    return place


def lived_risk_file() -> RiskFile:
    held = RiskFile.open("wang", "1944-05-20", at=AT)
    held.observe(Evidence.VIOLENCE, BEGINS, AT, RISK)
    held.certify(1, AT, RISK)
    for day in range(1, 60):
        held.observe(Evidence.DISABILITY, on(day).date(), on(day), RISK)
        held.clear(Evidence.DISABILITY, on(day).date(), on(day))
    return held


def lived_elder() -> Elder:
    elder = Elder.open("wang", at=AT)
    supporters = [
        {"id": "son", "left_county_on": "2022-01-31"},
        {"id": "daughter", "left_county_on": "2023-01-31"},
    ]
    facts = {"elder": "wang", "born": "1950-01-01", "supporters": supporters, "carer": "grid"}
    elder.enrol(facts, AT, REGISTRY)
    elder.supporter_returned("son", ReturnKind.TEMPORARY, BEGINS, AT, REGISTRY)
    for day in range(1, 110):
        elder.pair("cadre" if day % 2 else "grid", on(day))
    elder.supporter_returned("daughter", ReturnKind.PERMANENT, BEGINS, on(111), REGISTRY)
    return elder


def lived_telling() -> Telling:
    assert NOTIFY.incident.escalation is not None
    rule = replace(NOTIFY.incident, escalation=replace(NOTIFY.incident.escalation, repeats=200))
    matter = {"about": "incident", "subject": "wang", "incident": "i1", "village": "V1"}
    telling = Telling.plan("incident:i1", matter, rule, [(0, "grid"), (1, "lead")], AT, NOTIFY)
    for step in range(120):
        telling.step(AT + step * timedelta(minutes=30), NOTIFY, WHO)
    return telling


def lived_mailbox() -> Mailbox:
    box = Mailbox.open("lead", at=AT)
    for number in range(120):
        box.post([{"about": "graded"}], ["log", "sms"], AT, is_digest=False)
        box.deliver(f"lead-{number + 1}", "log", "logged", AT)
    return box


def lived_roster() -> Roster:
    roster = Roster.open("visits", at=AT)
    for number in range(120):
        roster.appoint(f"S{number}", "grid_worker", "V1" if number % 2 else None, AT)
    roster.note_leave("S1", "S2", BEGINS, BEGINS, AT)
    roster.end("S3", BEGINS, AT)
    return roster


def lived_day_book() -> DayBook:
    book = DayBook.open("visits", at=AT)
    for day in range(120):
        book.turn("registry", day % 8, on(day).date(), on(day))
    return book


LIVED = [
    lived_care_record,
    lived_territory,
    lived_risk_file,
    lived_elder,
    lived_telling,
    lived_mailbox,
    lived_roster,
    lived_day_book,
]
every_kind = pytest.mark.parametrize("lived", LIVED)


def snapshots(log: EventLog) -> int:
    return log.query("SELECT COUNT(*) AS number FROM snapshots")[0]["number"]


A = TypeVar("A", bound=Aggregate)


def kept(log: EventLog, aggregate: A) -> A:
    with log.unit() as unit:
        unit.add(aggregate)
    return aggregate


def keep(log: EventLog, aggregate: Aggregate) -> None:
    rows = frozen([aggregate])
    log.recorder.transact(lambda sql: sql.keep_snapshots(rows), commit=True)


@every_kind
def test_what_is_read_by_its_snapshot_is_what_every_event_makes(
    log: EventLog, lived: Callable[[], Aggregate], monkeypatch: pytest.MonkeyPatch
):
    aggregate = kept(log, lived())
    replayed = log.load(type(aggregate), aggregate.id, until=aggregate.version)
    read: list[Any] = []
    after = SQLiteSql.events_after
    monkeypatch.setattr(SQLiteSql, "events_after", lambda *a: read.extend(r := after(*a)) or r)
    by_snapshot = log.load(type(aggregate), aggregate.id)
    assert (aggregate.version > SNAPSHOT_EVERY, read) == (True, [])
    assert vars(replayed) == vars(by_snapshot) == vars(aggregate)


@every_kind
def test_what_came_after_the_snapshot_is_read_too(log: EventLog, lived: Callable[[], Aggregate]):
    aggregate = kept(log, lived())
    log.recorder.transact(lambda sql: sql.run("DELETE FROM snapshots"), commit=True)
    before = log.load(type(aggregate), aggregate.id, until=SNAPSHOT_EVERY)
    assert before is not None
    keep(log, before)
    assert vars(log.load(type(aggregate), aggregate.id)) == vars(aggregate)


def test_it_is_kept_every_hundred_events_and_never_taken_back(log: EventLog):
    roster = kept(log, Roster.open("risk", at=AT))
    versions: list[int | None] = []
    for number in range(1, 2 * SNAPSHOT_EVERY + 5):
        with log.unit() as unit:
            held = unit.get(Roster, roster.id)
            assert held is not None
            held.appoint(f"S{number}", "clinic", None, AT)
        rows = log.query("SELECT version FROM snapshots")
        versions.append(rows[0]["version"] if rows else None)
    assert list(dict.fromkeys(versions)) == [None, SNAPSHOT_EVERY, 2 * SNAPSHOT_EVERY]
    early = log.load(Roster, roster.id, until=3)
    assert early is not None
    keep(log, early)
    assert log.query("SELECT version FROM snapshots")[0]["version"] == 2 * SNAPSHOT_EVERY


def test_without_a_snapshot_every_event_is_replayed(log: EventLog):
    file = kept(log, lived_risk_file())
    log.recorder.transact(lambda sql: sql.run("DELETE FROM snapshots"), commit=True)
    assert snapshots(log) == 0
    assert vars(log.load(RiskFile, file.id)) == vars(file)


BROKEN = {
    "no text at all": "",
    "half a text": '{"kind":"risk.RiskFile","state":{"elder"',
    "another shape": "[1,2,3]",
    "a class that is no more": '{"kind":"services.risk.domain:Forgotten","state":{}}',
    "a module that is no more": '{"kind":"services.forgotten:RiskFile","state":{}}',
    "a value that is no more": '{"kind":"risk.RiskFile","state":{"grade":{"~":"services.risk.terms:Pink","v":1}}}',
}


@pytest.mark.parametrize("state", BROKEN.values(), ids=BROKEN.keys())
def test_a_snapshot_that_cannot_be_read_is_left_aside(log: EventLog, state: str):
    file = kept(log, lived_risk_file())
    log.recorder.transact(lambda sql: sql.run("UPDATE snapshots SET state = ?", state), commit=True)
    assert vars(log.load(RiskFile, file.id)) == vars(file)


class Colour(StrEnum):
    RED = "red"


class Rank(IntEnum):
    FIRST = 1


@dataclass(frozen=True)
class Leaf:
    day: date | None
    colours: frozenset[Colour]


@dataclass
class Branch:
    leaves: tuple[Leaf, ...]
    known: dict[tuple[str, int], Leaf]


DAYS = st.dates()
MOMENTS = st.datetimes(timezones=st.sampled_from((SHANGHAI, UTC)))
ATOMS = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.uuids()),
    *(DAYS, MOMENTS, st.sampled_from((Colour.RED, Rank.FIRST))),
)
LEAVES = st.builds(Leaf, st.none() | DAYS, st.frozensets(st.just(Colour.RED)))
KEYS = st.one_of(ATOMS, LEAVES, st.tuples(st.text(), DAYS), st.just("~"))
BRANCHES = st.builds(
    Branch,
    st.lists(LEAVES, max_size=3).map(tuple),
    st.dictionaries(st.tuples(st.text(), st.integers()), LEAVES, max_size=3),
)
STATES = st.recursive(
    ATOMS | LEAVES | BRANCHES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(KEYS, inner, max_size=4),
        st.dictionaries(st.text(), inner, max_size=4),
        st.sets(KEYS, max_size=4),
        st.frozensets(KEYS, max_size=4),
    ),
    max_leaves=12,
)


def shape(state: Any) -> Any:
    """A state with the kind of everything in it: 1 and True are equal, and not the same."""
    if isinstance(state, dict):
        return "dict", sorted((repr((shape(k), shape(v))) for k, v in state.items()))
    if isinstance(state, (set, frozenset)):
        return type(state).__name__, sorted(repr(shape(one)) for one in state)
    if isinstance(state, (list, tuple)):
        return type(state).__name__, [shape(one) for one in state]
    if isinstance(state, datetime):
        return "datetime", state.isoformat()
    return type(state).__name__, state


@given(STATES)
def test_every_state_thaws_as_it_was_frozen(state: Any):
    thawed = thaw(freeze(state))
    assert thawed == state
    assert shape(thawed) == shape(state)


def test_a_state_that_lacks_a_field_of_now_is_not_filled_with_what_a_new_one_has():
    kept = json.loads(freeze(ElderFile("e1", village="v1")))
    del kept["v"]["village"]
    with pytest.raises(TypeError, match="has other fields now"):
        thaw(json.dumps(kept))


def test_a_value_that_cannot_be_kept_is_said_by_its_kind():
    with pytest.raises(TypeError, match="object cannot be kept"):
        freeze({"held": object()})
