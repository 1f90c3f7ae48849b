"""What is kept up: given processes, when one ends, then it is started again; when told to stop, all of them end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.fleet.supervisor import standing

PROGRAM = """
import sys
from pathlib import Path
from services.fleet.supervisor import ProcessSpec, Supervisor
sleeps = "import time; time.sleep(600)"
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
quick = "print('no room'); raise SystemExit(3)"
specs = [ProcessSpec(name, (sys.executable, "-c", code)) for name, code in
         (("steady", sleeps), ("deaf", deaf), ("quick", quick))]
Supervisor(specs, Path(sys.argv[1]), stop_seconds=1).run()
"""


def becomes_true(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)])
    assert becomes_true(lambda: len([one for one in standing(tmp_path).values() if one["pid"]]) >= 2)
    yield process
    process.kill()
    process.wait()
    for one in standing(tmp_path).values():
        if one["pid"] and is_alive(one["pid"]):
            os.kill(one["pid"], signal.SIGKILL)


@pytest.mark.usefixtures("supervisor")
def test_what_is_killed_is_started_again(tmp_path: Path):
    before = standing(tmp_path)["steady"]
    os.kill(before["pid"], signal.SIGKILL)
    assert becomes_true(lambda: standing(tmp_path)["steady"]["pid"] not in {None, before["pid"]})
    assert standing(tmp_path)["steady"]["starts"] == 2


@pytest.mark.usefixtures("supervisor")
def test_what_ended_is_kept_with_its_code_and_what_it_said_in_that_start(tmp_path: Path):
    assert becomes_true(lambda: bool(standing(tmp_path)["quick"]["ended"]))
    ended = standing(tmp_path)["quick"]["ended"]
    assert (ended["code"], ended["said"]) == (3, "no room")
    assert standing(tmp_path)["steady"]["ended"] is None


@pytest.mark.usefixtures("supervisor")
def test_what_says_that_it_is_ready_is_and_is_not_any_more_once_it_is_started_again(tmp_path: Path):
    assert not standing(tmp_path)["steady"]["ready"]
    (tmp_path / "steady.ready").touch()
    assert becomes_true(lambda: standing(tmp_path)["steady"]["ready"])
    os.kill(standing(tmp_path)["steady"]["pid"], signal.SIGKILL)
    assert becomes_true(lambda: standing(tmp_path)["steady"]["starts"] == 2)
    assert not standing(tmp_path)["steady"]["ready"]


@pytest.mark.usefixtures("supervisor")
def test_what_ends_at_once_is_started_ever_later(tmp_path: Path):
    assert becomes_true(lambda: standing(tmp_path)["quick"]["starts"] >= 3)
    assert standing(tmp_path)["steady"]["starts"] == 1


def test_told_to_stop_it_ends_all_even_what_does_not_listen(supervisor: subprocess.Popen, tmp_path: Path):
    pids = [one["pid"] for name, one in standing(tmp_path).items() if name != "quick"]
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait() == 0
    assert not any(is_alive(pid) for pid in pids)


def test_where_none_ever_ran_nothing_stands(tmp_path: Path):
    assert standing(tmp_path) == {}
