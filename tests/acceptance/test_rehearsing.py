"""The recorded past under another policy: it agrees with a simulation from the start, and is only read.

A small township by default; `make rehearsed` does the same over the sample's ninety days, some minutes long.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from services.chassis.commands.command import Answer, Asked
from services.chassis.policy.files import read_file
from services.house.house import House, opened
from services.house.scenario import rehearse
from services.house.settings import DEFAULT_POLICY, Settings
from services.importing.township import read_township
from services.notify.commands import Acknowledge
from services.policy_lab.replay import Played, Span, figures, in_force, load, play, span_of
from services.policy_lab.versions import files
from services.policy_lab.way_back import outside
from tests.acceptance.revised import RED_THRICE, RED_TWICE, revised
from tests.acceptance.test_cli import Said, shouwang
from tests.acceptance.test_living import AT, PEOPLE, TOWNSHIP, enrol

ROOT = Path(__file__).parents[2]
SAMPLE_DAYS = int(os.environ.get("SHOUWANG_REHEARSED_DAYS", "0"))
DAYS = SAMPLE_DAYS or 60
NAMED = {"absent": {"begins": "from", "ends": "to"}}


@dataclass(frozen=True)
class Lived:
    """A township that lived: its data, and what was taken in it, as it was asked."""

    data: Path
    taken: list[Asked]

    @property
    def settings(self) -> Settings:
        return Settings(data=self.data)

    def lines(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        """What was taken as a scenario, in the order of time; notices answered as long after them as in fact."""
        answers = [one for one in asked if isinstance(one.command, Acknowledge)]
        others = [one for one in self.taken if not isinstance(one.command, Acknowledge)]
        return [line_of(one) for one in sorted([*others, *answers], key=lambda one: one.at)]


def line_of(one: Asked) -> dict[str, Any]:
    name = one.command.NAME
    fields = one.command.model_dump(mode="json", exclude_none=name != "enrol")
    fields = {NAMED.get(name, {}).get(key, key): value for key, value in fields.items()}
    return {"at": one.at.isoformat(), "do": name, **fields}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """As by `make run`: people on the register, and their days, with everything that was taken written down."""
    data, taken = tmp_path_factory.mktemp("lived"), list[Asked]()
    as_it_is = House.take_many

    def take_many(house: House, asked: Sequence[Asked]) -> list[Answer]:
        answers = as_it_is(house, asked)
        taken.extend(one for one, answer in zip(asked, answers, strict=True) if answer.is_taken)
        return answers

    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(ROOT)
        patched.setattr(House, "take_many", take_many)
        if SAMPLE_DAYS:
            sample = ("samples/gaoliang.xlsx", "--township", "samples/gaoliang.toml")
            shouwang("import", *sample, "--at", "2024-01-01T07:00:00", data=data)
        else:
            small(data)
        ran = shouwang("run", "--days", DAYS, data=data)
    assert ran.code == 0, ran.text
    return Lived(data, taken)


def small(data: Path) -> None:
    """A village of a few, and one who is refused."""
    file = data / "township.toml"
    file.write_text(TOWNSHIP, encoding="utf-8")
    with opened(Settings(data=data)) as house:
        people = [*map(enrol, range(PEOPLE)), enrol(PEOPLE).model_copy(update={"supporters": []})]
        house.take_many([Asked(one, AT) for one in (*read_township(file).commands(), *people)])


@pytest.fixture
def thrice(tmp_path: Path) -> Path:
    return revised(tmp_path, "red-thrice", "2025-01-01", (RED_TWICE, RED_THRICE))


def told(facts: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(fact, sort_keys=True) for fact in facts if fact["fact"] != "refused_line")


def asked_for(said: Said) -> dict[str, Any]:
    """The JSON, beneath what is told of the store."""
    return json.loads(said.text.splitlines()[-1])


def test_what_was_asked_is_found_again_in_the_logs(lived: Lived):
    with opened(lived.settings) as house:
        found = outside(house)
    left = {type(one.command).NAME for one in found}
    assert len(found) >= 0.98 * len(lived.taken)  # evidence that was held already leaves nothing
    assert left == {type(one.command).NAME for one in lived.taken}


def test_a_rehearsal_agrees_with_a_simulation_from_the_start(lived: Lived, thrice: Path):
    with opened(lived.settings) as house:
        asked = outside(house)
        span = span_of(asked, house, None, None)
    begun = asked[0].at.date()
    policies = in_force(files(lived.settings), read_file(thrice), begun, span.first)
    rehearsed = play(asked, policies, span)
    simulated = rehearse(lived.lines(asked), span.last, Settings(data=None, policy=(thrice,)))
    assert told(rehearsed.facts) == told(simulated.facts)
    counts = {
        fact["count"] for fact in rehearsed.facts if fact.get("duty") == "follow_up" and "count" in fact
    }
    assert max(counts) == 3


def test_the_command_shows_both_policies_and_reads_only(lived: Lived, thrice: Path):
    before = {path.name: sha256(path.read_bytes()).hexdigest() for path in lived.data.glob("*.db")}
    words = ("rehearse", "--policy", thrice, "--from", "2024-02-01", "--to", "2024-02-29", "--json")
    said = shouwang(*words, data=lived.data)
    assert said.code == 0, said.text
    found = asked_for(said)
    present, new = found["duties"]["follow_up"]["owed"]
    assert (found["from"], found["to"], new > present) == ("2024-02-01", "2024-02-29", True)
    assert found["duties"]["home_visit"]["owed"][0] == found["duties"]["home_visit"]["owed"][1]
    assert sum(new - present for months in found["load"].values() for present, new in months.values()) > 0
    assert {one["what"].split()[0] for one in found["differences"]} <= {"follow_up", "missed"}
    assert {path.name: sha256(path.read_bytes()).hexdigest() for path in lived.data.glob("*.db")} == before


def test_a_policy_that_changes_nothing_differs_in_nothing(lived: Lived, tmp_path: Path):
    same = revised(tmp_path, "same", "2025-01-01")
    words = ("rehearse", "--policy", same, "--to", "2024-01-15", "--json")
    found = asked_for(shouwang(*words, data=lived.data))
    assert found["differences"] == []
    assert (
        found["off_record"]["deviations"] == []
    )  # a demonstration hears thrice a day: late, and nothing else
    shown = shouwang(*words[:-1], data=lived.data, COLUMNS="80", TERMINAL_WIDTH="80").text
    assert "不同之处 differences: 0" in shown
    assert "at which level): 0" in shown
    assert "…" not in shown
    _, *lines = shown.splitlines()  # the first one names the store, whose path is as long as it is
    assert max(map(cell_len, lines)) <= 80


def test_days_without_a_record_and_a_wrong_policy_are_refused(lived: Lived, tmp_path: Path, thrice: Path):
    early = shouwang("rehearse", "--policy", thrice, "--to", "2020-01-01", data=lived.data)
    empty = shouwang("rehearse", "--policy", thrice, data=tmp_path / "empty")
    wrong = revised(tmp_path, "wrong", "2025-01-01", ("age = 60", 'age = "sixty"'))
    faulty = shouwang("rehearse", "--policy", wrong, data=lived.data)
    assert [one.code for one in (early, empty, faulty)] == [2, 2, 2]
    assert "nothing is recorded" in early.text
    assert "registry.age" in faulty.text


def test_only_the_days_from_the_first_on_are_under_the_new_policy():
    new, held = (
        read_file(DEFAULT_POLICY),
        [(read_file(DEFAULT_POLICY), version) for _, version in files(Settings(data=None))],
    )
    begun = date(2024, 1, 1)
    days = [
        [one.effective_on.isoformat() for one in in_force(held, new, begun, date.fromisoformat(first))]
        for first in ("2024-01-01", "2024-01-15", "2024-03-01")
    ]
    assert days == [["2024-01-26"], ["2024-01-01", "2024-01-15"], ["2024-01-26", "2024-03-01"]]


def test_figures_count_times_owed_and_show_the_grade_of_the_last_day():
    span, owed = (
        Span(date(2024, 1, 1), date(2024, 1, 31)),
        {"subject": "wang", "duty": "follow_up", "period": "2024-01"},
    )
    facts: list[dict[str, Any]] = [
        {"fact": "graded", "on": "2024-01-01", "elder": "wang", "grade": "yellow"},
        {"fact": "opened", "on": "2024-01-01", "count": 1, **owed},
        {"fact": "superseded", "on": "2024-01-10", **owed},
        {"fact": "graded", "on": "2024-01-10", "elder": "wang", "grade": "red"},
        {"fact": "opened", "on": "2024-01-10", "count": 2, **owed},
        {
            "fact": "notice",
            "at": "2024-01-10T08:00:00+08:00",
            "about": "graded",
            "subject": "wang",
            "to": "lead",
        },
    ]
    assert all(span.holds(fact) for fact in facts)
    assert not span.holds({"on": "2024-02-01"})
    played = Played(facts, {"wang": "grid"}, {"wang": "red"})
    assert figures(played) == {
        ("wang", "grade"): "red",
        ("wang", "graded"): 2,
        ("wang", "follow_up opened"): 2,
        ("wang", "follow_up owed"): 3,
        ("wang", "follow_up superseded"): 1,
        ("wang", "graded notice"): 1,
    }
    assert load(played, {"follow_up": "carer"}) == {"grid": {"2024-01": 2}}
