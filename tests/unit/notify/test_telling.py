"""A telling goes up until somebody acknowledges: given a cause, when hours pass, then who is told next."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.calendar import SHANGHAI
from services.notify.policies import rule_for_miss
from services.notify.tellings.domain import Telling, telling_id
from services.notify.terms import NotTold, TellingRule
from tests.unit.policies import NOTIFY

NOON = datetime(2024, 3, 1, 12, tzinfo=SHANGHAI)
NIGHT = NOON.replace(hour=22)
HALF_AN_HOUR, DAY = timedelta(minutes=30), timedelta(days=1)
RED, YELLOW = NOTIFY.raised["red"], NOTIFY.raised["yellow"]
MISSED_YELLOW = rule_for_miss("yellow", "home_visit", missed_before=False, policy=NOTIFY)
FIRST = [(0, "grid"), (1, "lead"), (2, "leader")]


class Staff:
    """Who holds what, of the township's roles; who stands in for whom; and who has left, from the day of NOON on."""

    def __init__(self, *left: str, away: Mapping[str, str] | None = None, **held: str) -> None:
        self.left = left
        self.away = away or {}
        self.held = held

    def holder(self, role: str, village: str, on: date) -> str | None:
        staff = self.held.get(role) if village == "V1" else None
        return None if staff is None or self.has_left(staff, on) else staff

    def has_left(self, staff: str, day: date) -> bool:
        return staff in self.left and day >= NOON.date()

    def reached(self, staff: str, day: date) -> str | None:
        return None if self.has_left(staff, day) else self.away.get(staff, staff)


ALL = Staff(village_lead="lead", township_leader="leader", leading_group_office="office")


def arising(
    at: datetime = NOON, rule: TellingRule = RED, first: list[tuple[int, str]] | None = None, **matter: str
) -> Telling:
    known = {"about": "graded", "subject": "wang", "grade": "red", "village": "V1"} | matter
    return Telling.plan("graded:wang:1", known, rule, FIRST if first is None else first, at, NOTIFY)


def passing(telling: Telling, who: Staff = ALL) -> Iterator[tuple[datetime, list[str]]]:
    """Each step at its own moment: when, and who is told; nobody where it is exhausted."""
    while telling.due is not None:
        moment = telling.due
        yield moment, telling.step(moment, NOTIFY, who)


def said(telling: Telling) -> list[str]:
    return [type(event).__name__ for event in telling.collect_events()]


def test_a_first_telling_reaches_every_first_level_at_once():
    telling = arising()
    assert telling.step(NOON, NOTIFY, ALL) == ["grid", "lead", "leader"]
    assert (telling.told, telling.steps, telling.highest) == (["grid", "lead", "leader"], 1, 2)
    assert telling.due == NOON + DAY


def test_nothing_goes_out_before_it_is_due():
    telling = arising(at=NIGHT, rule=YELLOW)
    assert telling.due == datetime(2024, 3, 2, 8, tzinfo=SHANGHAI)
    assert telling.step(telling.due - timedelta(seconds=1), NOTIFY, ALL) == []
    assert telling.step(telling.due, NOTIFY, ALL) == ["grid", "lead", "leader"]


def test_what_is_urgent_goes_out_at_night():
    assert arising(at=NIGHT, rule=NOTIFY.incident).due == NIGHT
    assert arising(at=NIGHT, rule=RED).due == NIGHT


def test_who_stands_at_two_levels_is_told_once():
    telling = arising(first=[(0, "lead"), (1, "lead")])
    assert telling.step(NOON, NOTIFY, ALL) == ["lead"]
    assert telling.step(NOON + DAY, NOTIFY, ALL) == ["leader"]


def test_a_rise_to_red_goes_one_level_up_a_day_and_then_is_exhausted():
    telling = arising()
    assert list(passing(telling)) == [
        (NOON, ["grid", "lead", "leader"]),
        (NOON + DAY, ["office"]),
        (NOON + 2 * DAY, []),
    ]
    assert said(telling) == ["Created", "NoticesSent", "NoticesSent", "EscalationExhausted"]


