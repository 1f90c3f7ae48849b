"""Two townships in one system at the same time: each under its own rules, and neither reads the other's."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.chassis.policy.files import faults_of, read_file
from services.history.timeline import history
from services.house.conductor import Conductor
from services.house.facts import of
from services.house.house import House, opened
from services.house.settings import Settings, read_settings
from services.kernel.calendar import SHANGHAI
from services.policy_lab.versions import SECTIONS
from services.registry.elders import commands as register
from services.registry.villages import views as village_views
from services.visits import commands as care
from tests.acceptance.test_cli import shouwang

CODES = {"gaoliang": "530323990201", "huaxi": "530323991201"}
AT = datetime(2025, 1, 1, 9, tzinfo=SHANGHAI)


def settings_of(name: str, data: Path) -> Settings:
    """As the environment gives them, on a data folder of the test's own."""
    own = {"SHOUWANG_TOWNSHIP": name, "SHOUWANG_FLEET": ""}
    settings = read_settings(own)
    assert settings.data == Path("var") / name
    return settings.model_copy(update={"data": data / name})


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[dict[str, House]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(opened(settings_of(name, tmp_path))) for name in CODES}


def enrol(name: str, elder: str, born: str, *evidence: str) -> register.Enrol:
    form: dict[str, Any] = {"village": CODES[name], "group": "1", "living": "with_relatives", "sex": "f"}
    form |= {"evidence": list(evidence), "health": [], "declined_institution": False, "carer": "grid"}
    supporter = register.SupporterRow(id="S1", left_county_on=date(2024, 9, 1))
    return register.Enrol(elder=elder, born=date.fromisoformat(born), supporters=[supporter], **form)


def lived(houses: dict[str, House]) -> dict[str, list[dict[str, Any]]]:
    """The same people in both, by the same ids, a month and a half long, day by day side by side."""
    conductors = {name: Conductor(house, AT.date()) for name, house in houses.items()}
    for name, conductor in conductors.items():
        for command in (
            register.OpenVillage(village=CODES[name], name="一村", groups=["1"]),
            register.Appoint(staff="grid", role="grid_worker", village=CODES[name]),
            register.Appoint(staff=f"lead-of-{name}", role="village_lead", village=CODES[name]),
            enrol(name, "red", "1950-01-01", "incapacity"),
            enrol(name, "young", "1963-01-01"),
        ):
            conductor.take(command, AT)
    for day in range(1, 17):
        for conductor in conductors.values():
            conductor.through(date(2025, 3, day))
    return {
        name: [fact for one in house.services.values() for fact in of(one)] for name, house in houses.items()
    }


def test_each_goes_by_its_own_rules(houses: dict[str, House]):
    facts = lived(houses)
    certified = {
        name: [(one["elder"], one["on"]) for one in held if one["fact"] == "certified"]
        for name, held in facts.items()
    }
    assert certified == {
        "gaoliang": [("red", "2025-03-01"), ("young", "2025-03-01")],
        "huaxi": [("red", "2025-01-01")],
    }
    refused = {
        name: [one["reason"] for one in held if one["fact"] == "refused"] for name, held in facts.items()
    }
    assert refused == {"gaoliang": [], "huaxi": ["under_age"]}
    owed = {
        name: [
            one["count"]
            for one in held
            if (one["fact"], one.get("duty"), one.get("period")) == ("opened", "follow_up", "2025-03")
        ]
        for name, held in facts.items()
    }
    assert sorted(owed["gaoliang"]) == [2]
    assert owed["huaxi"] == [3]


def test_neither_reads_the_others(houses: dict[str, House]):
    lived(houses)
    houses["huaxi"].take(
        enrol("huaxi", "only-there", "1950-01-01"), datetime(2025, 3, 17, 9, tzinfo=SHANGHAI)
    )
    for house in houses.values():
        house.settle()
    assert history(houses["huaxi"], "only-there")
    assert history(houses["gaoliang"], "only-there") == []
    villages = {
        name: [row["village"] for row in house.views("registry", village_views.EVERY)]
        for name, house in houses.items()
    }
    assert villages == {name: [code] for name, code in CODES.items()}
    visit = care.RecordVisit(
        visit="v1",
        elder="only-there",
        by="grid",
        on=date(2025, 3, 17),
        mode="in_person",
        check_up=False,
        confirms_facts=False,
    )
    answers = {
        name: house.take(visit, datetime(2025, 3, 17, 10, tzinfo=SHANGHAI)) for name, house in houses.items()
    }
    assert {name: answer.reason for name, answer in answers.items()} == {
        "gaoliang": "NotOnRegister",
        "huaxi": "",
    }
    told = {row["recipient"] for row in houses["gaoliang"].views("notify", "SELECT recipient FROM messages")}
    assert "lead-of-huaxi" not in told


def test_a_village_of_the_other_township_is_refused(houses: dict[str, House]):
    foreign = register.OpenVillage(village=CODES["gaoliang"], name="一村", groups=["1"])
    assert houses["huaxi"].take(foreign, AT).reason == "ForeignVillage"


def test_the_policy_of_the_second_township_is_in_order():
    [path] = settings_of("huaxi", Path()).policy
    assert faults_of(read_file(path), SECTIONS) == []


def test_a_township_without_a_policy_is_refused_and_says_what_to_do(tmp_path: Path):
    said = shouwang("summary", data=tmp_path, SHOUWANG_TOWNSHIP="nowhere")
    assert (said.code, "policies/nowhere-" in said.text) == (2, True)
    said = shouwang("summary", data=tmp_path, SHOUWANG_TOWNSHIP="../etc")
    assert (said.code, "SHOUWANG_TOWNSHIP" in said.text) == (2, True)
