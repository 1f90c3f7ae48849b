"""Notify as a whole: given what the others told, when the clock goes on, then who was told of what, and once."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts import registry, risk, visits
from contracts.base import Told
from services.chassis.application import Application
from services.chassis.commands.command import Answer, Desk, Outcome
from services.chassis.log.event_log import EventLog
from services.chassis.service import embedded_log
from services.house.settings import Settings
from services.kernel.calendar import SHANGHAI
from services.notify.bootstrap import blueprint
from services.notify.commands import Acknowledge
from services.notify.mailbox import views as mailbox_views
from services.notify.tellings import views as telling_views

NOON = datetime(2024, 3, 1, 12, tzinfo=SHANGHAI)
NIGHT, MIDNIGHT = NOON.replace(hour=23), NOON.replace(hour=0)
MORNING = NOON.replace(day=2, hour=8)
DAY = timedelta(days=1)


class Letters:
    name = "letters"

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, message: Mapping[str, Any]) -> str:
        self.sent.append(message["message"])
        return "sent"


class Township:
    """Notify alone, with what it hears said to it by hand."""

    def __init__(self, channels: Path | None = None) -> None:
        self.letters = Letters()
        plan = blueprint(Settings(data=None, channels=channels), (self.letters,))
        self.log: EventLog = embedded_log(plan, None)
        self.notify: Application = plan.application(self.log)
        self.desk = Desk(self.log, self.notify.decisions, self.notify.needs)
        for staff, role in (("lead", "village_lead"), ("leader", "township_leader")):
            self.hear(registry.StaffAppointed(on=NOON.date(), staff=staff, role=role, village="V1"))
        self.hear(
            registry.StaffAppointed(on=NOON.date(), staff="office", role="leading_group_office", village=None)
        )
        for elder in ("wang", "li"):
            self.enrol(elder)

    def enrol(self, elder: str) -> None:
        facts = {"masked_name": "", "born": date(1950, 6, 30), "sex": "f", "village": "V1", "group": "G1"}
        facts |= {"living": "alone", "health": [], "declined_institution": False, "evidence": []}
        self.hear(registry.ElderEnrolled(on=NOON.date(), elder=elder, carer="grid", **facts))
        self.hear(registry.LeftBehindCertified(on=NOON.date(), elder=elder, spell=1))

    def hear(self, told: Told, at: datetime = MIDNIGHT) -> None:
        with self.log.unit("heard") as unit:
            self.notify.handlers[type(told)](unit, told, at)

    def until(self, moment: datetime) -> "Township":
        while (due := self.notify.next_due()) is not None and due <= moment:
            self.notify.advance(due if due.year > 1 else moment)
        return self

    def acknowledge(self, by: str, at: datetime, **matter: str) -> Answer:
        return self.desk.take(Acknowledge(by=by, **matter), at)

    def notices(self) -> list[tuple[str, str, str, int]]:
        """When, to whom, about what, as which step."""
        text = (
            "SELECT n.sent_at, n.recipient, t.about, n.level FROM notices n JOIN tellings t USING (telling)"
        )
        rows = self.log.query(f"{text} ORDER BY n.sent_at, n.recipient, t.about")
        return [(row["sent_at"][5:16], row["recipient"], row["about"], row["level"]) for row in rows]

    def people(self) -> list[str]:
        return [recipient for _, recipient, _, _ in self.notices()]

    def stands(self) -> list[tuple[str, str, int]]:
        return [tuple(row) for row in self.log.query(telling_views.BY_STATUS)]

    def digests(self, recipient: str) -> list[tuple[bool, int]]:
        rows = self.log.query(mailbox_views.INBOX, recipient, 100)
        return [(bool(row["is_digest"]), len(json.loads(row["items"]))) for row in rows]


@contextmanager
def opened() -> Iterator[Township]:
    held = Township()
    yield held
    held.log.close()


@pytest.fixture
def township() -> Iterator[Township]:
    with opened() as held:
        yield held


def graded(
    grade: str = "yellow", *, elder: str = "wang", spell: int = 1, carer_told: bool = True, **known: Any
) -> Told:
    kind = known.pop("kind", risk.GradeRaised)
    facts = {"because": ["disability"], "cause": "evidence", "due": None, "clauses": [], "previous": "green"}
    told = {"spell": spell, "grade": grade, "carer_told": carer_told, **facts, **known}
    return kind(on=NOON.date(), elder=elder, **told)


def missed(duty: str = "home_visit", *, elder: str = "wang", grade: str = "yellow", **known: Any) -> Told:
    facts = {"village": "V1", "shortfall": 1, "responsible": "grid", "owed_by": "carer"}
    told = {"period": "2024-02", "missed_before": False, **facts, **known}
    return visits.VisitMissed(on=NOON.date(), subject=elder, duty=duty, grade=grade, **told)


def reported(kind: str = "fall") -> Told:
    return visits.IncidentReported(on=NOON.date(), incident="i1", elder="wang", kind=kind)


LAPSED = registry.StatusLapsed(on=NOON.date(), elder="wang", spell=1, reason="permanent_return")


@pytest.mark.parametrize("told", [graded("red"), missed(), reported()], ids=["grade", "miss", "incident"])
def test_one_cause_is_told_once_however_often_it_is_heard(township: Township, told: Told):
    for _ in range(3):
        township.hear(told, NOON)
    township.until(NOON)
    township.hear(told, NOON)
    township.until(NOON)
    assert len(township.people()) == len(set(township.people())) > 1


def test_a_rise_by_day_is_told_at_once_and_singly(township: Township):
    township.hear(graded(), NOON)
    township.until(NOON)
    assert township.notices() == [("03-01T12:00", "grid", "graded", 0), ("03-01T12:00", "lead", "graded", 0)]
    assert township.digests("lead") == [(False, 1)]


def test_what_arises_by_night_is_one_digest_for_each_in_the_morning(township: Township):
    township.hear(graded(), NIGHT)
    township.hear(graded(elder="li"), NIGHT)
    township.hear(missed(), NIGHT)
    assert township.until(MORNING - timedelta(seconds=1)).notices() == []
    township.until(MORNING)
    assert {at for at, *_ in township.notices()} == {"03-02T08:00"}
    assert (township.digests("grid"), township.digests("lead")) == ([(True, 3)], [(True, 3)])


def test_an_incident_by_night_goes_out_by_night_and_by_itself(township: Township):
    township.hear(reported(), NIGHT)
    township.hear(graded(), NIGHT)
    township.until(NIGHT)
    assert township.people() == ["grid", "lead", "leader"]
    assert township.digests("lead") == [(False, 1)]


@pytest.mark.parametrize("kind", ["abuse", "abandonment", "violence", "unlawful_harm"])
def test_the_carer_is_not_told_of_what_is_confidential(township: Township, kind: str):
    township.hear(reported(kind), NOON)
    township.hear(graded("red", carer_told=False), NOON)
    assert "grid" not in township.until(NOON + 9 * DAY).people()


def test_a_later_grade_stops_what_is_pending_of_an_earlier_one(township: Township):
    township.hear(graded(), NIGHT)
    township.hear(graded("red", previous="yellow"), NIGHT + timedelta(minutes=1))
    township.until(MORNING)
    assert {about for _, _, about, _ in township.notices()} == {"graded"}
    assert township.stands() == [("graded", "stopped", 1), ("graded", "told", 1)]


def test_a_first_green_grade_is_told_to_nobody(township: Township):
    township.hear(graded("green", kind=risk.GradeSet, previous=None, cause="certification"), NOON)
    assert township.until(MORNING).notices() == []


def test_a_reconciled_miss_is_told_no_further(township: Township):
    township.hear(missed(), NOON)
    township.hear(missed("follow_up"), NOON)
    township.until(NOON)
    late = {"subject": "wang", "duty": "home_visit", "period": "2024-02", "days_late": 1}
    township.hear(visits.MissReconciled(on=NOON.date(), **late), NOON + DAY)
    assert township.stands() == [("missed", "stopped", 1), ("missed", "told", 1)]


def test_a_lapse_stops_all_that_is_pending_except_incidents(township: Township):
    for told in (graded(), missed(), reported(), graded(elder="li")):
        township.hear(told, NOON)
    township.until(NOON)
    township.hear(LAPSED, NOON + timedelta(minutes=1))
    assert township.stands() == [
        ("graded", "stopped", 1),
        ("graded", "told", 1),
        ("incident", "told", 1),
        ("missed", "stopped", 1),
    ]


@pytest.mark.parametrize("lapse_first", [True, False])
@pytest.mark.parametrize("told", [missed(), graded()], ids=["miss", "grade"])
def test_what_arises_at_the_instant_of_the_lapse_is_not_told(
    township: Township, told: Told, *, lapse_first: bool
):
    for one in (LAPSED, told) if lapse_first else (told, LAPSED):
        township.hear(one, NIGHT)
    assert township.until(MORNING).notices() == []
    assert [(status, number) for _, status, number in township.stands()] == [("stopped", 1)]


def test_a_new_certification_is_told_of_again(township: Township):
    township.hear(LAPSED, NOON)
    township.hear(registry.LeftBehindCertified(on=NOON.date(), elder="wang", spell=2), NOON)
    township.hear(graded(spell=1), NOON)
    township.hear(graded("red", spell=2), NOON)
    township.until(NOON)
    assert township.stands() == [("graded", "stopped", 1), ("graded", "told", 1)]


def test_who_was_told_acknowledges_and_it_goes_no_further(township: Township):
    township.hear(missed(grade="red"), NOON)
    township.until(NOON)
    matter = {"about": "missed", "subject": "wang", "duty": "home_visit", "period": "2024-02"}
    assert township.acknowledge("grid", NOON, **matter).outcome is Outcome.ACCEPTED
    assert township.acknowledge("lead", NOON, **matter).outcome is Outcome.ACCEPTED
    assert township.until(NOON + 9 * DAY).people() == ["grid", "lead", "leader"]
    assert township.stands() == [("missed", "acknowledged", 1)]


def test_who_was_not_told_is_refused(township: Township):
    township.hear(missed(), NOON)
    township.until(NOON)
    matter = {"about": "missed", "subject": "wang", "duty": "home_visit", "period": "2024-02"}
    answers = [
        township.acknowledge("leader", NOON, **matter),
        township.acknowledge("grid", NOON, **matter | {"period": "2024-01"}),
        township.acknowledge("grid", NOON, **matter | {"subject": "li"}),
        township.acknowledge("grid", NOON, about="graded", subject="wang"),
    ]
    assert {(answer.outcome, answer.reason) for answer in answers} == {(Outcome.REFUSED, "NotTold")}
    assert township.stands() == [("missed", "told", 1)]


def test_an_acknowledged_grade_counts_for_every_telling_of_it_that_the_acknowledger_had(township: Township):
    township.hear(graded(), NOON)
    township.until(NOON)
    township.hear(graded("red", previous="yellow"), NOON + DAY)
    township.until(NOON + DAY)
    assert township.acknowledge("grid", NOON + DAY, about="graded", subject="wang").is_taken
    assert township.stands() == [("graded", "acknowledged", 2)]


def test_after_an_outage_nobody_is_passed_over_in_a_burst(township: Township):
    township.hear(missed(grade="red"), NOON)
    back = NOON + 5 * DAY
    township.notify.advance(back)
    assert [(person, level) for _, person, _, level in township.notices()] == [
        ("grid", 0),
        ("lead", 0),
        ("leader", 0),
    ]
    assert township.notify.next_due() == back + DAY


def test_every_message_leaves_by_its_channel_once(township: Township):
    township.hear(graded(), NOON)
    township.until(NOON)
    township.notify.advance(NOON)
    assert township.letters.sent == ["grid-1", "lead-1"]
    waiting = "SELECT COUNT(*) AS number FROM deliveries WHERE outcome IS NULL"
    assert township.log.query(waiting)[0]["number"] == 0
