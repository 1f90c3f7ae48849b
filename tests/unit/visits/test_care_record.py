"""What is owed and how it ends: given a situation, when days and visits pass, then duties."""

from collections import Counter
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.visits import policies
from services.visits.care.domain import CareRecord
from services.visits.terms import (
    AlreadySigned,
    BackwardAbsence,
    ConflictingVisit,
    NotYetHappened,
    Owed,
    Period,
    PeriodKind,
    StatusEnded,
    WrongRole,
)
from tests.unit.policies import DUTIES as POLICY

SHANGHAI = timezone(timedelta(hours=8))


class Staff:
    def holder(self, role: str, village: str, on: date) -> str | None:
        del on
        return f"{role} of {village}"

    def acting_for(self, staff: str, day: date) -> str:
        del day
        return staff


WHO = Staff()
PARTIES = {"supporter": "S1", "caretaker": "李**", "relation": "侄子"}


def at(day: date | str) -> datetime:
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(day, datetime.min.time(), SHANGHAI)


def certified(day: str = "2024-01-01", grade: str | None = "green", **situation: Any) -> CareRecord:
    record = CareRecord.open("wang", "V1", "1955-03-01", at=at(day))
    changes = {"carer": "grid", "is_certified": True, "grade": grade, **situation}
    record.change(changes, at(day), POLICY, WHO)
    record.collect_events()
    return record


def visit(record: CareRecord, on: str, *, recorded: str | None = None, **content: Any) -> list[str]:
    told = {"by": "grid", "on": on, "mode": "in_person", "check_up": False, "confirms_facts": False} | content
    role = "clinic" if told["by"] == "clinic" else "grid_worker"
    record.record_visit(f"v-{on}-{told['by']}", told, role, at(recorded or on), POLICY, WHO)
    return said(record)


def said(record: CareRecord) -> list[str]:
    events = record.collect_events()
    return [f"{type(event).__name__} {event.duty}" for event in events if hasattr(event, "duty")]


def test_one_visit_counts_towards_every_open_duty_of_the_carer():
    assert visit(certified(), "2024-01-09", confirms_facts=True) == [
        "DutyMet follow_up",
        "DutyMet home_visit",
        "DutyMet information_update",
    ]


def test_a_call_satisfies_nothing_and_a_clinics_check_up_two():
    record = certified()
    assert visit(record, "2024-01-09", mode="phone") == []
    met = visit(record, "2024-01-10", by="clinic", check_up=True)
    assert met == ["DutyMet health_check", "DutyMet health_follow_up"]


def test_a_late_record_reconciles_the_miss_and_keeps_it():
    record = certified()
    record.turn_day(at("2024-02-01"), POLICY, WHO)
    assert "VisitMissed home_visit" in said(record)
    assert "MissReconciled home_visit" in visit(record, "2024-01-30", recorded="2024-02-03")
    assert ("home_visit", "2024-01") not in record.book.missed


def test_two_visits_on_one_day_count_once():
    record = certified(grade="red")
    visit(record, "2024-01-05")
    assert visit(record, "2024-01-05", by="cadre") == []
    assert visit(record, "2024-01-06") == ["DutyMet follow_up"]


def test_a_rise_supersedes_and_only_later_visits_count():
    record = certified(grade="yellow", day="2024-01-01")
    visit(record, "2024-01-05")
    record.change({"grade": "red"}, at("2024-01-20"), POLICY, WHO)
    assert said(record) == ["DutyClosed follow_up", "DutyOpened follow_up"]
    assert record.book.duties["follow_up"].count == 1


def test_an_absence_of_the_whole_week_waives_the_look_in():
    record = certified(living="alone", declined_institution=True)
    record.absent(date(2024, 1, 1), date(2024, 1, 7), "hospital", at("2024-01-03"), POLICY, WHO)
    record.turn_day(at("2024-01-08"), POLICY, WHO)
    assert "DutyWaived look_in" in said(record)


def test_an_agreement_signed_late_reconciles_and_a_second_is_refused():
    record = certified()
    record.turn_day(at("2024-02-01"), POLICY, WHO)
    assert "VisitMissed care_agreement" in said(record)
    record.sign_agreement("lead", date(2024, 2, 3), (None, None), PARTIES, at("2024-02-03"), POLICY, WHO)
    assert said(record) == ["MissReconciled care_agreement"]
    with pytest.raises(AlreadySigned):
        record.sign_agreement("lead", date(2024, 2, 3), (None, None), PARTIES, at("2024-02-03"), POLICY, WHO)


def test_after_the_end_only_a_visit_of_before_is_still_taken():
    record = certified()
    record.change({"is_certified": False, "ended_on": "2024-01-18"}, at("2024-01-20"), POLICY, WHO)
    said(record)
    day, now = date(2024, 1, 10), at("2024-01-20")
    with pytest.raises(StatusEnded):
        record.sign_agreement("lead", day, (None, None), PARTIES, now, POLICY, WHO)
    with pytest.raises(StatusEnded):
        record.review_living_security("centre", "party_service_centre", day, now, POLICY, WHO)
    visit(record, "2024-01-10", recorded="2024-01-20")
    assert "v-2024-01-10-grid" in record.state.visits


