"""Every command has its way back: what it leaves in the log is that command again, to be rehearsed."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.chassis.commands.command import Asked, Command
from services.house.conductor import Conductor
from services.house.house import House, opened
from services.house.settings import Settings
from services.kernel.calendar import SHANGHAI
from services.notify.commands import Acknowledge, Resend
from services.policy_lab.way_back import outside
from services.registry.comparisons import commands as compare
from services.registry.elders import commands as register
from services.registry.figures.commands import CorrectFigure, EnterFigure
from services.registry.terms import FigureKind
from services.registry.villages.commands import NameTownship
from services.risk import commands as assess
from services.visits import commands as care

BEGINS = date(2024, 1, 1)
BUDGET = FigureKind.SPECIAL_FUND_BUDGET


def enrol(elder: str, **more: Any) -> register.Enrol:
    supporter = register.SupporterRow(id="S1", left_county_on=date(2023, 1, 1), name="王小明")
    form: dict[str, Any] = {
        "born": date(1950, 1, 1),
        "sex": "f",
        "village": "V1",
        "group": "1",
        "living": "alone",
    }
    form |= {
        "evidence": ["disability"],
        "health": ["hypertension"],
        "declined_institution": True,
        "carer": "grid",
    }
    return register.Enrol(
        **{"elder": elder, "supporters": [supporter], "ledger": f"row-{elder}", **form, **more}
    )


def visit(name: str, day: date, mode: Any, **noted: Any) -> care.RecordVisit:
    told = {"visit": name, "elder": "wang", "by": "grid", "on": day, "mode": mode} | noted
    return care.RecordVisit(**told, check_up=False, confirms_facts=True)


def visits(on: list[date]) -> Iterator[Command]:
    """One that noted everything, and by that opened a need and an incident, which are nobody's commands."""
    yield visit("v1", on[2], "in_person")
    found = {"done": ["talked"], "mood": "low", "findings": ["lonely", "injured"]}
    yield visit("v2", on[20], "phone", evidence=["disability", "incapacity"], **found)


def figures(day: date) -> Iterator[Command]:
    yield EnterFigure(figure="F1", kind=BUDGET, value=Decimal(100000), on=day, by="centre", note="预算")
    yield CorrectFigure(figure="F1", value=Decimal(120000), on=day, by="centre", reason="追加")


def life() -> Iterator[Command]:
    """One of every kind, a day apart, each of which is taken; `on` is the day of saying, from the second on."""
    on = [BEGINS + timedelta(days=number) for number in range(1, 200)]
    yield register.OpenVillage(village="V1", name="高良村", groups=["1", "2"])
    yield register.Appoint(staff="grid", role="grid_worker", village="V1")
    yield register.Appoint(staff="lead", role="village_lead", village="V1")
    yield register.Appoint(staff="head", role="elders_association_head", village="V1")
    yield register.Appoint(staff="centre", role="party_service_centre")
    yield enrol("wang")
    yield enrol("young", born=date(1980, 1, 1))
    yield enrol("li")
    yield register.NoteSupporterReturned(elder="li", supporter="S1", on=on[6], kind="permanent")
    yield register.NoteSupporterLeft(elder="li", supporter="S1", on=on[7])
    yield register.ChangeFacts(elder="wang", health=["tuberculosis"])
    yield register.Pair(elder="wang", carer="head")
    yield register.EnterInstitution(elder="li", on=on[11])
    yield register.LeaveInstitution(elder="li", on=on[12])
    yield register.NoteDeath(elder="li", on=on[12])
    yield enrol("mo")
    yield register.NoteMove(elder="mo", on=on[14])
    yield assess.Observe(elder="wang", evidence="economic_hardship", on=on[3], source="visit finding")
    yield assess.Clear(elder="wang", evidence="disability", on=on[16])
    yield assess.Reassess(elder="wang", by="lead", on=on[17])
    yield from visits(on)
    yield care.ReviewLivingSecurity(elder="wang", by="centre", on=on[21])
    yield care.SignAgreement(elder="wang", by="lead", on=on[20])
    yield care.NoteAbsence(elder="wang", begins=on[30], ends=on[40], reason="hospital")
    yield care.ReportIncident(incident="I1", elder="wang", kind="abuse")
    yield care.DoDuty(duty="group_activity", subject="V1", by="lead", on=on[24])
    yield register.OpenVillage(village="V2", name="落水洞村", groups=["1"])
    yield register.TransferElder(elder="wang", village="V2", group="1", on=on[27], carer="grid")
    yield register.HandOver(giver="grid", taker="head", on=on[28], elders=["wang"])
    yield from figures(on[5])
    yield Acknowledge(by="lead", about="incident", subject="wang", incident="I1")
    yield register.Appoint(staff="cadre", role="group_cadre", village="V1")
    yield register.GoOnLeave(staff="cadre", stand_in="grid", begins=on[31], ends=on[50])
    yield register.ReturnFromLeave(staff="cadre", on=on[32])
    yield register.EndAppointment(staff="cadre", on=on[33])
    yield register.ReportContact(elder="wang", supporter="S1", phone="13800000000", whereabouts="广东")
    yield register.CorrectFacts(
        elder="wang",
        by="lead",
        reason="the household book",
        born=date(1951, 1, 1),
        supporters=[register.CorrectedSupporter(id="S1", left_county_on=date(2023, 2, 1))],
    )
    yield from entries(on)
    yield from papers(on)
    yield from problems(on)
    yield NameTownship(name="平川乡")
    yield NameTownship(name="平川镇")


