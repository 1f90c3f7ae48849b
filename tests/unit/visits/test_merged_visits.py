"""What was done for a merged entry: given people entered twice, when they are merged and parted, then what counts."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from services.history.state import state_of
from services.house.conductor import Conductor
from services.house.house import House, opened
from services.house.settings import Settings
from services.registry.elders.commands import MergeElders, NoteSupporterReturned, UndoMerge
from services.registry.elders.views import ELDER
from services.visits.commands import RecordVisit
from tests.unit.http.village import BEGIN, people, visit
from tests.unit.registry.elders import at

DUTIES = "SELECT period, status, days_late FROM duties WHERE subject = ? AND duty = 'home_visit' ORDER BY seq"
OPENED = "SELECT opens_on FROM duties WHERE subject = ? AND opens_on > ?"
WARD = "SELECT is_certified FROM wards WHERE elder = ?"
REASON = {"by": "lead", "reason": "seen"}


@pytest.fixture
def house() -> Iterator[House]:
    with opened(Settings(data=None)) as made:
        people(made, 3)
        yield made


@pytest.fixture
def conductor(house: House) -> Conductor:
    return Conductor(house, BEGIN.date())


def merge(conductor: Conductor, kept: str, merged: str, when: datetime) -> None:
    assert conductor.take(MergeElders(kept=kept, merged=merged, **REASON), when).is_taken


def part(conductor: Conductor, merged: str, when: datetime) -> None:
    assert conductor.take(UndoMerge(merged=merged, **REASON), when).is_taken


def visited(conductor: Conductor, elder: str, day: str, number: int = 1) -> None:
    command = RecordVisit.model_validate(visit(number, elder, on=day), strict=False)
    assert conductor.take(command, at(day)).is_taken


def owed(house: House, elder: str) -> list[tuple[str, str, int | None]]:
    return [tuple(row) for row in house.views("visits", DUTIES, elder)]


def done(house: House, elder: str, day: str) -> int | None:
    state = state_of(house, elder, date.fromisoformat(day))
    return next((one.done for one in state.duties if one.duty == "home_visit"), None) if state else None


def test_an_open_period_is_met_and_a_missed_one_reconciled_by_what_was_done_for_the_merged_entry(
    house: House, conductor: Conductor
):
    visited(conductor, "E001", "2024-03-10")
    visited(conductor, "E001", "2024-04-02", 2)
    conductor.through(date(2024, 4, 5))
    assert owed(house, "E000") == [("2024-03", "missed", None), ("2024-04", "open", None)]
    merge(conductor, "E000", "E001", at("2024-04-06"))
    assert owed(house, "E000") == [("2024-03", "missed", 6), ("2024-04", "met", None)]
    assert done(house, "E000", "2024-04-06") == 1


def test_along_a_chain_what_was_done_goes_up_and_comes_back_from_wherever_it_is_parted(
    house: House, conductor: Conductor
):
    visited(conductor, "E002", "2024-03-10")
    merge(conductor, "E001", "E002", at("2024-03-11"))
    merge(conductor, "E000", "E001", at("2024-03-12"))
    assert owed(house, "E000") == [("2024-03", "met", None)]
    assert done(house, "E000", "2024-03-12") == 1
    part(conductor, "E002", at("2024-03-13"))
    assert done(house, "E000", "2024-03-13") == 0
    assert owed(house, "E000") == [("2024-03", "met", None)]
    conductor.through(date(2024, 5, 1))
    assert owed(house, "E000")[:2] == [("2024-03", "met", None), ("2024-04", "missed", None)]


def test_what_is_taken_in_later_goes_to_the_entry_that_is_kept_in_the_end(house: House, conductor: Conductor):
    visited(conductor, "E002", "2024-03-10")
    merge(conductor, "E000", "E001", at("2024-03-11"))
    merge(conductor, "E000", "E002", at("2024-03-12"))
    part(conductor, "E001", at("2024-03-13"))
    assert done(house, "E000", "2024-03-13") == 1
    assert done(house, "E001", "2024-03-13") == 0


def test_a_return_that_became_one_for_good_meanwhile_lapses_the_entry_and_nothing_opens(
    house: House, conductor: Conductor
):
    back = NoteSupporterReturned(elder="E001", supporter="S1", on=date(2024, 3, 4), kind="temporary")
    assert conductor.take(back, at("2024-03-04")).is_taken
    merge(conductor, "E000", "E001", at("2024-03-05"))
    part(conductor, "E001", at("2024-09-05"))
    (row,) = house.views("registry", ELDER, "E001")
    assert (row["status"], row["since"], row["reason"]) == (
        "lapsed",
        "2024-09-05",
        "temporary_became_permanent",
    )
    assert house.views("visits", OPENED, "E001", "2024-03-31") == []
    assert [tuple(one) for one in house.views("notify", WARD, "E001")] == [(0,)]