def test_what_a_visit_saw_is_told_after_it_has_counted_and_of_who_has_left_it_is_not():
    record = certified()
    told = {"by": "grid", "on": "2024-01-09", "mode": "in_person", "check_up": False, "confirms_facts": False}
    seen = told | {"evidence": ["incapacity"]}
    record.record_visit("v1", told, "grid_worker", at("2024-01-09"), POLICY, WHO)
    assert "EvidenceSeen" not in [type(event).__name__ for event in record.collect_events()]
    with pytest.raises(ConflictingVisit):
        record.record_visit("v1", seen, "grid_worker", at("2024-01-09"), POLICY, WHO)
    record.record_visit("v2", seen | {"by": "other"}, "grid_worker", at("2024-02-02"), POLICY, WHO)
    *_, last = record.collect_events()
    assert type(last).__name__ == "EvidenceSeen"
    assert (last.visit, last.seen_on, last.evidence) == ("v2", "2024-01-09", ["incapacity"])
    record.change({"is_certified": False, "ended_on": "2024-02-03"}, at("2024-02-03"), POLICY, WHO)
    record.collect_events()
    record.record_visit("v3", seen, "grid_worker", at("2024-02-04"), POLICY, WHO)
    assert [type(event).__name__ for event in record.collect_events()] == ["VisitRecorded"]


def test_what_cannot_be_is_refused_and_changes_nothing():
    record = certified()
    visit(record, "2024-01-09")
    day = date(2024, 1, 9)
    assert visit(record, "2024-01-09") == [], "the same again is a repeat"
    with pytest.raises(ConflictingVisit):
        visit(record, "2024-01-09", mode="phone")
    with pytest.raises(NotYetHappened):
        visit(record, "2024-01-10", recorded="2024-01-09")
    with pytest.raises(WrongRole):
        record.review_living_security("lead", "village_lead", day, at(day), POLICY, WHO)
    with pytest.raises(BackwardAbsence):
        record.absent(date(2024, 1, 9), date(2024, 1, 8), "hospital", at(day), POLICY, WHO)
    assert record.collect_events() == []


def test_the_share_of_a_partial_period_is_rounded_up_for_red_and_half_up_otherwise():
    april = Period.containing(PeriodKind.MONTH, date(2024, 4, 15))
    assert policies.share_of(Owed(PeriodKind.MONTH, 2, rounds_up=True), 16, april) == 2
    assert policies.share_of(Owed(PeriodKind.MONTH, 1), 15, april) == 1
    assert policies.share_of(Owed(PeriodKind.MONTH, 1), 14, april) == 0


@given(st.sampled_from(list(PeriodKind)), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_periods_of_a_kind_tile_the_calendar(kind: PeriodKind, day: date):
    period = Period.containing(kind, day)
    following = Period.containing(kind, period.ends_on + timedelta(days=1))
    assert period.starts_on <= day <= period.ends_on
    assert following.starts_on == period.ends_on + timedelta(days=1)
    assert following.label != period.label
    assert Period.containing(kind, period.starts_on) == period


ACTS = st.lists(
    st.tuples(
        st.integers(0, 45),
        st.sampled_from(
            ["visit", "clinic", "late", "red", "yellow", "green", "lapse", "certify", "absent", "alone"]
        ),
    ),
    max_size=40,
)


def act_on(record: CareRecord, act: str, day: date, number: int) -> None:
    if act in {"visit", "clinic", "late"}:
        by = "clinic" if act == "clinic" else "grid"
        on = day - timedelta(days=20 if act == "late" else 0)
        told = {"by": by, "on": on.isoformat(), "mode": "in_person", "check_up": True, "confirms_facts": True}
        role = "clinic" if act == "clinic" else "grid_worker"
        record.record_visit(f"v{number}", told, role, at(day), POLICY, WHO)
    elif act == "absent":
        record.absent(day, day + timedelta(days=12), "hospital", at(day), POLICY, WHO)
    else:
        changes = {
            "lapse": {"is_certified": False, "grade": None},
            "certify": {"is_certified": True, "grade": "green"},
            "alone": {"living": "alone", "declined_institution": True},
        }
        record.change(changes.get(act, {"grade": act}), at(day), POLICY, WHO)


@given(ACTS)
def test_every_duty_opened_ends_as_exactly_one_of_met_missed_waived_superseded_or_ended(
    acts: list[tuple[int, str]],
):
    record, day, events = certified(), date(2024, 1, 1), []
    opened = Counter({(held.duty, held.label): 1 for held in record.book.duties.values() if held.count})
    for number, (days, act) in enumerate(acts):
        for _ in range(days):
            day += timedelta(days=1)
            record.turn_day(at(day), POLICY, WHO)
        act_on(record, act, day, number)
        events += record.collect_events()
    ended: Counter[tuple[str, str]] = Counter()
    for event in events:
        key, kind = (getattr(event, "duty", ""), getattr(event, "period", "")), type(event).__name__
        opened[key] += kind == "DutyOpened" and event.count > 0
        ended[key] += kind in {"DutyMet", "VisitMissed", "DutyWaived", "DutySuperseded", "DutyEnded"}
    for held in record.book.duties.values():
        ended[held.duty, held.label] += held.count > 0 and not held.is_met
    assert +opened == +ended
