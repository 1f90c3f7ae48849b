"""`shouwang run` killed at random moments: nothing accepted is lost, nothing happens twice, verify passes.

SHOUWANG_KILLS says how many times (CI: a short part; `make faults`: fifty), SHOUWANG_SEED which moments.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from services.chassis.commands.command import Asked
from services.house.house import opened
from services.house.settings import Settings
from services.importing.township import read_township
from services.kernel.calendar import SHANGHAI
from services.registry.elders.commands import Enrol

KILLS = int(os.environ.get("SHOUWANG_KILLS", "6"))
SEED = int(os.environ.get("SHOUWANG_SEED", "1"))
SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
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
    return Enrol.model_validate(
        {
            "elder": f"E{number:02}",
            "born": f"19{40 + number:02}-03-01",
            "sex": "f",
            "village": "530323990299",
            "group": "一组",
            "living": ("alone", "couple", "with_relatives")[number % 3],
            "evidence": [[], ["incapacity"], ["economic_hardship"]][number % 3],
            "health": ["hypertension"] if number % 4 == 0 else [],
            "declined_institution": number % 2 == 0,
            "supporters": [{"id": "S1", "left_county_on": "2023-01-01"}],
            "carer": ("grid", "cadre")[number % 2],
            "ledger": f"E{number:02}",
        },
        strict=False,
    )


@pytest.fixture
def township(tmp_path: Path) -> Path:
    file = tmp_path / "township.toml"
    file.write_text(TOWNSHIP, encoding="utf-8")
    at = datetime(2024, 1, 1, 7, tzinfo=SHANGHAI)
    with opened(Settings(data=tmp_path / "data")) as house:
        house.take_many([Asked(command, at) for command in read_township(file).commands()])
        house.take_many([Asked(enrol(number), at) for number in range(15)])
    return tmp_path


def run(folder: Path, days: int) -> subprocess.Popen:
    journal = ["--journal", str(folder / "journal.txt")]
    environ = {**os.environ, "SHOUWANG_DATA": str(folder / "data")}
    with (folder / "out.txt").open("a") as out:
        command = [SHOUWANG, "run", "--days", str(days), *journal]
        return subprocess.Popen(command, env=environ, stdout=out, stderr=out)


def rows(folder: Path, service: str, query: str) -> list[tuple]:
    with sqlite3.connect(f"file:{folder / 'data' / service}.db?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()


def journalled(folder: Path) -> list[str]:
    text = (folder / "journal.txt").read_text(encoding="utf-8") if (folder / "journal.txt").exists() else ""
    return [line for line in text[: text.rfind("\n") + 1].splitlines() if line.startswith("visit:")]


def goes_on(folder: Path, process: subprocess.Popen) -> None:
    """Returns once it has recorded something: how long a start takes is the machine's affair."""
    count = "SELECT COUNT(*) FROM stored_events"
    before, end = rows(folder, "visits", count), time.monotonic() + 60
    while rows(folder, "visits", count) == before and process.poll() is None:
        assert time.monotonic() < end, (folder / "out.txt").read_text()[-3000:]
        time.sleep(0.02)


def check(folder: Path) -> None:
    answered = {key for (key,) in rows(folder, "visits", "SELECT command FROM answers")}
    lost = [key for key in journalled(folder) if key not in answered]
    assert lost == [], "accepted and lost"
    visits = Counter(visit for (visit,) in rows(folder, "visits", "SELECT visit FROM visits"))
    assert [visit for visit, times in visits.items() if times > 1] == [], "a visit happened twice"
    notices = Counter(rows(folder, "notify", "SELECT telling, level, recipient FROM notices"))
    assert [notice for notice, times in notices.items() if times > 1] == [], "somebody was told twice"
    opened_twice = "SELECT subject, duty, opens_on FROM duties GROUP BY 1, 2, 3 HAVING COUNT(*) > 1"
    assert rows(folder, "visits", opened_twice) == [], "a duty was opened twice"
    environ = {**os.environ, "SHOUWANG_DATA": str(folder / "data")}
    verified = subprocess.run([SHOUWANG, "verify"], env=environ, capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_killed_at_random_moments_it_loses_nothing_and_does_nothing_twice(township: Path):
    chance = random.Random(SEED)
    for number in range(KILLS):
        process = run(township, days=400)
        if number % 2:
            goes_on(township, process)
        time.sleep(chance.uniform(0.3, 3.0))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        if number % 5 == 0:
            check(township)
    day = rows(township, "registry", "SELECT MIN(day) FROM days")[0][0]
    begin = datetime.fromisoformat("2024-01-01")
    days = (datetime.fromisoformat(day) - begin).days + 3
    assert run(township, days).wait() == 0, (township / "out.txt").read_text()[-3000:]
    check(township)
    assert len(journalled(township)) > 10, "the run was not killed while it worked"
    missed = {
        (s, d, p)
        for s, d, p in rows(
            township, "visits", "SELECT subject, duty, period FROM duties WHERE status = 'missed'"
        )
    }
    told = {
        (s, d, p)
        for s, d, p in rows(
            township, "notify", "SELECT subject, duty, period FROM tellings WHERE about = 'missed'"
        )
    }
    assert missed == told, "every miss has its telling, and no other"
    certified = rows(township, "registry", "SELECT COUNT(*) FROM elders WHERE status = 'certified'")
    assert certified == rows(township, "risk", "SELECT COUNT(*) FROM grades WHERE grade IS NOT NULL")
