"""What holds of every history: given any lines, right and wrong, when days pass, then the rules were kept."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts import risk as graded
from contracts import visits as cared
from services.house.house import House
from services.house.scenario import rehearse
from services.house.settings import Settings
from services.kernel.calendar import add_months
from services.registry.elders import views as elder_views
from services.risk import views as risk_views
from tests.properties.histories import BEGINS, FALLING, REGRADED, SPAN, Line, histories, last_day, lived

EXAMPLES = max(settings().max_examples // 20, 1)
PROTECTED = {"red", "yellow"}
ENDINGS = {
    cared.DutyMet: "met",
    cared.VisitMissed: "missed",
    cared.DutyWaived: "waived",
    cared.DutySuperseded: "superseded",
    cared.DutyEnded: "ended",
}
every_history = settings(max_examples=EXAMPLES)


def told(house: House, service: str) -> Iterator[Any]:
    """Everything that a service has told, in the order in which it was recorded."""
    one = house.services[service]
    for recorded in one.log.events(0, one.log.size()):
        telling = one.translate(recorded.event)
        if telling is not None:
            yield telling.told


def certified(house: House) -> list[str]:
    rows = house.views("registry", elder_views.EVERY, "", 100)
    elders = [house.views("registry", elder_views.ELDER, row["elder"])[0] for row in rows]
    return [row["elder"] for row in elders if row["status"] == "certified"]


def in_force(house: House) -> list[str]:
    return [row["elder"] for row in house.views("risk", risk_views.GRADED)]


def grades_agree(house: House) -> None:
    assert certified(house) == in_force(house)


@every_history
@given(histories())
def test_a_certified_elder_always_has_exactly_one_grade(lines: list[Line]):
    with lived(lines, when_quiet=grades_agree) as house:
        grades_agree(house)


@every_history
@given(histories(REGRADED, most=16, gaps=(0, 1, 31, 45)))
@example(FALLING)
def test_a_red_or_yellow_grade_falls_only_by_a_reassessment_three_months_after_it_was_set(lines: list[Line]):
    with lived(lines) as house:
        since: dict[str, date] = {}
        reassessed: dict[str, graded.Reassessed] = {}
        for event in told(house, "risk"):
            if isinstance(event, graded.Reassessed):
                reassessed[event.elder] = event
            if isinstance(event, graded.GradeLowered):
                held = reassessed[event.elder]
                assert (held.on, held.counted, held.spell) == (event.on, True, event.spell)
                assert add_months(since[event.elder], 3) <= held.held_on <= event.on
                assert event.previous in PROTECTED
            if isinstance(event, (graded.GradeSet, graded.GradeRaised, graded.GradeLowered)):
                since[event.elder] = event.on


@every_history
@given(histories())
def test_every_duty_that_was_opened_ends_in_exactly_one_way(lines: list[Line]):
    with lived(lines) as house:
        is_open: dict[tuple[str, str, str], cared.DutyOpened] = {}
        for event in told(house, "visits"):
            key = (getattr(event, "subject", ""), getattr(event, "duty", ""), getattr(event, "period", ""))
            if isinstance(event, cared.DutyOpened):
                assert key not in is_open, "opened twice"
                is_open[key] = event
            if type(event) in ENDINGS:
                assert is_open.pop(key).opens_on <= event.on, "ended, and never opened"
        today = last_day(lines) + timedelta(days=SPAN)
        assert all(one.closes_on >= today for one in is_open.values()), "left open"
        rows = house.views("visits", "SELECT status FROM duties")
        endings = Counter(ENDINGS[type(one)] for one in told(house, "visits") if type(one) in ENDINGS)
        assert Counter(row["status"] for row in rows) == endings + Counter(open=len(is_open))


@every_history
@given(histories())
def test_a_miss_is_never_erased(lines: list[Line]):
    misses: list[set[tuple[Any, ...]]] = [set()]

    def look(house: House) -> None:
        text = "SELECT seq, subject, duty, period, shortfall, responsible FROM duties WHERE status = 'missed'"
        misses.append({tuple(row) for row in house.views("visits", text)})
        assert misses[-2] <= misses[-1]

    with lived(lines, when_quiet=look) as house:
        look(house)
        facts = [one for one in told(house, "visits") if isinstance(one, cared.VisitMissed)]
        assert Counter(
            (one.subject, one.duty, one.period, one.shortfall, one.responsible) for one in facts
        ) == (Counter(row[1:] for row in misses[-1]))


def by_day(lines: list[Line], until: date) -> dict[date, Counter[str]]:
    found: dict[date, Counter[str]] = defaultdict(Counter)
    for fact in rehearse(lines, until, Settings()).facts:
        found[date.fromisoformat((fact.get("on") or fact["at"])[:10])][json.dumps(fact)] += 1
    return found


@every_history
@given(histories(), st.floats(0, 1))
def test_the_past_as_of_a_day_is_what_was_known_on_it(lines: list[Line], share: float):
    until = last_day(lines) + timedelta(days=SPAN)
    day = BEGINS + timedelta(days=int(share * (until - BEGINS).days))
    whole = by_day(lines, until)
    assert by_day(lines, day) == {on: facts for on, facts in whole.items() if on <= day}
