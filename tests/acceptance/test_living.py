"""`shouwang run`: the same days again add nothing, a stop is clean, and nothing accepted meanwhile is missed."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from services.chassis.commands.command import Asked
from services.chassis.reading.read_model import hashes
from services.house.house import opened
from services.house.running import alone
from services.house.settings import Settings
from services.importing.township import read_township
from services.kernel.calendar import SHANGHAI
from services.registry.elders.commands import Enrol
from tests.acceptance.test_cli import environ_of, shouwang

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
AT = datetime(2024, 1, 1, 7, tzinfo=SHANGHAI)
PEOPLE = 9
TOWNSHIP = """
township = "试乡"
demonstration = true
staff = [
    { id = "clinic", role = "clinic", name = "卫生院" },
    { id = "centre", role = "party_service_centre", name = "中心" },
    { id = "office", role = "leading_group_office", name = "办公室" },
]
[[village]]
name = "试村"
code = "530323990299"
groups = ["一组"]
roster = [
    { id = "lead", role = "village_lead", name = "甲" },
    { id = "leader", role = "township_leader", name = "乙" },
    { id = "grid", role = "grid_worker", name = "丙" },
    { id = "cadre", role = "group_cadre", name = "丁" },
]
"""


def enrol(number: int) -> Enrol:
    content: dict[str, Any] = {
        "elder": f"E{number}",
        "born": f"19{40 + number}-03-01",
        "sex": "f",
        "village": "530323990299",
        "group": "一组",
        "living": ("alone", "couple", "with_relatives")[number % 3],
        "evidence": [[], ["incapacity"], ["economic_hardship"]][number % 3],
        "health": ["hypertension"] if number % 4 == 0 else [],
        "declined_institution": number % 2 == 0,
        "supporters": [{"id": "S1", "left_county_on": "2023-01-01"}],
        "carer": ("grid", "cadre")[number % 2],
        "ledger": f"E{number}",
    }
    return Enrol.model_validate(content, strict=False)


@pytest.fixture
def township(tmp_path: Path) -> Path:
    """A township whose registry has accepted its people; nobody has told or heard anything yet."""
    file = tmp_path / "township.toml"
    file.write_text(TOWNSHIP, encoding="utf-8")
    with opened(Settings(data=tmp_path / "data")) as house:
        asked = [*read_township(file).commands(), *map(enrol, range(PEOPLE))]
        assert all(answer.is_taken for answer in house.take_many([Asked(one, AT) for one in asked]))
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [SHOUWANG, "run", *words]
    with (folder / "out.txt").open("a") as out:
        return subprocess.Popen(command, env=environ_of(folder / "data"), stdout=out, stderr=out)


def ran(folder: Path, *words: str) -> None:
    assert run(folder, *words).wait() == 0, (folder / "out.txt").read_text(encoding="utf-8")[-3000:]


def rows(folder: Path, service: str, query: str) -> list[tuple[Any, ...]]:
    """What a service's file holds, read beside the process that writes it."""
    with closing(sqlite3.connect(f"file:{folder / 'data' / service}.db?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()


def as_it_is(folder: Path) -> dict[str, tuple[int, dict[str, str]]]:
    """Every log's size and every table's hash, whole: nothing at all may have been added."""
    with opened(Settings(data=folder / "data")) as house:
        return {
            name: (one.log.size(), hashes(one.model, one.log.query)) for name, one in house.services.items()
        }


def verified(folder: Path) -> None:
    said = shouwang("verify", data=folder / "data")
    assert said.code == 0, said.text


def test_the_same_days_again_add_nothing(township: Path):
    ran(township, "--days", "3", "--journal", str(township / "first.txt"))
    once = as_it_is(township)
    assert rows(township, "registry", "SELECT MIN(day), MAX(day) FROM days") == [("2024-01-03", "2024-01-03")]
    assert (township / "first.txt").read_text(encoding="utf-8"), "somebody did something"
    ran(township, "--days", "3")
    assert as_it_is(township) == once
    verified(township)


def test_days_in_two_parts_are_the_days_in_one(township: Path, tmp_path_factory: pytest.TempPathFactory):
    other = tmp_path_factory.mktemp("other")
    (other / "township.toml").write_text(TOWNSHIP, encoding="utf-8")
    with opened(Settings(data=township / "data")) as house:
        house.catch_up()
    with opened(Settings(data=other / "data")) as house:
        asked = [*read_township(other / "township.toml").commands(), *map(enrol, range(PEOPLE))]
        house.take_many([Asked(one, AT) for one in asked])
        house.catch_up()
    ran(township, "--days", "4")
    ran(other, "--days", "2")
    ran(other, "--days", "4")
    parts = "SELECT visit, elder, by_staff, occurred_on, mode, recorded_on FROM visits ORDER BY 1"
    assert rows(other, "visits", parts) == rows(township, "visits", parts)
    duties = (
        "SELECT subject, duty, opens_on, closes_on, count, status, ended_on FROM duties ORDER BY 1, 2, 3, 4"
    )
    assert rows(other, "visits", duties) == rows(township, "visits", duties)
    told = "SELECT about, subject, duty, period, due, status, level FROM tellings ORDER BY 1, 2, 3, 4"
    assert rows(other, "notify", told) == rows(township, "notify", told)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_running_in_real_time_it_stops_cleanly_when_told_to(township: Path, sign: signal.Signals):
    today = datetime.now(SHANGHAI).date().isoformat()
    process = run(township)
    try:
        turned = "SELECT COUNT(*) FROM days WHERE day >= ?".replace("?", f"'{today}'")
        waited_for = [("registry", turned), ("risk", turned), ("visits", turned)]
        while not all(rows(township, *one)[0][0] for one in waited_for):
            assert process.poll() is None, (township / "out.txt").read_text(encoding="utf-8")[-3000:]
            time.sleep(0.05)
        os.kill(process.pid, sign)
        assert process.wait() == 0, (township / "out.txt").read_text(encoding="utf-8")[-3000:]
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in (township / "out.txt").read_text(encoding="utf-8")
    verified(township)


def test_what_was_accepted_while_nobody_ran_is_heard_at_the_next_start(township: Path):
    heard = "SELECT COUNT(*) FROM grades WHERE grade IS NOT NULL"
    assert rows(township, "risk", heard) == [(0,)]
    ran(township, "--days", "1")
    assert rows(township, "risk", heard) == [(PEOPLE,)]
    with opened(Settings(data=township / "data")) as house:
        late = datetime(2024, 1, 2, 6, tzinfo=SHANGHAI)
        assert house.take(enrol(PEOPLE), late).is_taken
        assert not house.views("risk", "SELECT * FROM grades WHERE elder = ?", f"E{PEOPLE}")
    ran(township, "--days", "2")
    assert rows(township, "risk", heard) == [(PEOPLE + 1,)]
    owed = rows(township, "visits", f"SELECT COUNT(*) FROM duties WHERE subject = 'E{PEOPLE}'")
    assert owed[0][0] > 0
    verified(township)


def test_a_run_on_data_that_another_process_writes_waits_until_that_one_ends(township: Path):
    before = as_it_is(township)
    with alone(township / "data", on_wait=lambda: pytest.fail("nobody else is here")):
        process = run(township, "--days", "1")
        while "waiting until it ends" not in (township / "out.txt").read_text(encoding="utf-8"):
            assert process.poll() is None, (township / "out.txt").read_text(encoding="utf-8")[-3000:]
            time.sleep(0.05)
        assert as_it_is(township) == before
    assert process.wait() == 0
    assert as_it_is(township) != before
    verified(township)
