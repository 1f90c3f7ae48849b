"""Duplicates: given a village, when somebody is entered twice, then a person decides, and can take it back."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.chassis.commands.command import Asked
from services.chassis.reading.read_model import Rebuilt
from services.history.state import state_of
from services.history.timeline import history
from services.house.conductor import Conductor
from services.house.house import House, opened
from services.house.settings import Settings
from services.registry.duplicates import views as duplicate_views
from services.registry.elders import views as elder_views
from services.registry.elders.commands import (
    Appoint,
    CorrectFacts,
    EndAppointment,
    KeepApart,
    MergeElders,
    SearchDuplicates,
    TransferElder,
    UndoMerge,
)
from services.risk import views as graded
from services.risk.commands import Observe
from services.visits.commands import RecordVisit
from tests.acceptance.test_cli import shouwang
from tests.unit.http.village import BEGIN, NOW, VILLAGE, enrol, people, visit
from tests.unit.registry.elders import at

NUMBER = "530399195003011229"
DUTIES = "SELECT duty, period, status, opens_on, closes_on, count FROM duties WHERE subject = ? ORDER BY seq"


@pytest.fixture
def house() -> Iterator[House]:
    with opened(Settings(data=None)) as made:
        people(made, 2)
        yield made


@pytest.fixture
def conductor(house: House) -> Conductor:
    return Conductor(house, BEGIN.date())


def entered(house: House, *named: tuple[str, str], **given: Any) -> None:
    commands = [enrol(elder, name=name, **given) for elder, name in named]
    assert all(one.is_taken for one in house.take_many([Asked(one, BEGIN) for one in commands]))
    house.settle()


def entered_unchecked(house: House, elder: str, name: str, **given: Any) -> None:
    """As before every door checked the number against birth date and sex."""
    assert house.take(enrol(elder, name=name).model_copy(update=given), BEGIN).is_taken
    house.settle()


def suspected(house: House, status: str = "open") -> list[tuple[str, str, int, int]]:
    rows = house.views("registry", duplicate_views.SUSPECTED, status, 100)
    return [(row["elder"], row["other"], row["is_certain"], row["percent"]) for row in rows]


def merging(kept: str = "E900", merged: str = "E901") -> MergeElders:
    return MergeElders(kept=kept, merged=merged, by="lead", reason="one person")


def parting(merged: str = "E901") -> UndoMerge:
    return UndoMerge(merged=merged, by="lead", reason="two people")


def owed(house: House, elder: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in house.views("visits", DUTIES, elder)]


def test_who_is_entered_twice_is_suspected_at_once_even_in_one_lot(house: House):
    entered(house, ("E900", "王小明"), ("E901", "王晓明"), ("E902", "李桂花"))
    assert suspected(house) == [("E900", "E901", 0, 100)]
    entered(house, ("E903", "王小民"))
    assert [pair[:2] for pair in suspected(house)] == [("E900", "E901"), ("E900", "E903"), ("E901", "E903")]


def test_one_number_is_certain_and_stands_first(house: House):
    entered(house, ("E900", "王小明"), ("E901", "王晓明"))
    entered(house, ("E902", "甲"), ("E903", "乙"), citizen_number=NUMBER)
    assert suspected(house)[0] == ("E902", "E903", 1, 100)


def test_one_number_is_certain_whatever_birth_dates_were_entered(house: House):
    entered(house, ("E902", "甲"), citizen_number=NUMBER)
    entered_unchecked(house, "E903", "乙", citizen_number=NUMBER, born=date(1952, 3, 1))
    assert suspected(house) == [("E902", "E903", 1, 100)]


def test_a_number_that_becomes_known_by_a_correction_is_compared_at_once(house: House):
    entered(house, ("E902", "甲"), citizen_number=NUMBER, born="1950-03-01")
    entered(house, ("E903", "乙"), born="1952-03-01")
    assert suspected(house) == []
    told = {"by": "lead", "reason": "证件", "citizen_number": NUMBER, "born": "1950-03-01"}
    assert house.take(CorrectFacts.model_validate(told | {"elder": "E903"}, strict=False), NOW).is_taken
    assert suspected(house) == [("E902", "E903", 1, 100)]


def test_a_search_finds_one_number_under_two_birth_dates_and_no_number_stands_in_a_read_model(house: House):
    entered(house, ("E902", "甲"), citizen_number=NUMBER)
    entered_unchecked(house, "E903", "乙", citizen_number=NUMBER, born=date(1952, 3, 1))
    pairs = [(row["elder"], row["other"]) for row in house.views("registry", duplicate_views.ALIKE)]
    assert ("E902", "E903") in pairs
    assert NUMBER not in str([tuple(row) for row in house.views("registry", "SELECT * FROM numbers")])


def test_nobody_without_name_and_number_is_compared(house: House):
    assert suspected(house) == []


def test_a_search_finds_what_came_to_be_alike_later_and_asks_about_nothing_twice(house: House):
    entered(house, ("E900", "王小明"))
    entered(house, ("E901", "王晓明"), village=VILLAGE)
    kept = KeepApart(elder="E901", other="E900", by="lead", reason="namesakes")
    assert house.take(kept, NOW).is_taken
    size = house.services["registry"].log.size()
    assert house.take(SearchDuplicates(by="lead"), NOW).is_taken
    assert (suspected(house), house.services["registry"].log.size()) == ([], size)
    assert suspected(house, "kept") == [("E900", "E901", 0, 100)]


def test_what_is_owed_for_a_merged_entry_ends_because_of_the_merge_and_comes_back(
    house: House, conductor: Conductor
):
    entered(house, ("E900", "王小明"), ("E901", "王晓明"))
    assert conductor.take(merging(), NOW).is_taken
    conductor.through(date(2024, 4, 20))
    assert {row[2] for row in owed(house, "E901")} == {"ended"}
    causes = {line.cause for line in history(house, "E901") if line.event == "DutyEnded"}
    assert causes == {"registry.ElderMerged"}
    assert "E901" not in {row["elder"] for row in house.views("risk", graded.GRADED)}
    assert conductor.take(parting(), at("2024-04-21")).is_taken
    conductor.through(date(2024, 7, 2))
    after = [row for row in owed(house, "E901") if row[3] >= "2024-05-01"]
    assert after == [row for row in owed(house, "E900") if row[3] >= "2024-05-01"]
    assert "E901" in {row["elder"] for row in house.views("risk", graded.GRADED)}


def test_what_is_owed_once_is_owed_by_the_same_day_after_a_merge_is_undone(
    house: House, conductor: Conductor
):
    entered(house, ("E900", "王小明"), ("E901", "王晓明"))
    conductor.take(merging(), NOW)
    conductor.take(parting(), at("2024-03-06"))
    agreements = [row for row in owed(house, "E901") if row[0] == "care_agreement"]
    assert [(row[2], row[4]) for row in agreements] == [("ended", "2024-03-31"), ("open", "2024-03-31")]


def test_both_histories_are_kept_and_read_together(house: House, conductor: Conductor):
    entered(house, ("E900", "王小明"), ("E901", "王晓明"))
    conductor.take(RecordVisit.model_validate(visit(1, "E901"), strict=False), NOW)
    conductor.take(merging(), NOW)
    told = [(line.event, line.details.get("entry")) for line in history(house, "E900")]
    assert {("VisitRecorded", "E901"), ("EntryTakenIn", "E901"), ("ElderEnrolled", None)} <= set(told)
    state = state_of(house, "E901", NOW.date())
    assert state is not None
    assert (state.status, state.visits) == ("merged", 1)
    conductor.take(parting(), at("2024-03-06"))
    assert ("VisitRecorded", "E901") not in {
        (line.event, line.details.get("entry")) for line in history(house, "E900")
    }


def test_nothing_is_entered_for_a_merged_entry(house: House, conductor: Conductor):
    entered(house, ("E900", "王小明"), ("E901", "王晓明"))
    conductor.take(merging(), NOW)
    conductor.through(NOW.date())
    asked = [
        TransferElder(elder="E901", village=VILLAGE, group="二组", on=NOW.date()),
        Observe(elder="E901", evidence="disability", on=NOW.date()),
        RecordVisit.model_validate(visit(1, "E901"), strict=False),
        merging("E901", "E000"),
        merging("E000", "E901"),
    ]
    answers = [conductor.take(one, at("2024-03-06")) for one in asked]
    assert [one.reason for one in answers] == ["MergedEntry"] * 5
    assert conductor.take(parting("E900"), at("2024-03-06")).reason == "NotMerged"


def test_an_undone_merge_is_put_to_a_person_again_and_the_views_are_what_the_log_makes(
    house: House, conductor: Conductor
):
    entered(house, ("E900", "王小明"), ("E901", "王晓明"))
    (before,) = house.views("registry", elder_views.ELDER, "E901")
    conductor.take(merging(), NOW)
    assert suspected(house) == []
    assert suspected(house, "merged") == [("E900", "E901", 0, 100)]
    conductor.take(parting(), NOW)
    assert suspected(house) == [("E900", "E901", 0, 100)]
    assert tuple(house.views("registry", elder_views.ELDER, "E901")[0]) == tuple(before)
    for service in house.services.values():
        made = Rebuilt(service.log, service.model)
        made.catch_up()
        assert made.differing() == []
        made.close()


def test_nobody_cares_for_an_entry_whose_carer_has_left_when_the_merge_is_undone(
    house: House, conductor: Conductor
):
    staff = [Appoint(staff=one, role="grid_worker", village=VILLAGE) for one in ("ann", "ben")]
    assert all(house.take(one, NOW).is_taken for one in staff)
    entered(house, ("E900", "王小明"), carer="ben")
    entered(house, ("E901", "王晓明"), carer="ann")
    entered(house, ("E902", "王小名"), carer="ann")
    asked = [merging(), merging(merged="E902"), EndAppointment(staff="ann", on=NOW.date()), parting()]
    assert all(conductor.take(one, NOW).is_taken for one in asked)
    assert conductor.take(parting("E902"), at("2024-03-06")).is_taken
    carers = [house.views("registry", elder_views.ELDER, elder)[0]["carer"] for elder in ("E901", "E902")]
    assert carers == ["ann", None]
    conductor.through(date(2024, 4, 1))
    missed = "SELECT status, responsible FROM duties WHERE subject = 'E902' AND period = '2024-03'"
    assert ("missed", None) in [tuple(row) for row in house.views("visits", missed)]


def test_a_person_decides_on_the_command_line(tmp_path: Path):
    with opened(Settings(data=tmp_path)) as house:
        people(house, 1)
        entered(house, ("E900", "王小明"), ("E901", "王晓明"), ("E902", "王小民"))

    def said(*words: str, code: int = 0) -> str:
        told = shouwang(*words, data=tmp_path)
        assert told.code == code, told.text
        return told.text

    why = ("--by", "lead", "--reason", "seen")
    assert "疑似重复 suspected duplicates: 3" in said("duplicates", "list")
    said("record", "keep-apart", "--elder", "E900", "--other", "E902", *why)
    said("record", "merge", "--kept", "E900", "--merged", "E901", *why)
    assert "E901" in said("duplicates", "list", "--status", "merged")
    assert "MergedEntry" not in said("record", "merge", "--kept", "E901", "--merged", "E902", *why, code=1)
    said("record", "undo-merge", "--merged", "E901", *why)
    assert "E900" in said("duplicates", "search", "--by", "lead")
    assert "lead: seen" in said("duplicates", "list", "--status", "kept")
