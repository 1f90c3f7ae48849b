"""Problems and needs, folded from the facts of visits."""

from datetime import date
from typing import Any

from services.reports.matters import Matters
from tests.unit.reports.test_picture import DAY, Told


def found(told: Told) -> str:
    return told("visits.IncidentReported", "E1", problem="P1", kind="housing", by="grid", text="漏雨")


def step(told: Told, name: str, **held: Any) -> str:
    given: dict[str, Any] = {"problem": "P1", "by": "centre", "due": "2024-03-08"}
    return told(f"visits.Problem{name}", "E1", **given | held)


def matters(told: Told) -> Matters:
    made = Matters()
    for fact in told.facts:
        made.take(fact)
    return made


def test_a_unit_that_is_late_stays_late_while_another_does_its_part():
    told = Told()
    found(told)
    step(told, "Handed", units=["clinic", "housing"])
    late = step(told, "Overdue", stage="handed", unit="housing")
    done = step(told, "Handled", unit="clinic", due=None)
    problem = matters(told).problems["P1"]
    assert problem.late is not None
    assert (problem.stage, problem.late.id, problem.last) == ("handed", late, done)
    step(told, "Handled", unit="housing")
    problem = matters(told).problems["P1"]
    assert (problem.stage, problem.late, len(problem.overdue)) == ("handled", None, 1)


def test_a_step_of_the_desk_is_late_until_it_is_taken():
    told = Told()
    found(told)
    late = step(told, "Overdue", stage="opened", unit=None)
    problem = matters(told).problems["P1"]
    assert problem.late is not None
    assert (problem.late.id, problem.late.value) == (late, ("opened", None, "2024-03-08"))
    step(told, "Accepted")
    problem = matters(told).problems["P1"]
    assert (problem.late, problem.is_open) == (None, True)


def test_reopened_its_last_round_is_over_and_what_units_did_is_kept():
    told = Told()
    found(told)
    step(told, "Accepted")
    step(told, "Handed", units=["clinic"])
    first = step(told, "Handled", unit="clinic")
    step(told, "Closed")
    step(told, "Verified", due=None)
    problem = matters(told).problems["P1"]
    assert problem.verified is not None
    assert not problem.is_open
    again = step(told, "Reopened")
    problem = matters(told).problems["P1"]
    assert (problem.stage, problem.is_open, problem.last) == ("opened", True, again)
    assert (problem.accepted, problem.closed, problem.verified) == (None, None, None)
    step(told, "Accepted")
    step(told, "Handed", units=["clinic"])
    second = step(told, "Handled", unit="clinic")
    problem = matters(told).problems["P1"]
    assert [one.handled.id for one in problem.parts if one.handled] == [first, second]


def test_a_step_of_a_problem_that_had_not_been_found_by_then_changes_nothing():
    told = Told()
    step(told, "Accepted")
    assert matters(told).problems == {}


def test_two_elders_may_have_needs_of_the_same_number():
    told = Told()
    need: dict[str, Any] = {"need": "N1", "kind": "meals", "by": "grid", "text": "无人做饭"}
    told("visits.NeedFound", "E1", **need)
    told("visits.NeedFound", "E2", **need)
    told("visits.NeedMet", "E2", **need, on=date(2024, 3, 4))
    needs = matters(told).needs
    assert [(elder, one.met is not None) for (elder, _), one in needs.items()] == [
        ("E1", False),
        ("E2", True),
    ]
    assert needs["E1", "N1"].days_open(date(2024, 3, 31)) == 30
    assert needs["E2", "N1"].days_open(date(2024, 3, 31)) == 3
    assert needs["E1", "N1"].found.on == DAY
