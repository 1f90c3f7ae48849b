"""From a finding to the notice that it brings, while check-ins come in; and what the processes weigh then."""

from __future__ import annotations

import threading
from pathlib import Path
from time import monotonic, sleep

import psycopg

from benchmarks import people
from benchmarks.posting import Caller, paced
from benchmarks.results import Result, percentile, say
from benchmarks.stand import TOKEN, Stand, standing
from services.servers import Urls

ELDERS = 600
RATE = 200
PROBES = 60
PATIENCE = 10.0
_LOOK = 0.002
STAGES = {
    "told by risk": "SELECT MAX(position) FROM risk.told WHERE %s <> '' AND position <="
    " (SELECT notification_id FROM risk.tracking WHERE application_name = 'relay')",
    "duties changed": "SELECT COUNT(*) FROM visits.duties WHERE subject = %s",
    "notice planned": "SELECT COUNT(*) FROM notify.tellings WHERE subject = %s",
    "notice written": "SELECT COUNT(*) FROM notify.notices n JOIN notify.tellings t ON t.telling = n.telling"
    " WHERE t.subject = %s",
}
MEGABYTE = 1024


def run(urls: Urls, rounds: int, seconds: float) -> None:
    """Row 4, and the fleet's part of row 8, on one stand."""
    del seconds
    result = Result("4-finding-to-notice", f"p50 ≤ 50 ms, p99 ≤ 250 ms at {RATE} check-ins/s")
    memory = Result("8-memory-of-the-fleet", "worker ≤ 200 MB, api ≤ 200 MB")
    with standing(urls) as stand:
        stand.start_all()
        say(f"enrolling {ELDERS} elders")
        elders = people.settle_in(stand, ELDERS)
        fresh = iter(people.enrol(stand, [f"F{number:07}" for number in range(2 * rounds * PROBES)]))
        for number in range(rounds):
            say(f"finding to notice: round {number + 1} of {rounds}")
            _round(stand, elders, [next(fresh) for _ in range(PROBES)], number, result, at_rest=True)
            _round(stand, elders, [next(fresh) for _ in range(PROBES)], number, result, at_rest=False)
        for key, process in stand.processes.items():
            memory.add(f"MB of {key}", _resident(process.pid))
    result.end()
    memory.end()


def _round(
    stand: Stand, elders: list[str], probes: list[str], seed: int, result: Result, *, at_rest: bool
) -> None:
    """The same with and without load, so that what load costs is seen in the same run."""
    over = threading.Event()
    answered: list[int] = []

    def load() -> None:
        answered.append(paced(people.check_ins(elders, seed), RATE, over.is_set, stand.port))

    loading = threading.Thread(target=load)
    begun = monotonic()
    if not at_rest:
        loading.start()
        sleep(2)
    with psycopg.connect(stand.admin_url, autocommit=True) as admin:
        caller = Caller(stand.port, TOKEN)
        found = [_probe(admin, caller, probe) for probe in probes]
    over.set()
    when = "at rest" if at_rest else f"at {RATE}/s"
    if not at_rest:
        loading.join()
        result.add("check-ins a second meanwhile", answered[0] / (monotonic() - begun))
    for stage in ("answer", *STAGES):
        values = [1000 * one[stage] for one in found]
        result.add(f"p50 ms, {stage}, {when}", percentile(values, 0.5))
        result.add(f"p99 ms, {stage}, {when}", percentile(values, 0.99))
    if not at_rest:
        notices = [1000 * one["notice written"] for one in found]
        result.ratio("p50 of notice / 50 ms", percentile(notices, 0.5) / 50)
        result.ratio("p99 of notice / 250 ms", percentile(notices, 0.99) / 250)


def _probe(admin: psycopg.Connection, caller: Caller, elder: str) -> dict[str, float]:
    """Seconds from the answer to each stage, and from the question to the answer."""
    queries = {stage: query.encode() for stage, query in STAGES.items()}
    before = {stage: _number(admin, query, elder) for stage, query in queries.items()}
    asked = monotonic()
    status, said = caller.post(
        "POST", f"/elders/{elder}/evidence", {"evidence": "major_illness", "on": people.ON}
    )
    if status != 201:  # noqa: PLR2004 - HTTP's word for created
        raise RuntimeError(f"not taken: {said}")
    answered = monotonic()
    reached: dict[str, float] = {"answer": answered - asked}
    while len(reached) <= len(queries):
        for stage in queries.keys() - reached.keys():
            if _number(admin, queries[stage], elder) > before[stage]:
                reached[stage] = monotonic() - answered
        if monotonic() - answered > PATIENCE:
            raise TimeoutError(f"{elder}: only {sorted(reached)} after {PATIENCE} s")
        sleep(_LOOK)
    sleep(0.05)
    return reached


def _number(admin: psycopg.Connection, query: bytes, elder: str) -> int:
    row = admin.execute(query, (elder,)).fetchone()
    return int(row[0] or 0) if row else 0


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / MEGABYTE
