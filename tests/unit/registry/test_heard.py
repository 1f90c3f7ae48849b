"""What the others make of transfers and hand-overs: given a village, when somebody moves, then who owes and is told."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.chassis.commands.command import Answer, Asked
from services.history.state import state_of
from services.house.conductor import Conductor
from services.house.house import House, opened
from services.house.settings import Settings
from services.registry.elders import views as elder_views
from services.registry.elders.commands import (
    Appoint,
    CorrectFacts,
    EndAppointment,
    GoOnLeave,
    HandOver,
    OpenVillage,
    Pair,
    RemoveForError,
    TransferElder,
)
from services.risk.commands import Reassess
from services.visits.commands import RecordVisit, ReportIncident
from services.visits.duties import views as duty_views
from tests.unit.http.village import BEGIN, NOW, VILLAGE, enrol, people, visit
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
    named = {"elders": list(elders)} if elders else {}
    return HandOver(giver="grid", taker="cadre", on=date.fromisoformat(day), **named)


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
    assert house.views("visits", duty_views.BY_VILLAGE)
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


def test_the_stand_in_owes_what_is_missed_in_the_leave_and_the_carer_what_is_missed_after_it(
    house: House, conductor: Conductor
):
    away = GoOnLeave(staff="grid", stand_in="cadre", begins=date(2024, 3, 20), ends=date(2024, 4, 10))
    assert conductor.take(away, NOW).is_taken
    conductor.through(date(2024, 5, 1))
    assert [row[3] for row in visits_owed(house, "E000")] == ["cadre", "grid", None]


def test_the_stand_in_is_told_in_the_carers_place(house: House, conductor: Conductor):
    away = GoOnLeave(staff="grid", stand_in="cadre", begins=NOW.date(), ends=NOW.date())
    assert conductor.take(away, NOW).is_taken
    assert conductor.take(ReportIncident(incident="I1", elder="E001", kind="fall"), NOW).is_taken
    conductor.through(NOW.date())
    told = {row["recipient"] for row in house.views("notify", TOLD, "E001")}
    assert "cadre" in told
    assert "grid" not in told


@pytest.mark.parametrize(("carer", "reason"), [("nobody", "UnknownStaff"), ("chief", "NotACarer")])
def test_only_a_carer_is_paired(house: House, carer: str, reason: str):
    moved = {"village": THERE, "group": "一组", "on": NOW.date(), "carer": carer}
    handed = {"giver": "grid", "taker": carer, "on": NOW.date()}
    assert refused(house, enrol("E900", carer=carer)) == reason
    assert refused(house, Pair(elder="E000", carer=carer)) == reason
    assert refused(house, TransferElder.model_validate({"elder": "E000", **moved})) == reason
    assert refused(house, HandOver.model_validate(handed)) == reason


def test_an_appointment_does_not_end_while_elders_would_be_without_a_carer(
    house: House, conductor: Conductor
):
    ending = EndAppointment(staff="grid", on=NOW.date())
    answer = conductor.take(ending, NOW)
    assert (answer.reason, "3 位老人" in answer.advice) == ("StillPaired", True)
    assert conductor.take(handed("2024-03-05"), NOW).is_taken
    assert conductor.take(ending, NOW).is_taken
    assert refused(house, Pair(elder="E000", carer="grid")) == "AppointmentOver"
    assert refused(house, enrol("E900", carer="grid")) == "AppointmentOver"
    assert house.views("registry", elder_views.ELDER, "E900") == []
    assert house.take(enrol("E900", carer="cadre"), NOW).is_taken
    conductor.through(date(2024, 3, 7))
    late = [
        RecordVisit.model_validate(visit(number, on=on), strict=False)
        for number, on in enumerate(("2024-03-05", "2024-03-06"))
    ]
    answers = [conductor.take(one, at("2024-03-08")) for one in late]
    assert [one.reason for one in answers] == ["", "AppointmentOver"]


def corrected(elder: str = "E000", **facts: Any) -> CorrectFacts:
    return CorrectFacts.model_validate({"elder": elder, "by": "lead", "reason": "book"} | facts, strict=False)


def believed(house: House, as_of: date, known_by: date) -> tuple[Any, ...]:
    state = state_of(house, "E000", as_of, known_by)
    assert state is not None
    return state.born, state.living, state.status, state.grade, state.because


def test_a_corrected_birth_date_is_evidence_of_age_from_the_day_of_knowing(
    house: House, conductor: Conductor
):
    before, known = date(2024, 3, 4), NOW.date()
    conductor.through(before)
    assert believed(house, before, before)[2:] == ("certified", "green", ())
    assert conductor.take(corrected(born="1940-03-01", living="couple"), NOW).is_taken
    conductor.through(known)
    assert believed(house, before, before) == (date(1950, 3, 1), "alone", "certified", "green", ())
    assert believed(house, before, known)[:3] == (date(1940, 3, 1), "couple", "certified")
    assert believed(house, known, known)[2:] == ("certified", "yellow", ("advanced_age",))


def test_who_was_never_that_old_keeps_the_grade_until_it_is_reassessed(house: House, conductor: Conductor):
    conductor.take(corrected(born="1940-03-01"), NOW)
    conductor.take(corrected(born="1951-03-01"), at("2024-03-06"))
    assert believed(house, date(2024, 3, 6), date(2024, 3, 6))[3:] == ("yellow", ())
    conductor.take(Reassess(elder="E000", by="lead", on=date(2024, 6, 5)), at("2024-06-05"))
    assert believed(house, date(2024, 6, 5), date(2024, 6, 5))[3:] == ("green", ())


def test_one_removed_for_an_error_owes_nothing_more_and_stays_in_the_past(house: House, conductor: Conductor):
    conductor.through(date(2024, 3, 4))
    removed = RemoveForError(elder="E000", by="lead", reason="lives elsewhere")
    assert conductor.take(removed, NOW).is_taken
    conductor.through(date(2024, 4, 2))
    assert {row["status"] for row in house.views("visits", EVERY, "E000")} == {"ended"}
    assert believed(house, date(2024, 3, 4), NOW.date())[2] == "certified"
    assert believed(house, NOW.date(), NOW.date())[2] == "ended"
