"""A service that was away for some days: given what it missed, when it is back, then as if it had never been away.

It hears of one elder from two others, and after being away from one after the other, not as they spoke in time.
"""

import json
from collections import Counter
from datetime import date, datetime

import pytest

from services.house import facts
from services.house.conductor import Conductor
from services.house.house import House, opened
from services.house.settings import Settings
from services.kernel.calendar import midnight
from tests.properties.histories import BEGINS, SETTING, WANG, Line

NOT_YET = {**WANG, "supporters": [{"id": "S0", "left_county_on": "2023-07-31"}]}
"""Left behind from 31 January 2024."""
NEARLY_EIGHTY = {**WANG, "born": "1944-01-31"}
Dated = tuple[str, Line]
LEAVES, COMES_BACK, ENDS = date(2024, 1, 30), date(2024, 2, 2), date(2024, 2, 10)


def concluded(elder: Line, lines: list[Dated], away: str | None) -> list[str]:
    """The facts that come of it where `away` hears nothing from 30 January until 2 February."""
    with opened(Settings(data=None)) as house:
        conductor = Conductor(house, BEGINS)
        play(house, conductor, [("2024-01-01T07:00:00+08:00", one) for one in (*SETTING, elder)])
        conductor.until(midnight(LEAVES))
        with pytest.MonkeyPatch.context() as patch:
            if away:
                patch.setattr(house.services[away], "consume", lambda _=None: 0)
            play(house, conductor, lines)
            conductor.until(midnight(COMES_BACK))
        house.catch_up()
        conductor.through(ENDS)
        found = [fact for service in house.services.values() for fact in facts.of(service)]
        return [json.dumps(fact, sort_keys=True) for fact in found if "E0" in fact.values()]


def differing(elder: Line, lines: list[Dated], away: str) -> tuple[list[str], list[str]]:
    """The facts that are lacking where `away` was away, and those that should not be there."""
    expected, actual = Counter(concluded(elder, lines, None)), Counter(concluded(elder, lines, away))
    return sorted(expected - actual), sorted(actual - expected)


def play(house: House, conductor: Conductor, lines: list[Dated]) -> None:
    for at, one in lines:
        fields = json.dumps({key: value for key, value in one.items() if key != "do"})
        assert conductor.take(house.read(one["do"], fields), datetime.fromisoformat(at)).is_taken


ILL = {"do": "observe", "elder": "E0", "evidence": "major_illness", "on": "2024-01-30"}
RAISED = ("2024-01-30T12:00:00+08:00", ILL)
HANDED_OVER = ("2024-02-01T12:00:00+08:00", {"do": "pair", "elder": "E0", "carer": "CADRE"})
REPORTED = (
    "2024-01-30T12:00:00+08:00",
    {"do": "incident", "incident": "i1", "elder": "E0", "kind": "violence"},
)


@pytest.mark.parametrize("away", ["registry", "risk", "visits", "notify"])
def test_a_quiet_month_ends_alike(away: str):
    assert differing(WANG, [], away) == ([], [])


def test_a_month_that_ended_while_visits_was_away_is_missed_by_the_grade_and_the_carer_of_its_last_day():
    lines = [RAISED, HANDED_OVER]
    assert differing(WANG, lines, "visits") == ([], [])


def test_a_rise_that_arose_while_notify_was_away_is_told_to_the_carer_of_its_day():
    lines = [RAISED, HANDED_OVER]
    assert differing(WANG, lines, "notify") == ([], [])


def test_an_incident_reported_while_risk_was_away_proves_what_it_proved_at_certification():
    assert differing(NOT_YET, [REPORTED], "risk") == ([], [])


def test_an_incident_reported_while_risk_was_away_raises_before_the_birthday():
    assert differing(NEARLY_EIGHTY, [REPORTED], "risk") == ([], [])
