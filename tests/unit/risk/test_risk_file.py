"""Red, yellow, green: given evidence, when something is entered or a day turns, then grades."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.calendar import add_months
from services.kernel.terms import Evidence
from services.risk import policies
from services.risk.domain import RiskFile
from services.risk.terms import (
    AgeIsNotCleared,
    EvidenceNotHeld,
    FileClosed,
    NotReassessable,
    NotYetHappened,
    RiskGrade,
    WrongRole,
)
from tests.unit.policies import RISK as POLICY

SHANGHAI = timezone(timedelta(hours=8))


def at(day: date | str) -> datetime:
    return datetime.combine(
        date.fromisoformat(day) if isinstance(day, str) else day, datetime.min.time(), SHANGHAI
    )


def certified(*evidence: Evidence, born: str = "1950-06-30", day: str = "2024-01-01") -> RiskFile:
    risk_file = RiskFile.open("wang", born, at=at(day))
    for item in evidence:
        risk_file.observe(item, date.fromisoformat(day), at(day), POLICY, "registry")
    risk_file.certify(1, at(day), POLICY)
    return risk_file


@pytest.mark.parametrize(
    ("evidence", "grade"),
    [((), "green"), ((Evidence.DISABILITY,), "yellow"), ((Evidence.DISABILITY, Evidence.VIOLENCE), "red")],
)
def test_certification_grades_by_the_most_severe_evidence(evidence: tuple[Evidence, ...], grade: str):
    graded = certified(*evidence).collect_events()[-1]
    assert (graded.grade, graded.previous, graded.cause) == (grade, None, "certification")
    assert graded.because == sorted(evidence)


def test_certified_after_the_eightieth_birthday_is_graded_once_with_the_age():
    graded = certified(born="1940-01-01").collect_events()
    assert [type(event).__name__ for event in graded][1:] == ["EvidenceObserved", "GradeSet"]
    assert graded[-1].because == ["advanced_age"]


def test_turning_eighty_raises_a_green_elder_with_no_one_entering_it():
    risk_file = certified(born="1944-05-20")
    assert risk_file.next_wake(POLICY) == date(2024, 5, 20)
    risk_file.turn_day(at("2024-05-19"), POLICY)
    assert risk_file.grade is RiskGrade.GREEN
    risk_file.turn_day(at("2024-05-20"), POLICY)
    assert risk_file.grade is RiskGrade.YELLOW
    assert risk_file.due == date(2024, 8, 20)
    assert risk_file.next_wake(POLICY) is None


def test_all_that_was_seen_at_once_is_one_rise_and_what_is_held_is_not_observed_again():
    risk_file = certified(Evidence.DISABILITY)
    risk_file.collect_events()
    seen = [Evidence.VIOLENCE, Evidence.DISABILITY, Evidence.INCAPACITY]
    risk_file.observe_all(seen, date(2024, 1, 30), at("2024-02-01"), POLICY, "visit")
    *observed, graded = risk_file.collect_events()
    assert [(event.evidence, event.observed_on, event.source) for event in observed] == [
        ("incapacity", "2024-01-30", "visit"),
        ("violence", "2024-01-30", "visit"),
    ]
    assert (graded.grade, graded.because) == ("red", ["disability", "incapacity", "violence"])
    assert not graded.carer_told
    risk_file.observe_all(seen, date(2024, 1, 30), at("2024-02-01"), POLICY, "visit")
    assert risk_file.collect_events() == []


@given(st.sets(st.sampled_from(list(Evidence))), st.sets(st.sampled_from(list(Evidence))))
def test_what_is_seen_at_once_comes_to_what_it_comes_to_one_by_one(held: set[Evidence], seen: set[Evidence]):
    pair = certified(*held), certified(*held)
    day = date(2024, 2, 1)
    pair[0].observe_all(seen, day, at(day), POLICY, "visit")
    for evidence in seen:
        pair[1].observe(evidence, day, at(day), POLICY)
    assert (pair[0].grade, pair[0].evidence, pair[0].due) == (pair[1].grade, pair[1].evidence, pair[1].due)
    rises = [event for event in pair[0].collect_events() if isinstance(event, RiskFile.GradeRaised)]
    assert len(rises) <= 1


def test_cleared_evidence_leaves_the_grade_until_a_reassessment_when_due():
    risk_file = certified(Evidence.INCAPACITY)
    risk_file.clear(Evidence.INCAPACITY, date(2024, 2, 1), at("2024-02-01"))
    risk_file.reassess("lead", "village_lead", date(2024, 3, 31), at("2024-04-02"), POLICY)
    assert risk_file.grade is RiskGrade.RED
    risk_file.reassess("lead", "village_lead", date(2024, 4, 1), at("2024-04-02"), POLICY)
    assert risk_file.grade is RiskGrade.GREEN
    assert risk_file.due is None


def test_a_reassessment_that_changes_nothing_restarts_three_months_from_its_record():
    risk_file = certified(Evidence.INCAPACITY)
    risk_file.reassess("lead", "village_lead", date(2024, 4, 1), at("2024-04-05"), POLICY)
    assert risk_file.due == date(2024, 7, 5)


def test_an_early_reassessment_restarts_nothing():
    risk_file = certified(Evidence.INCAPACITY)
    risk_file.reassess("lead", "village_lead", date(2024, 2, 1), at("2024-02-01"), POLICY)
    assert risk_file.due == date(2024, 4, 1)
    assert risk_file.collect_events()[-1].counted is False


def test_abuse_is_kept_from_the_carer_until_cleared():
    assert certified(Evidence.VIOLENCE).collect_events()[-1].carer_told is False
    assert certified(Evidence.INCAPACITY).collect_events()[-1].carer_told is True


def test_the_kinds_of_incident_that_are_evidence():
    assert policies.evidence_of_incident("abandonment", POLICY) is Evidence.ABUSE_OR_ABANDONMENT
    assert policies.evidence_of_incident("critical_illness", POLICY) is Evidence.MAJOR_ILLNESS
    assert policies.evidence_of_incident("fall", POLICY) is None


def test_what_cannot_be_is_refused_and_changes_nothing():
    risk_file = certified(born="1940-01-01")
    risk_file.collect_events()
    day = date(2024, 1, 2)
    with pytest.raises(AgeIsNotCleared):
        risk_file.clear(Evidence.ADVANCED_AGE, day, at(day))
    with pytest.raises(EvidenceNotHeld):
        risk_file.clear(Evidence.VIOLENCE, day, at(day))
    with pytest.raises(NotYetHappened):
        risk_file.observe(Evidence.VIOLENCE, date(2024, 1, 3), at(day), POLICY)
    with pytest.raises(WrongRole):
        risk_file.reassess("grid", "grid_worker", day, at(day), POLICY)
    assert risk_file.collect_events() == []


def test_after_a_lapse_there_is_no_grade_and_after_the_end_no_entry():
    risk_file = certified(Evidence.INCAPACITY)
    risk_file.close_spell(at("2024-02-01"), is_final=False)
    with pytest.raises(NotReassessable):
        risk_file.reassess("lead", "village_lead", date(2024, 2, 1), at("2024-02-01"), POLICY)
    risk_file.certify(2, at("2024-09-01"), POLICY)
    again = risk_file.collect_events()[-1]
    assert (again.previous, again.spell) == (None, 2)
    risk_file.close_spell(at("2024-10-01"), is_final=True)
    with pytest.raises(FileClosed):
        risk_file.observe(Evidence.VIOLENCE, date(2024, 10, 1), at("2024-10-01"), POLICY)


ACTS = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.sampled_from(["observe", "clear", "reassess", "day"]),
        st.sampled_from(list(Evidence)),
    ),
    max_size=40,
)


@given(ACTS, st.dates(date(1930, 1, 1), date(1963, 1, 1)))
def test_a_protected_grade_never_falls_within_three_months_nor_without_a_reassessment(
    acts: list[tuple[int, str, Evidence]], born: date
):
    risk_file = certified(born=born.isoformat())
    day, since, last = date(2024, 1, 1), date(2024, 1, 1), risk_file.grade
    for days, act, evidence in acts:
        day += timedelta(days=days)
        try:
            if act == "observe":
                risk_file.observe(evidence, day, at(day), POLICY)
            elif act == "clear":
                risk_file.clear(evidence, day, at(day))
            elif act == "reassess":
                risk_file.reassess("lead", "village_lead", day, at(day), POLICY)
            else:
                risk_file.turn_day(at(day), POLICY)
        except (EvidenceNotHeld, AgeIsNotCleared):
            continue
        assert risk_file.grade is not None, "a certified elder has exactly one grade"
        assert last is not None
        if risk_file.grade.severity < last.severity:
            assert act == "reassess"
            assert day >= add_months(since, 3)
        if risk_file.grade is not last:
            since, last = day, risk_file.grade
