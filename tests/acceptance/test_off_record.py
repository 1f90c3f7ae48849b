"""The record beside its replay: what was only late is lateness; what differs is named one by one, as what it is."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.chassis.commands.command import Command
from services.chassis.policy.files import read_file
from services.house.conductor import Conductor
from services.house.facts import Fact
from services.house.house import House, opened
from services.house.settings import DEFAULT_POLICY, Settings
from services.kernel.calendar import SHANGHAI
from services.notify.commands import Acknowledge
from services.policy_lab.off_record import OffRecord, off_record, said_of
from services.policy_lab.replay import Span, play, recorded
from services.policy_lab.way_back import outside
from services.registry.elders import commands as register
from services.visits.commands import ReportIncident

DAY = date(2024, 3, 5)
SPAN = Span(DAY, DAY)
STAFF = {
    "grid": "grid_worker",
    "lead": "village_lead",
    "leader": "township_leader",
    "office": "leading_group_office",
}
ACKNOWLEDGED = Acknowledge(by="lead", about="incident", subject="wang", incident="i1")


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"{DAY}T{clock}").replace(tzinfo=SHANGHAI)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A village of one elder, whose fall is reported at ten."""
    with opened(Settings(data=tmp_path / "township")) as opening:
        conductor = Conductor(opening, DAY)
        setting = [
            register.OpenVillage(village="V1", name="高良村", groups=["G1"]),
            *(register.Appoint(staff=staff, role=role, village="V1") for staff, role in STAFF.items()),
            register.Enrol.model_validate(
                {
                    "elder": "wang",
                    "born": date(1950, 5, 20),
                    "sex": "f",
                    "village": "V1",
                    "group": "G1",
                    "living": "alone",
                    "evidence": [],
                    "health": [],
                    "declined_institution": False,
                    "supporters": [{"id": "s", "left_county_on": date(2020, 1, 1)}],
                    "carer": "grid",
                }
            ),
        ]
        for command in setting:
            assert conductor.take(command, at("07:00")).is_taken
        assert opening.take(ReportIncident(incident="i1", elder="wang", kind="fall"), at("10:00")).is_taken
        opening.settle()
        yield opening


def tick(house: House, clock: str) -> None:
    """Notify looks what is due."""
    house.services["notify"].advance(at(clock))
    house.settle()


def take(house: House, command: Command, clock: str) -> None:
    assert house.take(command, at(clock)).is_taken
    house.settle()


def compared(house: House) -> OffRecord:
    """The day as it was, beside the day played again under the same policy."""
    replayed = play(outside(house), [read_file(DEFAULT_POLICY)], SPAN)
    assert not replayed.refused
    return off_record(recorded(house, SPAN), replayed.facts)


def late(found: OffRecord, kind: str) -> tuple[int, int, timedelta]:
    [row] = [row for row in found.lateness if row.kind == kind]
    assert (row.earlier, row.most_earlier) == (0, timedelta())
    return row.on_time, row.later, row.most_later


def test_a_notice_acknowledged_as_soon_as_it_came_late_was_not_escalated_and_is_not_in_the_replay(
    house: House,
):
    tick(house, "11:10")
    take(house, ACKNOWLEDGED, "11:20")
    found = compared(house)
    assert found.deviations == []
    assert late(found, "notice") == (0, 3, timedelta(minutes=70))


def test_lateness_adds_up_from_step_to_step(house: House):
    tick(house, "10:05")
    tick(house, "10:50")
    take(house, ACKNOWLEDGED, "11:15")
    found = compared(house)
    assert found.deviations == []
    assert late(found, "notice") == (0, 4, timedelta(minutes=20))


def test_what_nobody_took_up_is_exhausted_later(house: House):
    tick(house, "10:01")
    for step in range(1, 15):
        tick(house, f"{10 + step // 2}:{step % 2 * 30 + 1:02}")
    found = compared(house)
    assert found.deviations == []
    assert late(found, "escalation_exhausted") == (0, 1, timedelta(minutes=1))
    assert late(found, "notice") == (0, 16, timedelta(minutes=1))


