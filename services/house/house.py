"""The house: every service wired to every other, over kombu, in one process."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

from kombu.connection import Connection

from services.chassis.commands.command import Answer, Asked, Command, read_command
from services.chassis.messaging.amqp import Consumers
from services.chassis.messaging.inbox import Pull
from services.chassis.messaging.relay import Broker
from services.chassis.reading.days import last_turned
from services.chassis.service import Blueprint, Service
from services.chassis.stores import open_log
from services.house.settings import Settings
from services.notify import bootstrap as notify
from services.notify.channels import Channel
from services.registry import bootstrap as registry
from services.risk import bootstrap as risk
from services.visits import bootstrap as visits

CONSUMERS: Consumers = {
    service.NAME: service.UPSTREAMS for service in (registry, risk, visits, notify) if service.UPSTREAMS
}
"""Every service that consumes what others publish, with its upstreams."""


def blueprints(settings: Settings, channels: tuple[Channel, ...] = ()) -> list[Blueprint]:
    """Every service, those first that others consume most."""
    return [
        registry.blueprint(settings),
        risk.blueprint(settings),
        visits.blueprint(settings),
        notify.blueprint(settings, channels),
    ]


FLEET_SECONDS = 120.0
OWN = "shouwang-"


class FleetAway(RuntimeError):
    """什么都没有丢 nothing is lost, but nobody tells or hears it: start the processes with `shouwang up`."""


class House:
    """The services of one township; `take` hands a command to the one that decides it.

    Embedded it also publishes and consumes. In full mode a fleet does that, unless the house `is_alone` on its servers.
    """

    def __init__(
        self, settings: Settings, channels: tuple[Channel, ...] = (), *, is_alone: bool = False
    ) -> None:
        if settings.data is not None:
            settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            settings.data.chmod(0o700)
        self.folder = settings.data or Path("var")
        self._is_alone = settings.roles is None or is_alone
        plans = blueprints(settings, channels)
        self._broker = _broker(settings, is_alone=self._is_alone)
        self.services: dict[str, Service] = {}
        for plan in plans:
            log = open_log(plan, settings)
            self.services[plan.name] = Service(plan, log, self._broker, self._pull_of)
        self._owner = {
            kind: service for service in self.services.values() for kind in service.application.decisions
        }
        self.commands: Mapping[str, type[Command]] = {kind.NAME: kind for kind in self._owner}

    def _pull_of(self, upstream: str) -> Pull:
        return lambda partition, after: self.services[upstream].relay.pull(partition, after)  # noqa: PLW0108 - late

    def read(self, name: str, text: str | bytes) -> Command:
        """A command from its JSON text; raises Malformed."""
        return read_command(self.commands, name, text)

    def take(self, command: Command, at: datetime, *, cause: str = "") -> Answer:
        """Decides a command where it belongs."""
        return self._owner[type(command)].desk.take(command, at, cause=cause)

    def take_many(self, asked: Sequence[Asked]) -> list[Answer]:
        """Commands in their order, each service's in one transaction; the answers in the same order."""
        by_service: dict[str, list[int]] = {}
        for place, request in enumerate(asked):
            by_service.setdefault(self._owner[type(request.command)].name, []).append(place)
        answers: dict[int, Answer] = {}
        for name, places in by_service.items():
            given = self.services[name].desk.take_many([asked[place] for place in places])
            answers.update(zip(places, given, strict=True))
        return [answers[place] for place in range(len(asked))]

    def settle(self) -> int:
        """Tells and hears until nobody has anything more to say; returns how much was done.

        Where the fleet does that, waits until it has.
        """
        if not self._is_alone:
            return self._wait_for_fleet()
        if self._broker.is_amqp:
            return self._settle_over_amqp()
        done = 0
        while published := {
            name: moved for name, service in self.services.items() if (moved := service.publish())
        }:
            done += sum(published.values()) + sum(
                service.consume(published) for service in self.services.values()
            )
        return done

    def _settle_over_amqp(self) -> int:
        """What was published arrives later than at once: until everybody has consumed it."""
        done, ends = 0, monotonic() + FLEET_SECONDS
        services = self.services.values()
        while any(service.has_unpublished() for service in services) or any(
            self.lag_of(name) for name in self.services
        ):
            moved = sum(service.publish() for service in services) + sum(
                service.consume() for service in services
            )
            done += moved
            if not moved:
                sleep(0.001)
            if monotonic() > ends:
                raise FleetAway
        return done

    def is_settled(self, now: datetime) -> bool:
        """Whether nobody has anything to do or to say at `now`: all published, all consumed, nothing due."""
        services = self.services.values()
        if any(service.has_unpublished() or service.is_due(now) for service in services):
            return False
        return not any(self.lag_of(name) for name in self.services)

    def lag_of(self, service: str) -> int:
        """How many partitions of its upstreams a service has not consumed to their end."""
        return sum(
            self.services[service].log.position(subscription.inbox.upstream, partition) < position
            for subscription in self.services[service].subscriptions
            for partition, position in self.services[subscription.inbox.upstream].relay.published().items()
        )

    def _wait_for_fleet(self) -> int:
        """Until all that is recorded is published and consumed; raises FleetAway where that takes too long."""
        ends = monotonic() + FLEET_SECONDS
        while any(service.log.size() > service.log.relayed() for service in self.services.values()) or any(
            self.lag_of(name) for name in self.services
        ):
            if monotonic() > ends:
                raise FleetAway
            sleep(0.05)
        return 0

    def last_turned(self) -> date | None:
        """The last day that the registry has turned."""
        return last_turned(self.services["registry"].log, "registry")

    def catch_up(self) -> int:
        """After a start: consumes what was recorded or published while the house was down, whatever the queues lost."""
        if not self._is_alone:
            return self._wait_for_fleet()
        done = 0
        while moved := sum(service.catch_up() for service in self.services.values()) + self.settle():
            done += moved
        return done

    def views(self, service: str, text: str, *params: Any) -> list[Any]:
        """Rows of a service's read model, by a query named in its views."""
        return self.services[service].log.query(text, *params)

    def close(self) -> None:
        """Gives files and queues free."""
        for service in self.services.values():
            if self._broker.namespace.startswith(OWN):
                service.forget_queues()
            service.close()
        self._broker.connection.release()


def _broker(settings: Settings, *, is_alone: bool) -> Broker:
    """`memory://` is one broker for the whole process: each house there has a namespace of its own.

    So has a house whose publishing and consuming is done by a fleet: it looks in, and leaves the fleet's queues alone.
    """
    if not is_alone or settings.amqp_url.startswith("memory://"):
        return Broker(Connection("memory://"), f"{OWN}{uuid4().hex}")
    return Broker(Connection(settings.amqp_url), settings.namespace, CONSUMERS)


@contextmanager
def opened(
    settings: Settings, channels: tuple[Channel, ...] = (), *, is_alone: bool = False
) -> Generator[House]:
    """A house that is closed again whatever happens."""
    house = House(settings, channels, is_alone=is_alone)
    try:
        yield house
    finally:
        house.close()
