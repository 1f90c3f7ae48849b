"""The broker: how it is reached, and which exchange and queues must be there.

Every consumer has, for each upstream and partition, a quorum queue of its own, from which one worker at a time is
given messages. What a queue gives up goes to the dead-letter queue; what is lost with the broker is pulled from the
upstream's log. `memory://` has plain queues that live and end with their process.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, cast

import amqp
from amqp import Message
from amqp.exceptions import AMQPError, InternalError, NotFound, PreconditionFailed, ResourceLocked
from kombu.connection import Connection
from kombu.entity import Exchange
from kombu.exceptions import KombuError

from contracts.catalogue import PARTITIONS

BROKER_ERRORS: tuple[type[Exception], ...] = (OSError, AMQPError, KombuError)
PATIENCE_SECONDS = 5.0
DELETE_SECONDS = 30.0
HEARTBEAT_SECONDS = 10
DELIVERY_LIMIT = 20
PROBE = "shouwang.probe"

Consumers = Mapping[str, tuple[str, ...]]


class BrokerRefused(RuntimeError):
    """The broker is not as the services need it; the message says why, and what to do."""


class MissingExchange(BrokerRefused):
    """An exchange is not there."""


class MissingQueue(BrokerRefused):
    """A queue is not there, or has no leader."""


class OtherArguments(BrokerRefused):
    """A queue is there, but with other arguments, such as no dead-letter exchange or no delivery limit."""


class UnboundRoute(BrokerRefused):
    """What is published on a route reaches no queue."""


class Silent(BrokerRefused):
    """The broker takes messages and does not confirm them."""


class Broker:
    """A connection, and the namespace that keeps a township's exchange and queues apart from others'.

    `consumers` names the upstreams of every consumer; where it is given, what nobody consumes needs no queue. At most
    `workers` processes of one service share its queues.
    """

    def __init__(
        self, connection: Connection, namespace: str, consumers: Consumers | None = None, workers: int = 1
    ) -> None:
        self.connection = connection
        self.namespace = namespace
        self.workers = workers
        self.exchange = Exchange(namespace, type="topic" if self.is_amqp else "direct", durable=True)
        self._consumers = consumers

    @property
    def is_amqp(self) -> bool:
        """Whether this is a broker of its own, and not this process's memory."""
        return str(self.connection.transport_cls) in {"amqp", "amqps", "pyamqp"}

    def has_consumer(self, upstream: str) -> bool:
        """Whether somebody must have a queue for what an upstream publishes."""
        return self._consumers is None or any(upstream in heard for heard in self._consumers.values())

    def restore(self, upstream: str) -> None:
        """Makes again what is missing of the exchange and queues by which an upstream is consumed."""
        for consumer, heard in (self._consumers or {}).items():
            if upstream in heard:
                declare_queues(self.connection, self.namespace, consumer, upstream)


def connect(to: Connection, *, heartbeat: int = 0, **callbacks: Callable[..., None]) -> Any:
    """A connection of its own to the same broker, on which nothing waits longer than PATIENCE_SECONDS.

    `callbacks` are those of py-amqp, such as `on_blocked`. Whoever is done with it lets it go with `abandon`: asking
    the broker to close it might wait for ever.
    """
    target = to.clone()
    for attempts_left in reversed(range(max(1, len(target.alt)))):
        connection: Any = amqp.Connection(
            target.host,
            userid=target.userid or "guest",
            password=target.password or "guest",
            virtual_host=target.virtual_host,
            ssl=cast("Any", target.ssl or target.transport_cls == "amqps"),
            connect_timeout=PATIENCE_SECONDS,
            heartbeat=heartbeat,
            **callbacks,
            **(target.transport_options or {}),
        )
        try:
            connection.connect()
        except BROKER_ERRORS:
            abandon(connection)
            if not attempts_left:
                raise
            target.maybe_switch_next()
        else:
            connection.transport.sock.settimeout(PATIENCE_SECONDS)
            return connection
    raise AssertionError


def abandon(connection: Any) -> None:
    """Lets a connection go without a word."""
    with suppress(*BROKER_ERRORS, AttributeError):
        connection.collect()


@contextmanager
def connected(to: Connection) -> Generator[Any]:
    """A connection for a short while."""
    connection = connect(to)
    try:
        yield connection
    finally:
        abandon(connection)


def queue_name(namespace: str, consumer: str, upstream: str, partition: int) -> str:
    """The queue of a consumer for a partition of an upstream."""
    return f"{namespace}.{consumer}.{upstream}.{partition}"


def memory_route(upstream: str, partition: int) -> str:
    """The routing key within this process: there a pattern would be tried on every queue for every message."""
    return f"{upstream}.{partition}"


def dead_letters(namespace: str) -> str:
    """The exchange, and the queue, of what queues gave up."""
    return f"{namespace}.dead"


def declare(connection: Connection, namespace: str, consumers: Consumers) -> None:
    """Makes what is missing, at deploy; what is there already stays. Raises OtherArguments where that is not alike."""
    for consumer, upstream in pairs_of(consumers):
        declare_queues(connection, namespace, consumer, upstream)


def declare_queues(to: Connection, namespace: str, consumer: str, upstream: str) -> None:
    """Exchanges and queues of one consumer for one upstream; those without a leader are made again.

    A broker that was killed just after a queue was declared comes back with a queue that answers nobody.
    """
    _declare_queues(to, namespace, consumer, upstream)
    names = [queue_name(namespace, consumer, upstream, partition) for partition in range(PARTITIONS)]
    lost = _without_leader(to, names)
    for name in lost:
        with connected(to) as connection:
            connection.transport.sock.settimeout(DELETE_SECONDS)
            connection.channel().queue_delete(name)
    if lost:
        _declare_queues(to, namespace, consumer, upstream)


