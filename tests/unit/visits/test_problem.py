"""A problem from report to verified close: given steps taken, when another is asked for, then the step or a refusal."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.calendar import ONE_DAY, midnight
from services.kernel.refusal import Refusal
from services.kernel.terms import ProblemKind, Role
from services.visits import terms
from services.visits.problems.domain import (
    Problem,
    ProblemHandled,
    ProblemOverdue,
    ProblemProgressNoted,
    ProblemReopened,
)
from services.visits.problems.policies import Reader, may_see, owing
from services.visits.terms import Stage
from tests.unit.policies import DUTIES

POLICY = DUTIES.problems
FOUND = {"found_on": "2024-03-01", "by": "grid", "visit": "v1", "text": "屋顶漏雨"}
DESK, OFFICE, LEAD = "party_service_centre", "leading_group_office", "village_lead"
MONDAY = datetime.fromisoformat("2024-03-04T09:00:00+08:00")
CONFIDENTIAL = sorted(POLICY.confidential)


def opened(kind: str = "housing", at: datetime = MONDAY) -> Problem:
    return Problem.open("p1", "wang", ProblemKind(kind), FOUND, at=at, policy=POLICY)


def at_stage(stage: str, *units: str, kind: str = "housing") -> Problem:
    """By those who may: taken in, handed to the units, done by each, closed, verified."""
    problem, desk = opened(kind), POLICY.confidential_desk if kind in POLICY.confidential else POLICY.desk
    units = units or ("clinic",)
    steps: list[tuple[str, Any]] = [
        ("accepted", lambda: problem.accept("c1", desk, MONDAY, POLICY)),
        ("handed", lambda: problem.hand(list(units), None, "c1", desk, MONDAY, POLICY)),
        ("handled", lambda: [problem.handle(one, "已办", "u1", one, MONDAY, POLICY) for one in units]),
        ("closed", lambda: problem.close("已办结", "c1", desk, MONDAY, POLICY)),
        ("verified", lambda: problem.verify("lead", LEAD, MONDAY, POLICY)),
    ]
    for name, step in steps:
        if problem.stage == stage:
            break
        step()
        assert problem.stage == name
    problem.collect_events()
    return problem


def said(problem: Problem) -> list[str]:
    return [type(event).__name__.removeprefix("Problem") for event in problem.collect_events()]


def test_the_whole_life_of_a_problem_with_two_units():
    problem = opened()
    problem.accept("c1", DESK, MONDAY, POLICY)
    problem.hand(["clinic", "housing"], None, "c1", DESK, MONDAY, POLICY)
    problem.handle("clinic", "已诊治", "doc", "clinic", MONDAY, POLICY)
    assert problem.stage is Stage.HANDED
    problem.handle("housing", "已修缮", "c1", DESK, MONDAY, POLICY)
    problem.close("屋顶已翻修", "c1", DESK, MONDAY, POLICY)
    problem.verify("lead", LEAD, MONDAY, POLICY)
    assert problem.stage is Stage.VERIFIED
    assert said(problem) == ["Created", "Accepted", "Handed", "Handled", "Handled", "Closed", "Verified"]


def test_progress_is_kept_and_moves_neither_the_stage_nor_a_last_day():
    problem = at_stage("handed", "clinic", "housing")
    before, wake = problem.parts["housing"].due, problem.next_wake()
    problem.note_progress("housing", "已联系施工队", "c1", DESK, MONDAY + ONE_DAY, POLICY)
    assert (problem.stage, problem.parts["housing"].due, problem.next_wake()) == (Stage.HANDED, before, wake)
    [event] = problem.collect_events()
    assert isinstance(event, ProblemProgressNoted)
    assert (event.by, event.unit, event.on, event.text) == ("c1", "housing", "2024-03-05", "已联系施工队")


@pytest.mark.parametrize(
    ("stage", "unit", "role", "refusal"),
    [
        ("accepted", "clinic", "clinic", terms.NotAtThisStage),
        ("handed", "housing", DESK, terms.NotThisUnit),
        ("handed", "clinic", "grid_worker", terms.NotThisUnit),
        ("handled", "clinic", "clinic", terms.AlreadyHandled),
    ],
)
def test_progress_is_noted_by_whoever_may_handle_it_while_it_is_at_work(
    stage: str, unit: str, role: str, refusal: type[Refusal]
):
    with pytest.raises(refusal):
        at_stage(stage).note_progress(unit, "已约诊", "u1", role, MONDAY, POLICY)


def test_reopening_begins_at_the_desk_and_keeps_who_handled_it():
    problem = at_stage("verified", "clinic", "police")
    problem.reopen("雨后仍漏", "lead", LEAD, MONDAY, POLICY)
    assert (problem.stage, problem.parts, problem.due) == (Stage.OPENED, {}, date(2024, 3, 7))
    assert problem.handlers == {"clinic", "police"}
    [event] = problem.collect_events()
    assert isinstance(event, ProblemReopened)
    assert event.text == "雨后仍漏"
    problem.accept("c1", DESK, MONDAY, POLICY)
    problem.hand(["clinic"], None, "c1", DESK, MONDAY, POLICY)
    assert said(problem) == ["Accepted", "Handed"]


def test_more_units_may_follow_while_it_is_handled():
    problem = at_stage("handled", "clinic")
    problem.hand(["police"], None, "c1", DESK, MONDAY, POLICY)
    assert problem.stage is Stage.HANDED
    with pytest.raises(terms.UnitsPending):
        problem.close("已办结", "c1", DESK, MONDAY, POLICY)


def refused(problem: Problem, step: str, *asked: Any) -> type[Refusal] | None:
    """The refusal of a step, which then changes nothing; None where it is taken."""
    before = {**vars(problem), "parts": dict(problem.parts)}
    try:
        getattr(problem, step)(*asked, MONDAY, POLICY)
    except Refusal as refusal:
        assert {**vars(problem), "parts": dict(problem.parts)} == before
        return type(refusal)
    return None


def test_each_step_is_refused_at_another_stage_and_to_whoever_may_not_take_it():
    problem = opened()
    assert refused(problem, "hand", ["clinic"], None, "c1", DESK) is terms.NotAtThisStage
    assert refused(problem, "accept", "lead", LEAD) is terms.NotTheDesk
    problem = at_stage("accepted")
    assert refused(problem, "accept", "c1", DESK) is terms.NotAtThisStage
    assert refused(problem, "hand", ["choir"], None, "c1", DESK) is terms.UnknownUnit
    assert refused(problem, "hand", ["clinic"], date(2024, 3, 3), "c1", DESK) is terms.BackwardDeadline
    problem = at_stage("handed")
    assert refused(problem, "hand", ["clinic"], None, "c1", DESK) is terms.AlreadyHandled
    assert refused(problem, "handle", "police", "已办", "c1", DESK) is terms.NotThisUnit
    assert refused(problem, "handle", "clinic", "已办", "c1", DESK) is terms.NotThisUnit
    assert refused(problem, "close", "已办结", "c1", DESK) is terms.UnitsPending
    problem = at_stage("handled")
    assert refused(problem, "handle", "clinic", "又办", "doc", "clinic") is terms.AlreadyHandled
    assert refused(problem, "verify", "lead", LEAD) is terms.NotAtThisStage
    problem = at_stage("closed")
    assert refused(problem, "verify", "doc", "clinic") is terms.NotVerifier
    assert refused(problem, "verify", "c1", LEAD) is terms.SameHand
    assert refused(problem, "reopen", "未解决", "doc", "clinic") is terms.NotVerifier
    assert refused(problem, "verify", "lead", LEAD) is None


def test_a_confidential_report_is_taken_in_by_the_office_and_never_handed_to_carers():
    problem = opened("abuse")
    assert refused(problem, "accept", "c1", DESK) is terms.NotTheDesk
    assert refused(problem, "accept", "o1", OFFICE) is None
    assert refused(problem, "hand", ["police", "group_cadre"], None, "o1", OFFICE) is terms.NotForCarers
    assert refused(problem, "hand", ["police", "clinic"], None, "o1", OFFICE) is None
    assert refused(problem, "handle", "police", "已查处", "o1", OFFICE) is None


# deadlines


def overdue(problem: Problem, day: str) -> list[tuple[str, str, str | None]]:
    problem.turn_day(midnight(date.fromisoformat(day)), POLICY)
    events = [one for one in problem.collect_events() if isinstance(one, ProblemOverdue)]
    return [(event.stage, event.due, event.unit) for event in events]


@pytest.mark.parametrize(
    ("stage", "unit", "kind", "roles"),
    [
        (Stage.OPENED, None, "housing", [DESK]),
        (Stage.HANDED, "clinic", "housing", ["clinic", DESK]),
        (Stage.HANDED, "police", "housing", [DESK]),
        (Stage.HANDED, DESK, "housing", [DESK]),
        (Stage.HANDLED, None, "abuse", [OFFICE]),
        (Stage.HANDED, "clinic", "abuse", ["clinic", OFFICE]),
        (Stage.CLOSED, None, "abuse", sorted(POLICY.verified_by)),
    ],
)
def test_who_owes_a_step_is_told_that_it_is_overdue(
    stage: Stage, unit: str | None, kind: str, roles: list[str]
):
    assert owing(stage, unit, ProblemKind(kind), POLICY) == roles


def test_each_step_of_the_desk_and_each_unit_is_told_overdue_once():
    problem = opened()
    assert problem.next_wake() == date(2024, 3, 8)
    assert overdue(problem, "2024-03-07") == []
    assert overdue(problem, "2024-03-08") == [("opened", "2024-03-07", None)]
    assert overdue(problem, "2024-03-09") == []
    assert problem.next_wake() is None
    problem = at_stage("accepted")
    problem.hand(["clinic"], date(2024, 3, 10), "c1", DESK, MONDAY, POLICY)
    problem.hand(["housing"], None, "c1", DESK, MONDAY, POLICY)
    problem.collect_events()
    assert problem.next_wake() == date(2024, 3, 11)
    assert overdue(problem, "2024-04-10") == [
        ("handed", "2024-03-10", "clinic"),
        ("handed", "2024-04-03", "housing"),
    ]
    assert overdue(problem, "2024-04-11") == []
    later = midnight(date(2024, 4, 20))
    problem.handle("clinic", "已办", "doc", "clinic", later, POLICY)
    problem.handle("housing", "已办", "c1", DESK, later, POLICY)
    assert [event.due for event in problem.collect_events() if isinstance(event, ProblemHandled)] == [
        None,
        "2024-04-23",
    ]
    assert overdue(problem, "2024-04-24") == [("handled", "2024-04-23", None)]


def test_what_is_verified_is_never_overdue():
    problem = at_stage("verified")
    assert problem.next_wake() is None
    assert overdue(problem, "2030-01-01") == []


# who may see


@pytest.mark.parametrize("kind", CONFIDENTIAL)
def test_a_confidential_report_is_seen_by_three_roles_and_the_handlers_alone(kind: str):
    def seers(*handlers: str) -> set[str]:
        kinds = ProblemKind(kind)
        return {role for role in Role if may_see(Reader(role, None), kinds, "V1", handlers, POLICY)}

    three = {"village_lead", "township_leader", "leading_group_office"}
    assert seers() == three
    assert seers("clinic", "police") == three | {"clinic"}


@given(
    st.sampled_from([*sorted(POLICY.kept_from), "family", "supporter", ""]),
    st.sampled_from(CONFIDENTIAL),
    st.sets(st.sampled_from(sorted(POLICY.units))),
)
def test_no_carer_and_no_family_sees_a_confidential_report_whoever_handles_it(
    role: str, kind: str, handlers: set[str]
):
    assert not may_see(Reader(role, None), ProblemKind(kind), "V1", handlers, POLICY)


def test_other_problems_are_seen_by_staff_of_the_village_and_of_the_township():
    seen = {
        where: may_see(Reader("grid_worker", where), ProblemKind.FALL, "V1", (), POLICY) for where in WHERE
    }
    assert seen == {None: True, "V1": True, "V2": False}
    assert not may_see(Reader("village_lead", "V2"), ProblemKind.ABUSE, "V1", (), POLICY)
    assert not may_see(Reader("family", None), ProblemKind.FALL, "V1", (), POLICY)


WHERE = (None, "V1", "V2")


# whatever is asked, in whatever order

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["accept", "hand", "handle", "close", "verify", "reopen"]),
        st.sampled_from(["clinic", "police", "housing", "group_cadre"]),
        st.sampled_from([DESK, OFFICE, LEAD, "clinic", "grid_worker", "group_cadre"]),
        st.integers(0, 9),
    ),
    max_size=40,
)


def asked_of(step: str, unit: str, role: str) -> tuple[Any, ...]:
    by = f"{role}-1"
    given: dict[str, tuple[Any, ...]] = {
        "hand": ([unit], None, by, role),
        "handle": (unit, "已办", by, role),
        "close": ("已办结", by, role),
        "reopen": ("未解决", by, role),
    }
    return given.get(step, (by, role))


@given(STEPS, st.sampled_from(["housing", "abuse"]))
def test_it_never_closes_before_every_unit_has_handled_it_nor_is_verified_by_who_closed_it(
    asked: list[tuple[str, str, str, int]], kind: str
):
    problem, at = opened(kind), MONDAY
    pending, closed_by, told = set[str](), "", list[tuple[str, str | None]]()
    history: list[Any] = []
    for step, unit, role, days in asked:
        for _ in range(days):
            at += ONE_DAY
            problem.turn_day(at, POLICY)
        try:
            getattr(problem, step)(*asked_of(step, unit, role), at + timedelta(hours=1), POLICY)
        except Refusal:
            continue
        events = problem.collect_events()
        history += events
        told += [(event.stage, event.unit) for event in events if isinstance(event, ProblemOverdue)]
        match step:
            case "hand":
                pending.add(unit)
                assert kind != "abuse" or unit not in POLICY.kept_from
            case "handle":
                pending.remove(unit)
            case "close":
                assert not pending
                closed_by = f"{role}-1"
            case "verify":
                assert f"{role}-1" != closed_by
            case _:
                pass
        if step in {"accept", "hand", "close", "verify", "reopen"}:
            told = []
        assert len(set(told)) == len(told), "overdue is told once a step and unit"
    versions = [event.originator_version for event in history]
    assert versions == sorted(set(versions)), "nothing that was recorded goes away"