def test_a_rise_to_yellow_goes_to_the_top_every_three_days():
    told = list(passing(arising(rule=YELLOW, first=FIRST[:2])))
    assert told == [
        (NOON, ["grid", "lead"]),
        (NOON + 3 * DAY, ["leader"]),
        (NOON + 6 * DAY, ["office"]),
        (NOON + 9 * DAY, []),
    ]


def test_a_fall_is_told_and_no_more():
    telling = arising(rule=NOTIFY.lowered, first=FIRST[:2])
    assert list(passing(telling)) == [(NOON, ["grid", "lead"])]
    assert said(telling) == ["Created", "NoticesSent"]


def test_the_miss_of_a_yellow_elder_goes_up_once_and_ends_silently():
    telling = arising(rule=MISSED_YELLOW, first=FIRST[:2], about="missed")
    assert list(passing(telling)) == [(NOON, ["grid", "lead"]), (NOON + 3 * DAY, ["leader"])]
    assert said(telling)[-1] == "NoticesSent"


def test_a_level_that_nobody_holds_is_passed_over():
    told = list(passing(arising(first=[(0, "grid")]), Staff(leading_group_office="office")))
    assert [people for _, people in told] == [["grid"], ["office"], []]


def test_the_holder_is_looked_up_when_the_step_falls_due():
    telling = arising(first=[(0, "grid")])
    telling.step(NOON, NOTIFY, ALL)
    assert telling.step(NOON + DAY, NOTIFY, Staff(village_lead="another")) == ["another"]


def test_the_next_step_counts_from_when_the_last_was_really_taken():
    telling = arising()
    late = NOON + timedelta(days=5)
    telling.step(late, NOTIFY, ALL)
    assert telling.due == late + DAY
    assert telling.step(late, NOTIFY, ALL) == []


def test_an_incident_is_told_again_at_the_top_every_half_hour_twelve_times():
    telling = arising(rule=NOTIFY.incident, about="incident", incident="i1")
    told = list(passing(telling))
    moments = [NOON + n * HALF_AN_HOUR for n in range(15)]
    people = [["grid", "lead", "leader"], ["office"], *[["office"]] * 12, []]
    assert told == list(zip(moments, people, strict=True))
    sent = [event for event in telling.collect_events() if isinstance(event, Telling.NoticesSent)]
    assert [event.level for event in sent] == list(range(14)), "repeats go on counting"
    assert [event.repeat for event in sent] == [False, False, *[True] * 12]


def test_where_nobody_stands_above_the_first_told_are_told_again():
    told = list(passing(arising(rule=NOTIFY.incident), Staff()))
    assert [people for _, people in told] == [*[["grid", "lead", "leader"]] * 13, []]


def test_an_incident_of_which_nobody_was_told_is_exhausted_when_its_first_step_finds_nobody():
    """Settled point 27: a vain first telling, and half an hour later the end."""
    told = list(passing(arising(rule=NOTIFY.incident, first=[]), Staff()))
    assert told == [(NOON, []), (NOON + HALF_AN_HOUR, [])]


def test_who_has_left_is_not_told_and_the_next_step_goes_to_who_follows_them():
    telling = arising()
    gone = Staff("lead", "leader", village_lead="next", leading_group_office="office")
    assert [people for _, people in passing(telling, gone)] == [["grid"], ["next"], ["office"], []]


def test_repeats_go_to_those_who_are_still_there_and_end_when_nobody_is():
    telling = arising(rule=NOTIFY.incident)
    assert telling.step(NOON, NOTIFY, Staff()) == ["grid", "lead", "leader"]
    assert telling.step(NOON + HALF_AN_HOUR, NOTIFY, Staff("leader")) == ["grid", "lead"]
    assert telling.step(NOON + 2 * HALF_AN_HOUR, NOTIFY, Staff("grid", "lead", "leader")) == []
    assert (telling.due, said(telling)[-1]) == (None, "EscalationExhausted")


