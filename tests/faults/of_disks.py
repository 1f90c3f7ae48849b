"""Faults of PostgreSQL's disk: full under the log, full under the write-ahead log, and no file that may grow."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from random import Random

import psycopg

from services.kernel.calendar import SHANGHAI
from services.servers.postgres import _run_as_owner
from tests.faults.door import TAKES
from tests.faults.harm import Figures, fault, send_visit
from tests.faults.stand import Stand
from tests.faults.villages import VILLAGES, elders_of
from tests.integration.fleet.conftest import becomes_true

MOST_TAKEN = 5000
SPARE = 4 << 20
WAL_BYTES = 192 << 20
LIMIT = 1 << 20
FILLING = "SELECT pg_logical_emit_message(false, 'a test', repeat('x', 1000000))"


@fault()
def log_of_visits_on_a_full_disk(stand: Stand, chance: Random) -> Figures:
    """A small tmpfs under the table of the log fills up, for some seconds; where none can be mounted, as below."""
    with stand.admin() as admin:
        size = admin.execute("SELECT pg_total_relation_size('visits.stored_events')").fetchone()
    assert size is not None
    with _small_disk(stand, size[0] + SPARE) as disk:
        if disk is None:
            return no_file_may_grow(stand, chance)
        with stand.admin() as admin:
            admin.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
            admin.execute("ALTER TABLE visits.stored_events SET TABLESPACE small")
            try:
                _fill(disk / "filler")
                before = _taken_until_full(stand, chance)
                full = time.monotonic()
                time.sleep(chance.uniform(3, 5))
                (disk / "filler").unlink()
                freed = time.monotonic()
                assert becomes_true(lambda: stand.record.first_after(freed) is not None)
            finally:
                (disk / "filler").unlink(missing_ok=True)
                admin.execute("ALTER TABLE visits.stored_events SET TABLESPACE pg_default")
                admin.execute("DROP TABLESPACE small")
    return {
        "taken before it was felt": before,
        "full for": round(freed - full, 1),
        "seconds until the next command": stand.record.first_after(freed),
    }


@fault()
def write_ahead_log_on_a_full_disk(stand: Stand, chance: Random) -> Figures:
    """A small tmpfs under PostgreSQL's write-ahead log fills up: PostgreSQL dies of it, and comes back when freed."""
    with _small_disk(stand, WAL_BYTES) as disk:
        if disk is None:
            return no_file_may_grow(stand, chance)
        wal = stand.postgres.home / "data" / "pg_wal"
        _move_wal(stand, wal, disk / "pg_wal")
        try:
            _fill(disk / "filler")
            with suppress(psycopg.Error), stand.admin() as admin:
                while True:
                    admin.execute(FILLING)
            died = time.monotonic()
            time.sleep(chance.uniform(2, 4))
            (disk / "filler").unlink()
            stand.postgres.start()
            back = time.monotonic()
            assert becomes_true(lambda: stand.record.first_after(back) is not None)
        finally:
            (disk / "filler").unlink(missing_ok=True)
            _move_wal(stand, disk / "pg_wal", wal)
    return {
        "full for": round(back - died, 1),
        "seconds until the first command after its return": stand.record.first_after(back),
    }


@fault()
def no_file_may_grow(stand: Stand, chance: Random) -> Figures:
    """No process of PostgreSQL may write beyond a size of file: it dies of it, and is started without the limit."""
    for pid in stand.postgres.processes():
        limit = ["/usr/bin/prlimit", f"--pid={pid}", f"--fsize={LIMIT}:"]
        done = _run_as_owner(stand.postgres.home, limit)  # no other user may, not even root everywhere
        assert done.returncode == 0 or not Path(f"/proc/{pid}").exists(), done.stdout
    assert becomes_true(lambda: stand.postgres.pid() is None), "PostgreSQL bears it"
    gone = time.monotonic()
    time.sleep(chance.uniform(2, 4))
    stand.postgres.start()
    back = time.monotonic()
    assert becomes_true(lambda: stand.record.first_after(back) is not None)
    return {
        "away for": round(back - gone, 1),
        "seconds until the first command after its return": stand.record.first_after(back),
    }


def _taken_until_full(stand: Stand, chance: Random) -> int:
    """How many visits still find room in the pages that there are; raises where nobody feels the disk."""
    run, today = chance.randrange(10**9), datetime.now(SHANGHAI).date()
    for number in range(MOST_TAKEN):
        village = VILLAGES[number % 2]
        status, _ = send_visit(stand, f"full-{run}-{number}", village, elders_of(village)[number % 10], today)
        if status not in TAKES:
            return number
    raise AssertionError("the disk is full, and nobody feels it")


@contextmanager
def _small_disk(stand: Stand, size: int) -> Generator[Path | None]:
    """A tmpfs of PostgreSQL's user; None where mounting is not permitted."""
    disk = stand.postgres.home / "small"
    disk.mkdir()
    owner = (stand.postgres.home / "data").stat()
    options = f"size={size},mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    mounted = subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", options, "tmpfs", disk], check=False)
    try:
        yield disk if mounted.returncode == 0 else None
    finally:
        if mounted.returncode == 0:
            subprocess.run(["/bin/umount", disk], check=True)
        disk.rmdir()


def _fill(filler: Path) -> None:
    """Whatever is free is taken."""
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def _move_wal(stand: Stand, source: Path, target: Path) -> None:
    """PostgreSQL's own way: stopped, moved, and a link where it was, unless it goes back there."""
    home = stand.postgres.home / "data" / "pg_wal"
    stand.postgres.stop()
    if home.is_symlink():
        home.unlink()
    subprocess.run(["/bin/cp", "-a", source, target], check=True)
    shutil.rmtree(source)
    if target != home:
        home.symlink_to(target)
        os.chown(home, target.stat().st_uid, target.stat().st_gid, follow_symlinks=False)
    stand.postgres.start()