def test_a_step_that_was_due_and_never_taken_is_named(house: House):
    tick(house, "10:00")
    take(house, ACKNOWLEDGED, "10:45")
    [deviation] = compared(house).deviations
    assert (deviation.where, deviation.fact["to"], deviation.fact["level"]) == ("replayed", "office", 1)


def notice(**fields: Any) -> Fact:
    usual = {"fact": "notice", "at": at("10:00").isoformat(), "about": "incident", "subject": "wang"}
    return usual | {"incident": "i1", "to": "lead", "level": 0} | fields


def missed(**fields: Any) -> Fact:
    usual = {"fact": "missed", "on": "2024-03-05", "subject": "wang", "duty": "look_in", "period": "2024-W09"}
    return usual | {"shortfall": 1, "responsible": "grid"} | fields


REPLAYED = [notice(), notice(to="grid"), notice(to="office", level=1, at=at("10:30").isoformat()), missed()]


def planted(*facts: Fact, instead_of: int) -> list[Fact]:
    return [*REPLAYED[:instead_of], *facts, *REPLAYED[instead_of + 1 :]]


@pytest.mark.parametrize(
    ("record", "where", "fields", "said"),
    [
        (
            planted(notice(to="mayor"), instead_of=0),
            "both",
            {"to": ("mayor", "lead")},
            "收件人 to mayor → lead",
        ),
        (planted(notice(level=2), instead_of=0), "both", {"level": (2, 0)}, "级次 level 2 → 0"),
        (
            planted(instead_of=2),
            "replayed",
            {},
            "只在重演 only in the replay: 级次 level 1, 收件人 to office",
        ),
        (
            [*REPLAYED, notice(to="leader")],
            "recorded",
            {},
            "只在记录 only in the record: 级次 level 0, 收件人 to leader",
        ),
        (
            planted(missed(responsible="lead"), instead_of=3),
            "both",
            {"responsible": ("lead", "grid")},
            "责任人 responsible lead → grid",
        ),
        (
            planted(missed(on="2024-03-06"), instead_of=3),
            "both",
            {"on": ("2024-03-06", "2024-03-05")},
            "日期 on",
        ),
        (planted(instead_of=3), "replayed", {}, "只在重演"),
    ],
    ids=[
        "to another",
        "another level",
        "missing",
        "one too many",
        "another is responsible",
        "another day",
        "no miss",
    ],
)
def test_a_planted_difference_is_reported_as_what_it_is(
    record: list[Fact], where: str, fields: dict[str, Any], said: str
):
    [deviation] = off_record(record, REPLAYED).deviations
    assert (deviation.where, deviation.fields) == (where, fields)
    assert said in said_of(deviation)[1]
    assert "wang" in said_of(deviation)[0]


def test_a_notice_to_another_at_another_level_is_two():
    found = off_record(planted(notice(to="mayor", level=3), instead_of=0), REPLAYED)
    assert [deviation.where for deviation in found.deviations] == ["recorded", "replayed"]


def test_a_notice_an_hour_later_or_earlier_is_late_and_nothing_else():
    record = planted(
        notice(at=at("11:00").isoformat()), notice(to="grid", at=at("09:59").isoformat()), instead_of=0
    )
    del record[2]
    found = off_record(record, REPLAYED)
    assert found.deviations == []
    [row] = found.lateness
    assert (row.on_time, row.later, row.earlier) == (1, 1, 1)
    assert (row.most_later, row.most_earlier) == (timedelta(hours=1), timedelta(minutes=1))


def test_of_several_alike_those_nearest_in_time_are_the_same():
    days = [notice(at=f"2024-03-0{day}T08:00:00+08:00") for day in (1, 2, 3)]
    found = off_record(days[1:], days)
    assert [deviation.fact["at"][:10] for deviation in found.deviations] == ["2024-03-01"]
    assert [(row.on_time, row.later, row.earlier) for row in found.lateness] == [(2, 0, 0)]
    assert off_record(days, days[1:]).deviations[0].where == "recorded"


def test_programs_read_seconds():
    found = off_record([notice(at=at("11:00").isoformat())], [notice()]).as_json()
    [row] = found["lateness"]
    assert (row["kind"], row["later"], row["most_later"], found["deviations"]) == ("notice", 1, 3600.0, [])
