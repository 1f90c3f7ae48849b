"""What the others make of transfers and hand-overs: given a village, when somebody moves, then who owes and is told."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.chassis.commands import Answer, Asked
from services.chassis.settings import Settings
from services.registry.commands import Appoint, HandOver, OpenVillage, Pair, TransferElder
from services.township.conductor import Conductor
from services.township.house import House, opened
from services.township.state import state_of
from services.visits import views as owed
from tests.unit.http.village import BEGIN, NOW, VILLAGE, people
from tests.unit.registry.elders import at

THERE = "530323990298"
EVERY = "SELECT subject, village, status, responsible, period FROM duties WHERE subject = ? AND duty = 'home_visit'"
TOLD = "SELECT DISTINCT recipient FROM notices n JOIN tellings t ON t.telling = n.telling WHERE t.subject = ?"


@pytest.fixture
def house() -> Iterator[House]:
    with opened(Settings(data=None)) as made:
        people(made, 3)
        commands = [OpenVillage(village=THERE, name="那村", groups=["一组"])]
        commands += [Appoint.model_validate({"staff": "there", "role": "grid_worker", "village": THERE})]
        commands += [Appoint.model_validate({"staff": "chief", "role": "village_lead", "village": THERE})]
        commands += [Appoint.model_validate({"staff": "cadre", "role": "group_cadre", "village": VILLAGE})]
        assert all(one.is_taken for one in made.take_many([Asked(one, BEGIN) for one in commands]))
        yield made


@pytest.fixture
def conductor(house: House) -> Conductor:
    return Conductor(house, BEGIN.date())


def visits_owed(house: House, elder: str) -> list[tuple[Any, ...]]:
    return [
        (row["period"], row["village"], row["status"], row["responsible"])
        for row in house.views("visits", EVERY, elder)
    ]


def handed(day: str, *elders: str) -> HandOver:
    return HandOver(giver="grid", taker="cadre", on=date.fromisoformat(day), elders=list(elders))


def test_open_duties_go_to_the_new_village_and_misses_stay_with_the_village_of_their_day(
    house: House, conductor: Conductor
):
    moved = TransferElder(elder="E000", village=THERE, group="一组", on=date(2024, 4, 1), carer="there")
    assert conductor.take(moved, at("2024-04-01")).is_taken
    conductor.through(date(2024, 5, 2))
    assert visits_owed(house, "E000") == [
        ("2024-03", VILLAGE, "missed", "grid"),
        ("2024-04", THERE, "missed", "there"),
        ("2024-05", THERE, "open", None),
    ]
    assert house.views("visits", owed.BY_VILLAGE)
    assert {"there", "grid"} <= {row["recipient"] for row in house.views("notify", TOLD, "E000")}


def test_a_transfer_without_a_carer_leaves_nobody_paired(house: House, conductor: Conductor):
    moved = TransferElder(elder="E000", village=THERE, group="一组", on=NOW.date())
    assert conductor.take(moved, NOW).is_taken
    conductor.through(date(2024, 4, 1))
    assert visits_owed(house, "E000")[0] == ("2024-03", THERE, "missed", None)
    state = state_of(house, "E000", date(2024, 3, 4), NOW.date())
    assert state is not None
    assert (state.carer, state_of(house, "E000", NOW.date()).carer) == ("grid", None)


def test_a_hand_over_in_bulk_takes_every_elder_and_no_miss_that_was_there(house: House, conductor: Conductor):
    conductor.through(date(2024, 4, 1))
    assert conductor.take(handed("2024-03-20"), at("2024-04-02")).is_taken
    conductor.through(date(2024, 5, 1))
    for elder in ("E000", "E001", "E002"):
        assert [row[3] for row in visits_owed(house, elder)] == ["grid", "cadre", None]


def test_a_hand_over_that_is_recorded_late_counts_since_its_day(house: House, conductor: Conductor):
    assert conductor.take(handed("2024-03-20", "E001"), at("2024-03-25")).is_taken
    days = [(day, state_of(house, "E001", date(2024, 3, day), date(2024, 3, 25))) for day in (19, 20)]
    assert [(day, state and state.carer) for day, state in days] == [(19, "grid"), (20, "cadre")]
    assert state_of(house, "E001", date(2024, 3, 20), date(2024, 3, 24)).carer == "grid"


def refused(house: House, command: Any) -> str:
    answer: Answer = house.take(command, NOW)
    return answer.reason


def test_a_hand_over_takes_all_or_nobody(house: House):
    house.take(Pair(elder="E002", carer="there"), NOW)
    size = house.services["registry"].log.size()
    answer = house.take(handed("2024-03-05", "E000", "E002"), NOW)
    assert answer.reason == "NotTheirElder"
    assert "E002" in answer.advice
    assert "E000" not in answer.advice
    assert house.services["registry"].log.size() == size


def test_hand_overs_and_transfers_that_cannot_be_are_refused_and_say_why(house: House):
    on = NOW.date()
    assert refused(house, HandOver(giver="grid", taker="grid", on=on)) == "SameCarer"
    assert refused(house, HandOver(giver="clinic", taker="grid", on=on)) == "NobodyToHandOver"
    assert refused(house, HandOver(giver="grid", taker="nobody", on=on)) == "UnknownStaff"
    assert refused(house, TransferElder(elder="E000", village="V9", group="一组", on=on)) == "UnknownVillage"
    assert refused(house, TransferElder(elder="E000", village=THERE, group="九组", on=on)) == "UnknownGroup"
