"""The worker's face of a service: a nameko container whose entrypoints only hand on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from nameko.rpc import rpc
from nameko.runners import ServiceRunner

from services.chassis.clock import Clock
from services.chassis.messaging.queues import MessageBatch
from services.chassis.service import Service
from services.chassis.workers import eventlet_shim
from services.chassis.workers.entrypoints import (
    CLOCK,
    SERVICES,
    Member,
    batch_heard,
    calm_tick,
    carry,
    log_grew,
    tick,
)


class Worker:
    """What a service's worker does wherever it runs: it handles what other services published."""

    name: ClassVar[str]
    member: Any = Member()

    @batch_heard
    def hear(self, batches: Sequence[MessageBatch]) -> None:
        """Effects and position in one transaction, then the acknowledgement."""
        self.member.take(batches)


class EmbeddedWorker(Worker):
    """Beside all others in one process: it publishes, keeps time by a clock that may be set, and sends."""

    @log_grew
    def tell(self) -> None:
        """Publishes what was recorded since."""
        self.member.publish()

    @tick
    def advance(self, now: datetime) -> None:
        """What time alone brings."""
        self.member.advance(now)

    @carry
    def send(self, now: Callable[[], datetime]) -> None:
        """What waits for a channel, each channel in a thread of its own."""
        self.member.carrier.advance(now, eventlet_shim.each_in_a_thread)


class FleetWorker(Worker):
    """As a process of a fleet, where relays publish and senders send: it keeps time, and answers from its log."""

    @calm_tick
    def advance(self, now: datetime) -> None:
        """What time alone brings."""
        self.member.advance(now)

    @rpc
    def pull(self, partition: int, after: int) -> list[dict[str, Any]]:
        """What was published in a partition after a position."""
        return [envelope.model_dump(mode="json") for envelope in self.member.relay.pull(partition, after)]


def run_workers(
    kind: type[Worker],
    services: Mapping[str, Service],
    clock: Clock,
    config: Mapping[str, Any] | None = None,
) -> ServiceRunner:
    """Starts a container a service in this process; the caller stops the runner. `config` is nameko's own."""
    runner = ServiceRunner({**(config or {}), SERVICES: services, CLOCK: clock})
    for name in services:
        runner.add_service(type(f"{name.title()}{kind.__name__}", (kind,), {"name": name}))
    runner.start()
    return runner
