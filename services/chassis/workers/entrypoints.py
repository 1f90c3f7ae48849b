"""nameko extensions: what calls a service's methods.

Nothing is acknowledged on a handler's exception: a batch that failed is given back and tried again after a pause.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import structlog
from nameko.extensions import DependencyProvider, Entrypoint

from services.chassis.clock import Clock
from services.chassis.log.event_log import LostRace
from services.chassis.messaging.amqp import HEARTBEAT_SECONDS
from services.chassis.service import Service
from services.chassis.workers import eventlet_shim
from services.chassis.workers.eventlet_shim import Wake
from services.chassis.workers.leader import Turn

SERVICES, CLOCK = "SHOUWANG_SERVICES", "SHOUWANG_CLOCK"
TURNS, WAKES = "SHOUWANG_TURNS", "SHOUWANG_WAKES"
IDLE_SECONDS, PAUSE_SECONDS = 0.01, 1.0
GATHER_SECONDS = 0.002
BEAT_SECONDS = HEARTBEAT_SECONDS / 4


class Member(DependencyProvider):
    """Gives a worker its service, wired by the process that started the container."""

    def get_dependency(self, worker_ctx: Any) -> Service:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The service of this container."""
        return worker_ctx.container.config[SERVICES][worker_ctx.container.service_name]


class Polling(Entrypoint, ABC):
    """Asks again and again whether there is something to do, and fires a worker when there is."""

    container: Any
    method_name: str
    idle_seconds: ClassVar[float] = IDLE_SECONDS

    def start(self) -> None:
        """Starts asking."""
        self._is_stopping, self._is_asking = False, True
        self._log = structlog.get_logger("shouwang.worker")
        self._thread = self.container.spawn_managed_thread(self._run, identifier=type(self).__name__)

    def stop(self) -> None:
        """Lets the worker that runs come to its end, then asks no more."""
        self._is_stopping = True
        self._thread.wait()

    def kill(self) -> None:
        """Asks no more. Where it was its own question that raised, it is this very thread that kills."""
        if self._is_asking:
            self._thread.kill()

    @property
    def service(self) -> Service:
        """The service of this container."""
        return self.container.config[SERVICES][self.container.service_name]

    def _run(self) -> None:
        try:
            while not self._is_stopping:
                if self.poll():
                    eventlet_shim.sleep(0)
                else:
                    self.rest()
        finally:
            self._is_asking = False

    def rest(self) -> None:
        """Waits a moment before it asks again."""
        eventlet_shim.sleep(self.idle_seconds)

    @abstractmethod
    def poll(self) -> bool:
        """Fires for what there is to do; whether there was something."""

    def fire(self, *args: Any) -> bool:
        """Runs the method in a worker and waits for it; False, after a pause, where it raised.

        That somebody else was first is no fault: there is nothing to do any more, or the next try finds what is left.
        """
        done: Any = eventlet_shim.Event()

        def handle_result(_: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send(exc_info)
            return result, exc_info

        self.container.spawn_worker(self, args, {}, handle_result=handle_result)
        failed = done.wait()
        if failed is None:
            self.service.raising.succeeded(self.method_name)
            return True
        if issubclass(failed[0], LostRace):
            self._log.info("another_was_first", service=self.container.service_name)
            eventlet_shim.sleep(IDLE_SECONDS)
            return False
        self.service.raising.raised(self.method_name)
        self._log.error("handler_raised", service=self.container.service_name, error=failed[0].__name__)
        eventlet_shim.sleep(PAUSE_SECONDS)
        return False


class BatchHeard(Polling):
    """Fires with the batches that wait, one an upstream: together, since their order is that of time.

    Beside it, and however long a batch takes, the broker hears that this worker lives.
    """

    def start(self) -> None:
        """Starts asking, and beating."""
        super().start()
        self._beating = self.container.spawn_managed_thread(self._beat, identifier="beat")

    def stop(self) -> None:
        """Has a catch-up end at its next step."""
        self.service.end()
        super().stop()
        self._beating.kill()

    def _beat(self) -> None:
        while True:
            eventlet_shim.sleep(BEAT_SECONDS)
            for subscription in self.service.subscriptions:
                subscription.beat()

    def rest(self) -> None:
        """Until something arrives, and the moment in which more of it may."""
        eventlet_shim.wait_for(
            [subscription.socket for subscription in self.service.subscriptions], self.idle_seconds
        )
        eventlet_shim.sleep(GATHER_SECONDS)

    def poll(self) -> bool:
        """One batch of each upstream."""
        batches = [
            batch
            for subscription in self.service.subscriptions
            if (batch := subscription.fetch()) is not None
        ]
        if batches and not self.fire(batches):
            for batch in batches:
                batch.give_back()
        return bool(batches)


class LogGrew(Polling):
    """Fires when there is something to publish."""

    def poll(self) -> bool:
        """Whatever was recorded since."""
        return self.service.has_unpublished() and self.fire()


class Tick(Polling):
    """Fires with the clock's time when time alone may bring something."""

    def poll(self) -> bool:
        """When the service's next due moment has come."""
        clock: Clock = self.container.config[CLOCK]
        now = clock.now()
        return self.service.is_due(now) and self.is_mine() and self.fire(now)

    def is_mine(self) -> bool:
        """Whether it is for this worker to do it."""
        return True


class CalmTick(Tick):
    """The same by the machine's clock: at once when something that was consumed had an effect, else now and then.

    Of several workers of a service one keeps its time, as long as it lives.
    """

    idle_seconds: ClassVar[float] = 0.05

    def is_mine(self) -> bool:
        """No where another worker keeps the time."""
        turn: Turn = self.container.config[TURNS][self.container.service_name]
        return turn.is_mine()

    def rest(self) -> None:
        """Until something had an effect."""
        wake: Wake = self.container.config[WAKES][self.container.service_name]
        wake.wait(self.idle_seconds)


class Carry(Polling):
    """Fires when something waits to be carried out of the house."""

    idle_seconds: ClassVar[float] = 0.2

    def poll(self) -> bool:
        """What waits; the worker that runs comes to its end before a stop does, since every attempt is bounded."""
        carrier, clock = self.service.carrier, self.container.config[CLOCK]
        return carrier is not None and carrier.is_due(clock.now()) and self.fire(clock.now)


batch_heard: Callable[..., Any] = BatchHeard.decorator
log_grew: Callable[..., Any] = LogGrew.decorator
tick: Callable[..., Any] = Tick.decorator
calm_tick: Callable[..., Any] = CalmTick.decorator
carry: Callable[..., Any] = Carry.decorator