def _declare_queues(to: Connection, namespace: str, consumer: str, upstream: str) -> None:
    with connected(to) as connection:
        channel = connection.channel()
        channel.exchange_declare(namespace, "topic", durable=True, auto_delete=False)
        dead = dead_letters(namespace)
        channel.exchange_declare(dead, "fanout", durable=True, auto_delete=False)
        channel.queue_declare(dead, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
        channel.queue_bind(dead, dead)
        for partition in range(PARTITIONS):
            name = queue_name(namespace, consumer, upstream, partition)
            try:
                channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments(namespace))
            except PreconditionFailed as error:
                raise _other_arguments(name, error) from error
            channel.queue_bind(name, namespace, f"{upstream}.*.{partition}")


def _without_leader(to: Connection, names: Iterable[str]) -> list[str]:
    leaderless: list[str] = []
    left = list(names)
    while left:
        with connected(to) as connection:
            while left:
                name = left.pop(0)
                if not _is_led(connection, name):
                    leaderless.append(name)
                    break
    return leaderless


def _is_led(connection: Any, name: str) -> bool:
    """Whether a queue answers, with a refusal: what has a single active consumer gives nothing to who asks by hand."""
    try:
        connection.channel().basic_get(name)
    except ResourceLocked:
        return True
    except (InternalError, TimeoutError):
        return False
    return True


def delete_queues(to: Connection, namespace: str, consumer: str, upstream: str) -> None:
    """Takes the queues away: what was not consumed is pulled from the upstream's log later."""
    with connected(to) as connection:
        connection.transport.sock.settimeout(DELETE_SECONDS)
        channel = connection.channel()
        for partition in range(PARTITIONS):
            channel.queue_delete(queue_name(namespace, consumer, upstream, partition))


def arguments(namespace: str) -> dict[str, Any]:
    """What every queue is declared with."""
    return {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": dead_letters(namespace),
    }


def audit(connection: Connection, namespace: str, consumers: Consumers) -> None:
    """Raises a BrokerRefused where a queue or a route is not as `declare` makes it; changes nothing."""
    with connected(connection) as opened:
        for exchange in (namespace, dead_letters(namespace)):
            _audit_exchange(opened, exchange)
        for consumer, upstream in pairs_of(consumers):
            for partition in range(PARTITIONS):
                _audit_queue(opened, namespace, queue_name(namespace, consumer, upstream, partition))
        unbound = _unbound(opened, namespace, sorted({upstream for _, upstream in pairs_of(consumers)}))
    if unbound:
        raise UnboundRoute(f"what is published as {', '.join(unbound)} reaches no queue: {_REMEDY}")


_REMEDY = "run `shouwang up` or declare the topology again; what is missing is pulled from the logs"


def pairs_of(consumers: Consumers) -> list[tuple[str, str]]:
    """Every consumer with every upstream that it consumes."""
    return [(consumer, upstream) for consumer, upstreams in consumers.items() for upstream in upstreams]


def _audit_exchange(connection: Any, name: str) -> None:
    try:
        connection.channel().exchange_declare(name, "topic", passive=True)
    except NotFound as error:
        raise MissingExchange(f"the exchange {name} is not there: {_REMEDY}") from error


def _audit_queue(connection: Any, namespace: str, name: str) -> None:
    """Asks first whether it is there, since declaring it with its arguments would make it."""
    channel = connection.channel()
    try:
        channel.queue_declare(name, passive=True)
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments(namespace))
    except NotFound as error:
        raise MissingQueue(f"the queue {name} is not there: {_REMEDY}") from error
    except PreconditionFailed as error:
        raise _other_arguments(name, error) from error
    channel.close()
    if not _is_led(connection, name):
        raise MissingQueue(f"the queue {name} has no leader, and answers nobody: {_REMEDY}")


def _other_arguments(name: str, error: Exception) -> OtherArguments:
    advice = "delete that queue and declare the topology again; what it held is pulled from the logs"
    return OtherArguments(f"the queue {name} was made otherwise: {advice} ({error})")


def _unbound(connection: Any, namespace: str, upstreams: Iterable[str]) -> list[str]:
    """The routes on which a probe comes back; consumers pass over those that arrive."""
    channel = connection.channel()
    channel.confirm_select()
    returned: list[str] = []
    confirmed = [0]

    def came_back(_: Exception, __: str, key: str, ___: Message) -> None:
        returned.append(key)

    def confirm(tag: int, _: object) -> None:
        confirmed.append(tag)

    channel.events["basic_return"].add(came_back)
    channel.events["basic_ack"].add(confirm)
    keys = [f"{upstream}.probe.{partition}" for upstream in upstreams for partition in range(PARTITIONS)]
    for key in keys:
        channel.basic_publish(Message("", type=PROBE), namespace, key, mandatory=True)
    until = monotonic() + PATIENCE_SECONDS
    while max(confirmed) < len(keys):
        try:
            connection.drain_events(timeout=max(0.01, until - monotonic()))
        except TimeoutError as error:
            raise Silent(f"no confirmation within {PATIENCE_SECONDS} s: look for an alarm") from error
    return returned
