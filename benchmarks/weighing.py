"""What the embedded whole weighs: the sample ledger imported, and thirty days lived, in one process."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.results import Result, say
from services.ledger.report import SOME
from services.servers import Urls

KILOBYTES = 1024
BUDGET = 500


def run(urls: Urls, rounds: int, seconds: float) -> None:
    """The embedded part of row 8; the fleet's is weighed under load, in row 4."""
    del urls, seconds, rounds
    result = Result("8-memory-embedded", f"embedded whole ≤ {BUDGET} MB, at its heaviest")
    say("embedded: thirty days")
    with tempfile.TemporaryDirectory() as folder:
        sample = ("samples/gaoliang.xlsx", "--township", "samples/gaoliang.toml")
        _peak(folder, "import", *sample, "--at", "2024-01-01T07:00:00")
        heaviest = _peak(folder, "run", "--days", "30")
    result.add("MB at its heaviest, all services in one process", heaviest)
    result.ratio(f"MB / {BUDGET}", heaviest / BUDGET)
    result.end()


def _peak(folder: str, *words: str) -> float:
    """Megabytes of a command at its heaviest."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("SHOUWANG_")}
    environ |= {"SHOUWANG_DATA": f"{folder}/township", "SHOUWANG_FLEET": ""}
    program = str(Path(sys.executable).with_name("shouwang"))
    nowhere = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, nowhere, number) for number in (0, 1, 2)]
    pid = os.posix_spawn(program, [program, *words], environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    os.close(nowhere)
    if os.waitstatus_to_exitcode(status) not in {0, SOME}:  # of the sample, some rows do not go in
        raise RuntimeError(f"shouwang {words[0]} ended with {status}")
    return usage.ru_maxrss / KILOBYTES
