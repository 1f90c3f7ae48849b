"""Whoever comes, goes or is away: given any lines, when somebody is told or answers, then they were there."""

from datetime import date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from services.house.house import House
from services.kernel.roster import Roster, roster_id
from services.notify.tellings.domain import Telling
from services.visits.duties.events import DutyOpened, VisitMissed
from tests.properties.histories import CARED, GRADED, HARMED, MOVED, STAFFED, Line, histories, lived

EXAMPLES = max(settings().max_examples // 10, 1)
LINES = st.one_of(STAFFED, STAFFED, STAFFED, MOVED, CARED, HARMED, GRADED)


def roster_at(house: House, moment: datetime, *, before: bool) -> Roster:
    """The registry's roster as it stood at a moment, with or without what was entered at that very moment."""
    made = Roster.open("registry", at=moment)
    for event in house.services["registry"].log.history(roster_id("registry")):
        if not isinstance(event, Roster.Created) and (
            event.timestamp < moment or (event.timestamp == moment and not before)
        ):
            event.apply(made)
    return made


def is_there(house: House, staff: str, day: date, moment: datetime) -> bool:
    """What falls due at the instant of a line comes before the line, and what it brings after: either may be."""
    rosters = (roster_at(house, moment, before=before) for before in (True, False))
    return any(not who.has_left(staff, day) and who.leave_of(staff, day) is None for who in rosters)


@settings(max_examples=EXAMPLES)
@given(histories(LINES))
def test_nobody_is_told_after_their_last_day_or_on_leave_and_whoever_answers_for_a_miss_was_there(
    lines: list[Line],
):
    with lived(lines) as house:
        told = 0
        for recorded in house.services["notify"].log.events(0):
            event = recorded.event
            if isinstance(event, Telling.NoticesSent):
                for person in event.to:
                    told += 1
                    assert is_there(house, person, event.timestamp.date(), event.timestamp), (person, event)
        closes: dict[tuple[str, str, str], date] = {}
        for recorded in house.services["visits"].log.events(0):
            event = recorded.event
            if isinstance(event, DutyOpened):
                closes[recorded.subject, event.duty, event.period] = date.fromisoformat(event.closes_on)
            if isinstance(event, VisitMissed) and event.responsible is not None:
                day = closes[recorded.subject, event.duty, event.period]
                assert is_there(house, event.responsible, day, event.timestamp), (event.responsible, day)
