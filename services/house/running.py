"""Running the house embedded: every service's nameko container in this process, by a clock."""

from __future__ import annotations

import fcntl
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from services.chassis.clock import Clock
from services.chassis.workers import eventlet_shim
from services.chassis.workers.worker import EmbeddedWorker, run_workers
from services.house.house import House


@contextmanager
def alone(data: Path | None, on_wait: Callable[[], None]) -> Generator[None]:
    """The one process that writes to an embedded house: who comes second waits, and is told so.

    The lock is the kernel's: a process that is killed leaves none behind.
    """
    if data is None:
        yield
        return
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / "house.lock").open("a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def containers(house: House, clock: Clock) -> Generator[None]:
    """The containers of every service, stopped at the end: workers that run come to their end."""
    runner = run_workers(EmbeddedWorker, house.services, clock)
    try:
        yield
    finally:
        runner.stop()


def run_for_ever(house: House, clock: Clock) -> None:
    """Until SIGTERM or SIGINT."""
    stopping: list[int] = []
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda number, _: stopping.append(number))
    with containers(house, clock):
        while not stopping:
            eventlet_shim.sleep(0.2)
