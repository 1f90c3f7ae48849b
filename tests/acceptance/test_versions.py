"""Versions of the policy: a day is judged by the version in force then, a period by the one under which it opened."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.house.conductor import Conductor
from services.house.facts import of
from services.house.house import opened
from services.house.scenario import rehearse
from services.house.settings import DEFAULT_POLICY, Settings
from services.kernel.calendar import SHANGHAI
from services.policy_lab import versions
from tests.acceptance.revised import RED_THRICE, RED_TWICE, revised

THRICE = (RED_TWICE, RED_THRICE)
BEGINS = "2024-01-01T08:00:00+08:00"


def line(do: str, at: str = BEGINS, **fields: Any) -> dict[str, Any]:
    return {"at": at, "do": do, **fields}


def opening() -> list[dict[str, Any]]:
    return [
        line("open_village", village="V1", name="高良村", groups=["1"]),
        line("appoint", staff="grid", role="grid_worker", village="V1"),
        line("appoint", staff="lead", role="village_lead", village="V1"),
        line("appoint", staff="cadre", role="group_cadre", village="V1"),
    ]


def enrolled(elder: str, born: str, *evidence: str, living: str = "with_relatives", left: str = "2023-01-01"):
    supporters = [{"id": "S1", "left_county_on": left}]
    form = {"village": "V1", "group": "1", "living": living, "health": [], "supporters": supporters}
    more = {"declined_institution": True, "evidence": list(evidence), "carer": "grid"}
    return line("enrol", elder=elder, born=born, sex="f", **form, **more)


def follow_ups(facts: list[dict[str, Any]], *kinds: str) -> list[tuple[str, str, int | None]]:
    found = [fact for fact in facts if fact.get("duty") == "follow_up" and fact["fact"] in kinds]
    return [(fact["period"], fact["fact"], fact.get("count") or fact.get("shortfall")) for fact in found]


def played(lines: list[dict[str, Any]], until: str, *policies: Path) -> list[dict[str, Any]]:
    settings = Settings(data=None, policy=(DEFAULT_POLICY, *policies))
    return rehearse(lines, date.fromisoformat(until), settings).facts


def test_february_is_judged_by_two_and_march_by_three(tmp_path: Path):
    lines = [*opening(), enrolled("wang", "1950-01-01", "incapacity")]
    facts = played(lines, "2024-04-01", revised(tmp_path, "thrice", "2024-03-01", THRICE))
    told = {
        (period, kind): number
        for period, kind, number in follow_ups(facts, "opened", "missed")
        if period in {"2024-02", "2024-03"}
    }
    expected = {("2024-02", "opened"): 2, ("2024-02", "missed"): 2}
    assert told == expected | {("2024-03", "opened"): 3, ("2024-03", "missed"): 3}


def test_a_month_that_opened_under_the_old_version_is_judged_by_it_to_its_end(tmp_path: Path):
    lines = [*opening(), enrolled("wang", "1950-01-01", "incapacity")]
    lines += [
        line("visit", f"{day}T10:00:00+08:00", visit=day, elder="wang", by="grid", mode="in_person")
        | {"check_up": False, "confirms_facts": False}
        for day in ("2024-02-05", "2024-02-26")
    ]
    lines.insert(-1, line("pair", "2024-02-20T09:00:00+08:00", elder="wang", carer="cadre"))
    facts = played(lines, "2024-03-31", revised(tmp_path, "thrice", "2024-02-15", THRICE))
    expected = [("2024-02", "opened", 2), ("2024-02", "met", None), ("2024-03", "opened", 3)]
    assert [
        one for one in follow_ups(facts, "opened", "met", "superseded") if one[0] >= "2024-02"
    ] == expected


def test_a_cause_that_changes_later_in_that_month_is_judged_by_the_new_version(tmp_path: Path):
    lines = [*opening(), enrolled("wang", "1950-01-01", "disability")]
    lines.append(line("observe", "2024-02-20T09:00:00+08:00", elder="wang", evidence="incapacity"))
    facts = played(lines, "2024-02-29", revised(tmp_path, "thrice", "2024-02-15", THRICE))
    found = [one for one in follow_ups(facts, "opened", "superseded") if one[0] == "2024-02"]
    assert found == [("2024-02", "opened", 1), ("2024-02", "superseded", None), ("2024-02", "opened", 2)]


def test_a_place_owes_what_a_version_took_away_until_the_period_ends(tmp_path: Path):
    text = DEFAULT_POLICY.read_text(encoding="utf-8")
    begin, end = text.index("[visits.places.group_activity]"), text.index("[visits.places.health_education]")
    without = revised(tmp_path, "without", "2024-02-10", (text[begin:end], ""))
    done = line("duty_done", "2024-03-05T10:00:00+08:00", duty="group_activity", subject="V1", by="lead")
    facts = played([*opening(), done | {"on": "2024-02-28"}], "2024-05-01", without)
    mine = [(fact["fact"], fact["period"]) for fact in facts if fact.get("duty") == "group_activity"]
    assert [one for one in mine if one[0] in {"missed", "reconciled"}] == [
        ("missed", "2024-01"),
        ("missed", "2024-02"),
        ("reconciled", "2024-02"),
    ]


@pytest.mark.parametrize(
    ("months", "effective", "expected"),
    [
        (9, "2024-03-01", {"li": "2024-02-10"}),
        (9, "2024-02-01", {"li": "2024-05-10"}),
        (4, "2024-02-01", {"li": "2024-02-01"}),
        (5, "2024-01-10", {"li": "2024-01-10"}),
    ],
)
def test_months_away_that_change_certify_by_the_version_in_force(
    tmp_path: Path, months: int, effective: str, expected: dict[str, str]
):
    lines = [*opening(), enrolled("li", "1954-01-01", left="2023-08-10")]
    policy = revised(tmp_path, "other", effective, ("months_away = 6", f"months_away = {months}"))
    assert certified(played(lines, "2024-06-30", policy)) == expected


def test_evidence_that_a_new_version_calls_red_raises_on_its_first_day(tmp_path: Path):
    red = 'red = ["guardianship_failure"'
    lines = [*opening(), enrolled("wang", "1950-01-01", "disability")]
    policy = revised(tmp_path, "redder", "2024-02-01", (red, red + ', "disability"'))
    graded = [fact for fact in played(lines, "2024-02-29", policy) if fact["fact"] == "graded"]
    assert [(fact["on"], fact["grade"]) for fact in graded] == [
        ("2024-01-01", "yellow"),
        ("2024-02-01", "red"),
    ]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "township")


def published(settings: Settings, path: Path, day: str, turned: str) -> None:
    moment = datetime.fromisoformat(f"{turned}T12:00:00").replace(tzinfo=SHANGHAI)
    at = date.fromisoformat(day), "office", settings
    versions.publish(path, *at, turned=moment.date(), at=moment)


def certified(facts: list[dict[str, Any]]) -> dict[str, str]:
    return {fact["elder"]: fact["on"] for fact in facts if fact["fact"] == "certified"}


def lived(settings: Settings, policy: Path, published_on: str, until: str) -> list[dict[str, Any]]:
    """A township that runs while a version is published that holds from 1 March."""
    lines = [*opening(), enrolled("wang", "1950-01-01", "incapacity")]
    lines.append(enrolled("li", "1954-01-01", left="2023-12-10"))
    lines.append(enrolled("zhao", "1953-01-01"))
    with opened(settings) as house:
        conductor = Conductor(house, date(2024, 1, 1))
        for one in lines:
            fields = {key: value for key, value in one.items() if key not in {"at", "do"}}
            command = house.read(one["do"], json.dumps(fields))
            conductor.take(command, datetime.fromisoformat(one["at"]))
        conductor.through(date.fromisoformat(published_on))
        published(settings, policy, "2024-03-01", published_on)
        conductor.through(date.fromisoformat(until))
        return [fact for service in house.services.values() for fact in of(service)]


def test_a_township_that_runs_goes_by_a_version_published_meanwhile(tmp_path: Path, settings: Settings):
    policy = revised(tmp_path, "thrice", "2030-01-01", THRICE)
    facts = lived(settings, policy, "2024-02-15", "2024-03-31")
    of_wang = [fact for fact in facts if fact.get("subject") == "wang"]
    assert follow_ups(of_wang, "opened")[-2:] == [("2024-02", "opened", 2), ("2024-03", "opened", 3)]


def test_who_waits_for_a_day_waits_for_the_one_of_the_version_published_meanwhile(
    tmp_path: Path, settings: Settings
):
    """Nobody knew of 10 March, three months after the last left, when li's file was last written."""
    policy = revised(tmp_path, "sooner", "2030-01-01", ("months_away = 6", "months_away = 3"))
    facts = lived(settings, policy, "2024-02-15", "2024-03-31")
    assert certified(facts) == {"wang": "2024-01-01", "zhao": "2024-01-01", "li": "2024-03-10"}


def test_who_is_older_than_a_version_asks_is_looked_in_on_from_its_first_whole_week(
    tmp_path: Path, settings: Settings
):
    visits_age = "advanced_age = 80                                         # 三(三)5"
    policy = revised(tmp_path, "older", "2030-01-01", (visits_age, visits_age.replace("80", "70")))
    facts = lived(settings, policy, "2024-02-15", "2024-03-31")
    looked_in = [fact for fact in facts if (fact["fact"], fact.get("duty")) == ("opened", "look_in")]
    assert next(fact["on"] for fact in looked_in if fact["subject"] == "zhao") == "2024-03-04"


def test_a_township_that_starts_again_goes_by_what_was_published(tmp_path: Path, settings: Settings):
    lived(settings, revised(tmp_path, "thrice", "2030-01-01", THRICE), "2024-02-15", "2024-02-20")
    with opened(settings) as house:
        Conductor(house, date(2024, 2, 21)).through(date(2024, 3, 31))
        facts = [fact for service in house.services.values() for fact in of(service)]
    assert ("2024-03", "opened", 3) in follow_ups(facts, "opened")
