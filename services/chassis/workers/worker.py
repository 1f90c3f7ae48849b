"""The worker's face of a service: a nameko container whose entrypoints only hand on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from nameko.runners import ServiceRunner

from services.chassis.clock import Clock
from services.chassis.messaging.inbox import Batch
from services.chassis.service import Service
from services.chassis.workers.entrypoints import CLOCK, SERVICES, Member, batch_heard, log_grew, tick


class Worker:
    """What every service does when it hears, when its log grew and when the clock goes on."""

    member: Any = Member()

    @batch_heard
    def hear(self, batches: Sequence[Batch]) -> None:
        """Effects and position in one transaction, then the acknowledgement."""
        self.member.take(batches)

    @log_grew
    def tell(self) -> None:
        """What was recorded since."""
        self.member.tell()

    @tick
    def advance(self, now: datetime) -> None:
        """What time alone brings."""
        self.member.advance(now)


def run_workers(
    workers: Iterable[type[Any]],
    services: Mapping[str, Service],
    clock: Clock,
    config: Mapping[str, Any] | None = None,
) -> ServiceRunner:
    """Starts a container a service in this process; the caller stops the runner. `config` is nameko's own."""
    runner = ServiceRunner({**(config or {}), SERVICES: services, CLOCK: clock})
    for worker in workers:
        runner.add_service(worker)
    runner.start()
    return runner