def test_repeats_go_to_whoever_stands_in_on_their_day_and_to_the_one_told_once_they_are_back():
    telling = arising(rule=NOTIFY.incident, first=[(0, "grid")])
    away = Staff(away={"grid": "cadre"})
    told = [telling.step(NOON + n * HALF_AN_HOUR, NOTIFY, away if n == 1 else Staff()) for n in range(3)]
    assert told == [["grid"], ["cadre"], ["grid"]]


@given(
    st.sets(st.sampled_from(("grid", "lead", "leader", "next", "office"))),
    st.dictionaries(st.just("grid"), st.just("cadre")),
    st.sets(st.sampled_from(("village_lead", "township_leader", "leading_group_office"))),
    st.sampled_from((RED, MISSED_YELLOW, NOTIFY.incident)),
)
def test_nobody_who_has_left_or_is_away_is_ever_told_and_nobody_above_is_skipped(
    left: set[str], away: dict[str, str], roles: set[str], rule: TellingRule
):
    """Whoever is told at a step is there; each step but a repeat goes higher than the last; silence ends it."""
    ladder = {"village_lead": "next", "township_leader": "leader", "leading_group_office": "office"}
    who = Staff(*left, away=away, **{role: ladder[role] for role in roles})
    telling = arising(rule=rule)
    steps = [(people, telling.highest) for _, people in passing(telling, who)]
    assert not {person for people, _ in steps for person in people} & (left | away.keys())
    silent = [n for n, (people, _) in enumerate(steps) if n > 0 and not people]
    assert silent in ([], [len(steps) - 1]), "an empty step after the first is the end"
    ranks = [rank for _, rank in steps]
    assert ranks == sorted(ranks)


def test_one_acknowledgement_stops_it():
    telling = arising()
    telling.step(NOON, NOTIFY, ALL)
    telling.acknowledge("lead", NOON + HALF_AN_HOUR)
    assert (telling.due, telling.acknowledged_by) == (None, "lead")
    assert telling.step(NOON + DAY, NOTIFY, ALL) == []
    telling.acknowledge("grid", NOON + DAY)
    assert telling.acknowledged_by == "lead", "repeated, it changes nothing"
    assert said(telling) == ["Created", "NoticesSent", "NoticeAcknowledged"]


@pytest.mark.parametrize("by", ["office", "nobody"])
def test_who_was_not_told_cannot_acknowledge(by: str):
    telling = arising()
    telling.step(NOON, NOTIFY, ALL)
    with pytest.raises(NotTold):
        telling.acknowledge(by, NOON)
    assert telling.due is not None


def test_before_the_first_telling_nobody_can_acknowledge():
    with pytest.raises(NotTold):
        arising().acknowledge("grid", NOON)


def test_the_office_may_acknowledge_once_it_was_told():
    telling = arising()
    list(passing(telling))
    telling.acknowledge("office", NOON + 3 * DAY)
    assert telling.acknowledged_by == "office"


def test_what_is_stopped_before_it_was_sent_is_not_sent():
    telling = arising(at=NIGHT, rule=YELLOW)
    telling.stop("graded_again", NIGHT)
    assert list(passing(telling)) == []
    assert said(telling) == ["Created", "TellingStopped"]


def test_what_is_over_is_not_stopped_again():
    telling = arising()
    list(passing(telling))
    telling.stop("status_over", NOON + 9 * DAY)
    assert said(telling)[-1] == "EscalationExhausted"


def test_its_rule_is_fixed_when_the_cause_arises():
    telling = arising()
    escalation = replace(NOTIFY.raised["red"].escalation, after=HALF_AN_HOUR)  # type: ignore[type-var]
    later = replace(NOTIFY, raised=NOTIFY.raised | {"red": replace(RED, escalation=escalation)})
    telling.step(NOON, later, ALL)
    assert telling.due == NOON + DAY


def test_one_cause_is_one_telling():
    assert arising().id == arising(at=NIGHT).id == telling_id("graded:wang:1")
    assert telling_id("graded:wang:2") != telling_id("graded:wang:1")


def test_it_is_about_its_subject():
    assert arising().subject == "wang"
