"""Random histories of a small township, right and wrong lines mixed, and how they are played."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from services.house import scenario
from services.house.conductor import Conductor
from services.house.house import House, opened
from services.house.settings import Settings
from services.kernel.calendar import ONE_DAY, midnight
from services.kernel.refusal import Refusal

Line = dict[str, Any]
BEGINS = date(2024, 1, 1)
ELDERS = ("E0", "E1", "E2")
SPAN = 3

SETTING: tuple[Line, ...] = (
    {"do": "open_village", "village": "V0", "name": "村0", "groups": ["G1"]},
    {"do": "appoint", "staff": "OFFICE", "role": "leading_group_office"},
    {"do": "appoint", "staff": "CENTRE", "role": "party_service_centre"},
    {"do": "appoint", "staff": "LEAD", "role": "village_lead", "village": "V0"},
    {"do": "appoint", "staff": "LEADER", "role": "township_leader", "village": "V0"},
    {"do": "appoint", "staff": "GRID", "role": "grid_worker", "village": "V0"},
    {"do": "appoint", "staff": "CADRE", "role": "group_cadre", "village": "V0"},
    {"do": "appoint", "staff": "HEAD", "role": "elders_association_head", "village": "V0"},
)
"""The clinic comes later, or never: a role that nobody holds is an ordinary thing."""

TIMES = ("00:00:00", "00:30:00", "07:59:59", "08:00:00", "12:00:00", "20:59:59", "21:30:00", "23:59:59")
STAFF = st.sampled_from(("GRID", "GRID", "CADRE", "LEAD", "GRID", "CENTRE", "CLINIC"))
ELDER = st.sampled_from((*ELDERS, *ELDERS, "E0", "E9"))
EVIDENCE = st.sampled_from(("violence", "major_illness", "disability", "economic_hardship", "advanced_age"))
HEALTH = st.lists(st.sampled_from(("hypertension", "severe_disability")), unique=True, max_size=2)
LIVING = st.sampled_from(("alone", "couple", "with_relatives"))
CARER = st.sampled_from(("GRID", "CADRE", "HEAD"))
SUPPORTER = st.sampled_from(("S0", "S1"))
LEFT = st.sampled_from((None, "2022-02-06", "2023-06-30", "2023-07-31", "2023-09-08", "2023-12-31"))
BACK = st.sampled_from((0, 0, 0, 0, 1, 6, 40, -1))
DUTY = st.sampled_from(("home_visit", "follow_up", "look_in", "health_follow_up", "care_agreement"))
PERIOD = st.sampled_from(("2024-01", "2024-02", "2024-03", "2024Q1", "2024-W10", "2024-01-31"))
PLACE_DUTY = st.sampled_from(("group_activity", "full_screening", "spot_check", "home_visit"))
PLACE = st.sampled_from(("V0", "V0/G1", "township", "V9"))


def line(do: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Line]:
    return st.fixed_dictionaries({"do": st.just(do), **fields})


def supporters(left: tuple[str | None, ...]) -> list[dict[str, Any]]:
    return [{"id": f"S{n}", "left_county_on": day} for n, day in enumerate(left)]


def enrolment(elder: st.SearchStrategy[str]) -> st.SearchStrategy[Line]:
    return line(
        "enrol",
        elder=elder,
        born=st.sampled_from(("1944-04-10", "1944-05-20", "1950-06-30", "1964-02-29", "1970-01-01")),
        sex=st.sampled_from(("f", "m")),
        village=st.sampled_from(("V0", "V0", "V0", "V0", "V9")),
        group=st.just("G1"),
        living=LIVING,
        evidence=st.lists(st.sampled_from(("violence", "disability")), unique=True, max_size=1),
        health=HEALTH,
        declined_institution=st.booleans(),
        supporters=st.lists(LEFT, max_size=2).map(tuple).map(supporters),
        carer=st.sampled_from(("GRID", "CADRE")),
    )


def certifiable(elder: str) -> st.SearchStrategy[Line]:
    """An enrolment that certifies at once."""
    long_away = supporters(("2022-02-06",))
    born = ("1944-04-10", "1950-06-30", "1930-01-01")
    return st.tuples(enrolment(st.just(elder)), st.sampled_from(born)).map(
        lambda pair: pair[0] | {"village": "V0", "born": pair[1], "supporters": long_away}
    )


VISITS = line(
    "visit",
    visit=st.integers(0, 60).map("v{}".format),
    elder=ELDER,
    by=STAFF,
    back=BACK,
    mode=st.sampled_from(("in_person", "in_person", "in_person", "phone")),
    check_up=st.booleans(),
    confirms_facts=st.booleans(),
    evidence=st.lists(EVIDENCE, max_size=2) | st.just([]),
)
MOVED = st.one_of(
    line("supporter_left", elder=ELDER, supporter=SUPPORTER, back=BACK),
    line(
        "supporter_returned",
        elder=ELDER,
        supporter=SUPPORTER,
        back=BACK,
        kind=st.sampled_from(("temporary", "permanent")),
    ),
    line("change_facts", elder=ELDER, living=LIVING, health=HEALTH, declined_institution=st.booleans()),
    line("pair", elder=ELDER, carer=CARER),
    line("transfer", elder=ELDER, village=st.sampled_from(("V0", "V1")), group=st.just("G1"), back=BACK),
    line(
        "correct_facts",
        elder=ELDER,
        by=st.just("LEAD"),
        reason=st.just("book"),
        born=st.sampled_from(("1944-04-10", "1950-06-30", "1966-01-01")),
        supporters=st.lists(LEFT, max_size=1).map(tuple).map(supporters),
    ),
    line("merge", by=st.just("LEAD"), reason=st.just("same"), kept=ELDER, merged=ELDER),
    line("undo_merge", by=st.just("LEAD"), reason=st.just("not the same"), merged=ELDER),
    line("undo_merge", by=st.just("LEAD"), reason=st.just("not the same"), merged=ELDER),
    line("hand_over", giver=CARER, taker=CARER, back=BACK),
    line("enter_institution", elder=ELDER, back=BACK),
    line("leave_institution", elder=ELDER, back=BACK),
)
STAFFED = st.one_of(
    line("go_on_leave", staff=CARER, stand_in=CARER, off=st.integers(-3, 20), days=st.integers(-1, 40)),
    line("go_on_leave", staff=CARER, stand_in=CARER, off=st.integers(0, 3), days=st.integers(0, 10)),
    line("return_from_leave", staff=CARER, back=BACK),
    line("end_appointment", staff=st.sampled_from(("GRID", "CADRE", "LEAD", "LEADER")), back=BACK),
    line(
        "appoint",
        staff=st.sampled_from(("NEXT", "LAST")),
        role=st.just("village_lead"),
        village=st.just("V0"),
    ),
)
"""Who is there: leaves, returns, ends and successors."""
BY = st.sampled_from(("LEAD", "CENTRE", "GRID"))
SELDOM = st.one_of(
    enrolment(ELDER),
    line("died", elder=ELDER, back=BACK),
    line("remove_for_error", elder=ELDER, by=BY, reason=st.just("not here")),
    line("undo_end", elder=ELDER, by=BY, reason=st.just("another person")),
    line("undo_end", elder=ELDER, by=BY, reason=st.just("another person")),
    st.just({"do": "appoint", "staff": "CLINIC", "role": "clinic"}),
    st.just({"do": "open_village", "village": "V1", "name": "村1", "groups": []}),
)
REGISTERED = st.one_of(MOVED, MOVED, STAFFED, SELDOM)
GRADED = st.one_of(
    line("observe", elder=ELDER, evidence=EVIDENCE, back=BACK),
    line("clear", elder=ELDER, evidence=EVIDENCE, back=BACK),
    line("reassess", elder=ELDER, by=st.sampled_from(("LEAD", "LEAD", "GRID")), back=BACK),
)
CARED = st.one_of(
    VISITS,
    VISITS,
    line("review_living_security", elder=ELDER, by=STAFF, back=BACK),
    line("sign_agreement", elder=ELDER, by=STAFF, back=BACK),
    line("absent", elder=ELDER, begins=st.integers(-20, 20), lasts=st.integers(-1, 45)),
    line("duty_done", duty=PLACE_DUTY, subject=PLACE, by=STAFF, back=BACK),
)
HARMED = line(
    "incident",
    incident=st.integers(0, 6).map("i{}".format),
    elder=ELDER,
    kind=st.sampled_from(("fall", "violence", "critical_illness", "dance")),
)
ACKNOWLEDGED = st.one_of(
    line("acknowledge", by=STAFF, about=st.just("graded"), subject=ELDER),
    line("acknowledge", by=STAFF, about=st.just("missed"), subject=ELDER, duty=DUTY, period=PERIOD),
    line("acknowledge", by=STAFF, about=st.just("incident"), subject=ELDER, incident=st.just("i0")),
)
ANY = st.one_of(REGISTERED, GRADED, GRADED, CARED, CARED, HARMED, ACKNOWLEDGED)
ENROLLED = REGISTERED
"""What the registry alone is asked."""
REGRADED = st.one_of(
    line("observe", elder=st.just("E0"), evidence=st.sampled_from(("violence", "disability")), back=BACK),
    line("clear", elder=st.just("E0"), evidence=st.sampled_from(("violence", "disability")), back=BACK),
    line("reassess", elder=st.just("E0"), by=st.just("LEAD"), back=BACK),
    line("supporter_left", elder=st.just("E0"), supporter=st.just("S0"), back=st.just(0)),
)
"""One elder whose evidence comes and goes: most of it right, so that grades do fall."""
HEARD_ONLY = st.one_of(REGISTERED, CARED, HARMED)
"""Nothing that risk is asked itself: what it knows, it has heard."""


def histories(
    lines: st.SearchStrategy[Line] = ANY,
    *,
    least: int = 10,
    most: int = 40,
    gaps: tuple[int, ...] = (0, 0, 0, 1, 1, 3, 8, 31),
) -> st.SearchStrategy[list[Line]]:
    """One to three elders, and lines with so many days between them; about a year at most."""
    timed = st.tuples(st.sampled_from(gaps), st.sampled_from(TIMES), lines)
    elders = st.one_of([st.tuples(*(certifiable(elder) for elder in ELDERS[:n])) for n in (1, 2, 3)])
    return st.tuples(elders, st.lists(timed, min_size=least, max_size=most)).map(dated)


WANG: Line = {
    "do": "enrol",
    "elder": "E0",
    "born": "1950-06-30",
    "sex": "f",
    "village": "V0",
    "group": "G1",
    "living": "alone",
    "evidence": [],
    "health": [],
    "declined_institution": False,
    "supporters": supporters(("2022-02-06",)),
    "carer": "GRID",
}


def dated(drawn: tuple[tuple[Line, ...], list[tuple[int, str, Line]]]) -> list[Line]:
    elders, timed = drawn
    begins = [(0, "07:00:00", one) for one in (*SETTING, *elders)]
    day, last, made = BEGINS, midnight(BEGINS), list[Line]()
    for gap, time, one in (*begins, *timed):
        day += timedelta(days=gap)
        last = max(last, datetime.fromisoformat(f"{day}T{time}+08:00"))
        made.append({"at": last.isoformat(), **_on(one, last.date())})
    return made


def _on(one: Line, today: date) -> Line:
    fields = dict(one)
    if "back" in fields:
        fields["on"] = (today - timedelta(days=fields.pop("back"))).isoformat()
    if "lasts" in fields:
        begins = today + timedelta(days=fields.pop("begins"))
        fields["from"] = begins.isoformat()
        fields["to"] = (begins + timedelta(days=fields.pop("lasts"))).isoformat()
    if "off" in fields:
        begins = today + timedelta(days=fields.pop("off"))
        fields["begins"] = begins.isoformat()
        fields["ends"] = (begins + timedelta(days=fields.pop("days"))).isoformat()
    return fields


def _spelt(gap: int, do: str, **fields: Any) -> tuple[int, str, Line]:
    return gap, "12:00:00", {"do": do, "elder": "E0", **fields}


FALLING = dated(
    (
        ({**WANG, "evidence": ["disability"]},),
        [
            _spelt(10, "observe", evidence="violence", back=0),
            _spelt(10, "clear", evidence="violence", back=0),
            _spelt(30, "reassess", by="LEAD", back=0),
            _spelt(50, "reassess", by="LEAD", back=0),
            _spelt(1, "reassess", by="LEAD", back=0),
            _spelt(1, "clear", evidence="disability", back=0),
            _spelt(91, "reassess", by="LEAD", back=40),
            _spelt(0, "reassess", by="LEAD", back=0),
            _spelt(9, "observe", evidence="violence", back=0),
        ],
    )
)
"""Red from 11 January, yellow from 11 April, green from 12 July: each as soon as may be, and tried before."""


def last_day(lines: list[Line]) -> date:
    return datetime.fromisoformat(lines[-1]["at"]).date()


def _quietly(_: House) -> None:
    return


@contextmanager
def lived(lines: list[Line], *, when_quiet: Callable[[House], None] = _quietly) -> Iterator[House]:
    """A house in memory that has lived a history, and some days more; `when_quiet` looks in on the way."""
    with opened(Settings(data=None)) as house:
        conductor = Conductor(house, BEGINS, on_day=lambda _: when_quiet(house))
        for number, line in enumerate(lines, 1):
            at = datetime.fromisoformat(line["at"])
            try:
                fields = json.dumps(
                    scenario._fields(house.commands[line["do"]], line, at), ensure_ascii=False
                )
                conductor.take(house.read(line["do"], fields), at, cause=f"line:{number}")
            except Refusal:
                conductor.until(at)
            when_quiet(house)
        conductor.through(last_day(lines) + SPAN * ONE_DAY)
        yield house
