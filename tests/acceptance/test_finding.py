"""Given people of some names, when a command names one, then it is that one; where several are so called, it asks."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.house.house import opened
from services.house.settings import Settings
from services.kernel.calendar import SHANGHAI
from services.registry.elders.commands import Appoint, Enrol, OpenVillage
from tests.acceptance.test_cli import Said, shouwang

AT = datetime(2024, 1, 2, 8, tzinfo=SHANGHAI)
WANG, LI = "530323990201", "530323990202"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("finding") / "data"
    with opened(Settings(data=data)) as house:
        for code, name in ((WANG, "王家村"), (LI, "李家村")):
            assert house.take(OpenVillage(village=code, name=name, groups=["一组"]), AT).is_taken
        assert house.take(Appoint(staff="w-1", role="resident_member", village=WANG), AT).is_taken
        for elder, name, village in (("E1", "张桂花", WANG), ("E2", "张桂花", LI), ("E3", "赵德明", WANG)):
            assert house.take(enrol(elder, name, village), AT).is_taken
        house.settle()
    return data


def enrol(elder: str, name: str, village: str) -> Enrol:
    return Enrol.model_validate(
        {
            "elder": elder,
            "name": name,
            "born": date(1950, 1, 1),
            "sex": "f",
            "village": village,
            "group": "一组",
            "living": "alone",
            "evidence": [],
            "health": [],
            "declined_institution": False,
            "supporters": [{"id": f"S{elder}", "left_county_on": date(2023, 1, 1)}],
        }
    )


def lines_of(said: Said) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.text.splitlines() if line.startswith("{")]


def asked(store: Path, *words: str) -> Said:
    return shouwang(*words, data=store)


@pytest.mark.parametrize(
    ("given", "elder"),
    [
        ("E1", "E1"),
        ("赵德明", "E3"),
        ("赵德", "E3"),
        ("zhaodeming", "E3"),
        ("王家村 张桂花", "E1"),
        ("李家 张桂花", "E2"),
    ],
)
def test_somebody_is_found_by_id_name_beginning_sound_or_village_and_name(
    store: Path, given: str, elder: str
):
    said = asked(store, "history", given)
    assert said.code == 0
    assert f"{elder}: " in said.text


@pytest.mark.parametrize(
    "words",
    [
        ("history", "张桂花"),
        ("state", "张桂花", "--as-of", "2024-01-02"),
        ("report", "care-card", "--as-of", "2024-01-02", "--elder", "张桂花"),
    ],
)
def test_where_several_are_called_so_they_are_listed_and_none_is_taken(store: Path, words: tuple[str, ...]):
    said = asked(store, *words)
    assert said.code == 2
    assert [part for part in ("请写编号", "E1", "E2", "王家村") if part not in said.text] == []


def test_whoever_is_nobody_is_told_the_names_like_it(store: Path):
    said = asked(store, "state", "赵得明", "--as-of", "2024-01-02")
    assert said.code == 2
    assert "赵德明 E3" in said.text


def test_a_village_is_named_by_its_name_in_a_report(store: Path):
    said = asked(store, "report", "village-ledger", "--village", "李家村", "--as-of", "2024-01-02")
    assert said.code == 0
    assert "E2" in said.text
    assert "E3" not in said.text


def test_a_command_is_recorded_about_somebody_by_name(store: Path):
    words = ("--elder", "赵德明", "--begins", "2024-03-01", "--ends", "2024-03-02", "--reason", "hospital")
    said = asked(store, "record", "absent", *words)
    assert said.code == 0, said.text
    assert "AbsenceNoted" in asked(store, "history", "E3").text


def test_a_state_before_the_enrolment_says_from_when_somebody_is_known(store: Path):
    said = asked(store, "state", "E3", "--as-of", "2023-12-01")
    assert said.code == 1
    assert "自 2024-01-02 起在册" in said.text
    assert "state E3 --as-of 2024-01-02" in said.text


def test_a_day_to_come_is_not_as_known_then(store: Path):
    said = asked(store, "state", "E3", "--as-of", "2099-01-01")
    assert said.code == 0
    assert "还没有到" in said.text
    assert "known then" not in said.text


def test_a_history_is_filtered_and_given_as_json(store: Path):
    said = asked(store, "history", "E1", "--service", "registry", "--kind", "ElderEnrolled", "--json")
    (line,) = lines_of(said)
    assert (line["service"], line["event"], line["subject"]) == ("registry", "ElderEnrolled", "E1")
    assert asked(store, "history", "E1", "--from", "2024-01-03").code == 1
    none = asked(store, "history", "E1", "--kind", "走访登记")
    assert none.code == 1
    assert "没有一条符合" in none.text


def test_what_came_of_a_request_is_followed_across_services(store: Path):
    visit = {
        "visit": "V-7",
        "elder": "E1",
        "by": "w-1",
        "on": "2024-01-03",
        "mode": "in_person",
        "check_up": False,
        "confirms_facts": False,
        "evidence": ["incapacity"],
    }
    file = store / "visit.json"
    file.write_text(json.dumps(visit))
    assert asked(store, "record", "visit", "--json", str(file), "--key", "k-7").code == 0
    steps = lines_of(asked(store, "follow", "k-7", "--json"))
    assert {"visits", "risk", "notify"} <= {step["service"] for step in steps}
    assert "VisitRecorded" in {step["event"] for step in steps if not step["depth"]}
    depths = {step["id"]: step["depth"] for step in steps}
    assert all(step["depth"] == depths.get(step["cause"], -1) + 1 for step in steps)
    assert asked(store, "follow", "k-7").text.count("GradeRaised") == 1
    nothing = asked(store, "follow", "nobody-asked-so")
    assert nothing.code == 1
    assert "没有记录" in nothing.text


def test_a_workbook_that_was_told_no_place_goes_beneath_the_store(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    said = asked(store, "report", "village-ledger", "--as-of", "2024-01-02", "--format", "xlsx")
    assert said.code == 0
    assert (store / "reports" / "village-ledger-2024-01-02.xlsx").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_report_about_somebody_who_is_known_later_says_so(store: Path):
    said = asked(store, "report", "care-card", "--elder", "E1", "--as-of", "2024-01-01")
    assert said.code == 2
    assert "以后才录入的" in said.text