def entries(on: dict[int, date]) -> Iterator[Command]:
    """Entered twice, merged and parted; entered by mistake, removed and taken back."""
    yield enrol("one", name="王小明")
    yield enrol("other", name="王小明", village="V2")
    yield register.TransferElder(elder="other", village="V1", group="1", on=on[40], carer="grid")
    yield register.SearchDuplicates(by="lead")
    yield register.KeepApart(elder="one", other="other", by="lead", reason="namesakes")
    yield register.MergeElders(kept="one", merged="other", by="lead", reason="one person")
    yield register.UndoMerge(merged="other", by="lead", reason="two people")
    yield enrol("mistake")
    yield register.RemoveForError(elder="mistake", by="lead", reason="lives elsewhere")
    yield register.UndoEnd(elder="mistake", by="centre", reason="lives here after all")


def comparisons(on: dict[int, date]) -> Iterator[Command]:
    row = compare.DifferenceRow(
        kind="on_theirs", category="disability", elder="wang", place="A 2", tail="1224"
    )
    stranger = compare.DifferenceRow(kind="not_registered", category="advanced_age", place="A 3", tail="0015")
    named: dict[str, Any] = {"comparison": "C1", "by": "lead"}
    yield compare.CompareList(department="民政", on=on[40], same=3, differences=[row, stranger], **named)
    yield compare.DecideDifference(difference="2", decision="to_be_visited", reason="新迁入", **named)


def papers(on: dict[int, date]) -> Iterator[Command]:
    yield care.FileAgreement(elder="wang", by="lead", on=on[26])
    yield care.CorrectAbsence(elder="wang", begins=on[30], ends=on[39])
    yield care.NoteNeed(need="N1", elder="wang", kind="meals", by="grid", on=on[29], text="无人做饭")
    yield care.MeetNeed(need="N1", elder="wang", by="lead", on=on[30], text="已送饭")
    yield from comparisons(on)


def problems(on: dict[int, date]) -> Iterator[Command]:
    """To a verified close and open again; a referral that opened by itself is nobody's command."""
    named: dict[str, Any] = {"problem": "P1", "by": "centre"}
    found = {"problem": "P1", "elder": "wang", "by": "grid", "on": on[20]}
    yield register.Appoint(staff="office", role="leading_group_office")
    yield care.OpenProblem(kind="housing", text="屋顶漏雨", visit="v2", **found)
    yield care.AcceptProblem(**named)
    yield care.HandProblem(units=["housing", "party_service_centre"], due=on[90], **named)
    yield care.NoteProgress(unit="housing", text="已联系施工队", **named)
    yield care.HandleProblem(unit="housing", text="已修缮", **named)
    yield care.HandleProblem(unit="party_service_centre", text="已查看", **named)
    yield care.CloseProblem(text="屋顶已翻修", **named)
    yield care.VerifyProblem(problem="P1", by="office")
    yield care.ReopenProblem(problem="P1", by="office", text="雨后仍漏")
    yield care.ReportIncident(incident="I2", elder="wang", kind="critical_illness")


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with opened(Settings(data=None), is_alone=True) as held:
        yield held


@pytest.fixture(scope="module")
def asked(house: House) -> list[Asked]:
    """What was asked of the house, a day apart, with what was heard and what time brought between."""
    conductor, done = Conductor(house, BEGINS), list[Asked]()
    for number, command in enumerate(life()):
        at = datetime.combine(BEGINS + timedelta(days=number), time(9), SHANGHAI)
        assert conductor.take(command, at).is_taken, command
        done.append(Asked(command, at))
    conductor.through(BEGINS + timedelta(days=130))
    return done


def test_the_life_that_shows_it_holds_every_command_that_is_asked_again(house: House, asked: list[Asked]):
    again = {kind for kind in house.commands.values() if kind.DECLARED.left is not None}
    assert {type(one.command) for one in asked} == again
    assert set(house.commands.values()) - again == {Resend}, (
        "what leaves by a channel; a rehearsal sends nothing"
    )


def test_what_was_asked_comes_back_from_the_logs_each_once_at_its_moment(house: House, asked: list[Asked]):
    found = [(one.at, one.command) for one in outside(house)]
    expected = [(one.at, one.command) for one in asked]
    assert found == expected
