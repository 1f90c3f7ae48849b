"""Looking in: who knew what, and when; the past as it was, whatever came to be known later."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.history.state import ElderState, state_of
from services.history.timeline import HistoryLine, history
from services.house.conductor import Conductor
from services.house.house import House, opened
from services.house.scenario import _take, read_lines
from services.house.settings import Settings
from services.kernel.calendar import ONE_DAY
from services.registry.elders import views as elder_views
from services.risk import views as graded
from services.visits.duties import views as duty_views
from tests.acceptance.test_cli import shouwang

SCENARIOS = Path(__file__).parent / "scenarios"
BEGINS, ENDS = date(2024, 6, 17), date(2025, 5, 20)
ELDERS = tuple(f"E{number}" for number in range(10))
DAYS = st.dates(BEGINS - ONE_DAY, ENDS)
STOPPED_ON = sorted(
    Random(7).sample([BEGINS + number * ONE_DAY for number in range((ENDS - BEGINS).days)], 6)
)


class Play:
    """A scenario on a house in memory, moved on as far as is wanted."""

    def __init__(self, house: House, name: str) -> None:
        self.house = house
        self.lines = read_lines(SCENARIOS / f"{name}.jsonl")
        self._waiting = list(enumerate(self.lines, 1))
        self._conductor = Conductor(house, datetime.fromisoformat(self.lines[0]["at"]).date())

    def through(self, day: date) -> House:
        """To the end of a day, and nothing of the next."""
        while self._waiting and self._at() <= day:
            number, line = self._waiting.pop(0)
            _take(self.house, self._conductor, line, datetime.fromisoformat(line["at"]), number)
        self._conductor.through(day)
        return self.house

    def _at(self) -> date:
        return datetime.fromisoformat(self._waiting[0][1]["at"]).date()


@contextmanager
def played(name: str) -> Iterator[Play]:
    with opened(Settings(data=None)) as house:
        yield Play(house, name)


@dataclass(frozen=True)
class Then:
    """A house as it was at the end of a day, when nothing later had been recorded."""

    states: dict[str, ElderState | None]
    elders: dict[str, Any]
    grades: dict[str, Any]
    open: dict[str, set[tuple[str, str, int]]]
    missed: dict[str, int]


def then_of(house: House, day: date) -> Then:
    """What is asked of a house that stopped at the end of `day`, and what its read models show."""
    elders = {elder: house.views("registry", elder_views.ELDER, elder) for elder in ELDERS}
    duties = {elder: house.views("visits", duty_views.OPEN_OF, elder) for elder in ELDERS}
    return Then(
        states={elder: state_of(house, elder, day) for elder in ELDERS},
        elders={elder: dict(rows[0]) for elder, rows in elders.items() if rows},
        grades={row["elder"]: dict(row) for row in house.views("risk", graded.GRADED)},
        open={
            elder: {(row["duty"], row["period"], row["count"]) for row in rows}
            for elder, rows in duties.items()
        },
        missed={row["subject"]: row["number"] for row in house.views("visits", duty_views.MISSED_OPEN)},
    )


@pytest.fixture(scope="module")
def stopping() -> Iterator[tuple[House, dict[date, Then]]]:
    """The play of ten elders, stopped at the end of some days, looked at, and gone on with to its end."""
    with played("ten-elders") as play:
        stops = {day: then_of(play.through(day), day) for day in STOPPED_ON}
        yield play.through(ENDS), stops


@pytest.fixture(scope="module")
def ten_elders(stopping: tuple[House, dict[date, Then]]) -> House:
    return stopping[0]


@pytest.fixture(scope="module")
def first_quarter() -> Iterator[House]:
    with played("first-quarter") as play:
        yield play.through(date(2024, 4, 2))


@pytest.fixture(scope="module")
def abuse_report() -> Iterator[House]:
    with played("abuse-report") as play:
        yield play.through(date(2024, 8, 1))


def causes_of(house: House, subject: str) -> dict[str, str]:
    """Event to the event or command that it is stamped with, as it lies in the logs."""
    files = [(one, file) for one in house.services.values() for file in one.application.files_of(subject)]
    stored = [event for one, file in files for event in one.log.history(file)]
    return {f"{event.originator_id}/{event.originator_version}": event.causation for event in stored}


@pytest.mark.parametrize("house", ["ten_elders", "first_quarter", "abuse_report"])
def test_a_history_is_in_the_order_of_becoming_known_and_no_effect_stands_before_its_cause(
    house: str, request: pytest.FixtureRequest
):
    held: House = request.getfixturevalue(house)
    subjects = [row["elder"] for row in held.views("registry", elder_views.EVERY, "", 100)]
    assert subjects
    for subject in subjects:
        lines, causes = history(held, subject), causes_of(held, subject)
        assert sorted(causes) == sorted(line.id for line in lines), "every stored event once"
        moments = [line.known_at for line in lines]
        assert moments == sorted(moments)
        places = {line.id: place for place, line in enumerate(lines)}
        for line in lines:
            assert places.get(causes[line.id], -1) < places[line.id], line
        files: dict[str, list[int]] = {}
        for line in lines:
            file, _, version = line.id.partition("/")
            files.setdefault(file, []).append(int(version))
        assert all(versions == sorted(versions) for versions in files.values()), "a file in its own order"


@pytest.mark.parametrize("elder", ELDERS)
def test_every_line_has_both_dates_and_a_cause_that_has_a_name(ten_elders: House, elder: str):
    lines = history(ten_elders, elder)
    assert lines
    for line in lines:
        assert isinstance(line.happened_on, date)
        assert line.happened_on <= line.known_at.date(), "nobody knows the future"
        assert line.known_at.utcoffset() == timedelta(hours=8)
        assert (
            line.cause.startswith(("line:", "day:", "clock:"))
            or line.cause.partition(".")[0] in ten_elders.services
        )


def test_a_history_crosses_every_service(abuse_report: House):
    lines = history(abuse_report, "wang")
    assert {line.service for line in lines} == set(abuse_report.services)
    reported = next(line for line in lines if line.event == "IncidentReported")
    raised = next(
        line for line in lines if line.event == "GradeRaised" and line.known_at == reported.known_at
    )
    assert raised.cause == "visits.IncidentReported"
    assert reported.cause.startswith("line:")


@settings(max_examples=60)
@given(st.sampled_from(ELDERS), DAYS)
@example("E1", BEGINS - ONE_DAY)
@example("E1", ENDS)
def test_what_was_known_by_a_day_is_a_prefix_of_what_is_known_now(ten_elders: House, elder: str, day: date):
    whole = history(ten_elders, elder)
    known = history(ten_elders, elder, known_by=day)
    assert known == whole[: len(known)]
    assert known == [line for line in whole if line.known_at.date() <= day]


@settings(max_examples=30)
@given(st.sampled_from(ELDERS), DAYS, DAYS)
def test_what_had_happened_by_a_day_as_known_by_another_is_what_satisfies_both(
    ten_elders: House, elder: str, as_of: date, known_by: date
):
    expected = [
        line
        for line in history(ten_elders, elder)
        if line.happened_on <= as_of and line.known_at.date() <= known_by
    ]
    assert history(ten_elders, elder, as_of=as_of, known_by=known_by) == expected


def test_a_late_visit_appears_with_both_dates_and_brings_the_reconciliation(first_quarter: House):
    lines = history(first_quarter, "green")
    late = next(
        line for line in lines if line.happened_on == date(2024, 1, 30) and "visit" in line.event.lower()
    )
    assert (late.known_at.date(), late.event) == (date(2024, 2, 3), "VisitRecorded")
    assert late not in history(first_quarter, "green", known_by=date(2024, 2, 2))
    assert late in history(first_quarter, "green", as_of=date(2024, 1, 30), known_by=date(2024, 2, 3))
    missed = next(
        line for line in lines if line.event == "VisitMissed" and _is_of(line, "home_visit", "2024-01")
    )
    mended = next(
        line for line in lines if line.event == "MissReconciled" and _is_of(line, "home_visit", "2024-01")
    )
    assert lines.index(missed) < lines.index(late) < lines.index(mended)


def _is_of(line: HistoryLine, duty: str, period: str) -> bool:
    return (line.details["duty"], line.details["period"]) == (duty, period)


def test_what_was_not_known_is_not_counted_and_what_was_recorded_late_is(first_quarter: House):
    day = date(2024, 1, 31)
    then = state_of(first_quarter, "green", day)
    since = state_of(first_quarter, "green", day, date(2024, 2, 3))
    assert then is not None
    assert since is not None
    assert since.visits == then.visits + 1
    visit_of = {one.duty: one for one in then.duties}["home_visit"]
    known_now = {one.duty: one for one in since.duties}["home_visit"]
    assert (visit_of.done, visit_of.status) == (0, "open")
    assert (known_now.done, known_now.status) == (1, "met")
    assert state_of(first_quarter, "green", day, date(2024, 2, 2)) == _known_by(then, date(2024, 2, 2))


def _known_by(state: ElderState, day: date) -> ElderState:
    held = {one.name: getattr(state, one.name) for one in fields(state)}
    return ElderState(**held | {"known_by": day})


@pytest.mark.parametrize("day", STOPPED_ON, ids=str)
def test_the_state_as_of_a_day_is_that_of_a_house_that_stopped_on_it(
    stopping: tuple[House, dict[date, Then]], day: date
):
    house, stops = stopping
    for elder in ELDERS:
        then, now = stops[day].states[elder], state_of(house, elder, day)
        assert (then is None) == (now is None)
        if then is not None and now is not None:
            for one in fields(ElderState):
                assert getattr(now, one.name) == getattr(then, one.name), f"{elder}: {one.name}"
    assert any(stops[day].states.values()), "somebody was on the register"


def test_a_house_that_never_went_on_says_the_same_as_one_that_did(stopping: tuple[House, dict[date, Then]]):
    _, stops = stopping
    day = STOPPED_ON[0]
    with played("ten-elders") as play:
        assert then_of(play.through(day), day) == stops[day]


@pytest.mark.parametrize("day", STOPPED_ON, ids=str)
def test_the_state_as_of_a_day_is_what_the_read_models_showed_on_it(
    stopping: tuple[House, dict[date, Then]], day: date
):
    """The read models were brought up by events as they came, the state is replayed from files: two ways."""
    house, stops = stopping
    then = stops[day]
    for elder in ELDERS:
        state, row = state_of(house, elder, day), then.elders.get(elder)
        assert (state is None) == (row is None)
        if state is None or row is None:
            continue
        assert (state.status, state.carer, str(state.since)) == (row["status"], row["carer"], row["since"])
        grade = then.grades.get(elder, {"grade": None, "due": None})
        assert state.grade == grade["grade"]
        assert (state.reassessment_due and state.reassessment_due.isoformat()) == grade["due"]
        shown = {(one.duty, one.period, one.owed): one.status for one in state.duties}
        assert then.open[elder] <= set(shown)
        assert all(shown[one] == "met" for one in set(shown) - then.open[elder])
        assert len(state.missed) == then.missed.get(elder, 0)


@pytest.mark.parametrize("elder", ["nobody", "E1 ", "[/red]", "530399195003021224"])
def test_an_unknown_elder_is_answered_with_a_sentence(tmp_path: Path, elder: str):
    told = shouwang("history", elder, data=tmp_path / "data")
    assert told.code == 1
    assert "nothing is recorded about this subject" in told.text
    told = shouwang("state", elder, "--as-of", "2024-02-20", data=tmp_path / "data")
    assert told.code == 2
    assert "not on the register" in told.text
    assert elder.strip() in told.text
