"""The queues are there before anything is told; whoever starts without them says which, why, and what to do."""

from time import monotonic

import pytest
from kombu import Connection

from services.chassis.messaging.amqp import (
    HEARTBEAT_SECONDS,
    MissingExchange,
    MissingQueue,
    OtherArguments,
    Silent,
    UnboundRoute,
    arguments,
    audit,
    connected,
    declare,
)
from services.servers.rabbit import Rabbit

CONSUMERS = {"visits": ("registry",), "risk": ("registry", "visits")}


def test_what_was_declared_passes_and_may_be_declared_again(connection: Connection, namespace: str):
    declare(connection, namespace, CONSUMERS)
    declare(connection, namespace, CONSUMERS)
    audit(connection, namespace, CONSUMERS)


def test_a_township_that_was_never_declared_is_refused(connection: Connection, namespace: str):
    with pytest.raises(MissingExchange, match=rf"{namespace} is not there: .*declare"):
        audit(connection, namespace, CONSUMERS)


def test_a_deleted_queue_is_named_and_declared_again(connection: Connection, namespace: str):
    declare(connection, namespace, CONSUMERS)
    with connected(connection) as made:
        made.channel().queue_delete(f"{namespace}.risk.visits.5")
    with pytest.raises(MissingQueue, match=rf"{namespace}\.risk\.visits\.5 is not there: .*declare"):
        audit(connection, namespace, CONSUMERS)
    declare(connection, namespace, CONSUMERS)
    audit(connection, namespace, CONSUMERS)


@pytest.mark.parametrize(
    "missing", ["x-delivery-limit", "x-dead-letter-exchange", "x-single-active-consumer", "x-queue-type"]
)
def test_a_queue_that_was_made_otherwise_is_named(connection: Connection, namespace: str, missing: str):
    declare(connection, namespace, CONSUMERS)
    name = f"{namespace}.visits.registry.2"
    others = {key: value for key, value in arguments(namespace).items() if key != missing}
    with connected(connection) as made:
        channel = made.channel()
        channel.queue_delete(name)
        if missing == "x-queue-type":
            del others["x-delivery-limit"]
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=others)
    with pytest.raises(OtherArguments, match=rf"{name} was made otherwise: delete that queue"):
        audit(connection, namespace, CONSUMERS)
    with pytest.raises(OtherArguments, match=name):
        declare(connection, namespace, CONSUMERS)


def test_a_route_that_reaches_no_queue_is_named(connection: Connection, namespace: str):
    declare(connection, namespace, CONSUMERS)
    with connected(connection) as made:
        made.channel().queue_unbind(f"{namespace}.risk.visits.6", namespace, "visits.*.6")
    with pytest.raises(UnboundRoute, match=r"visits\.probe\.6 reaches no queue"):
        audit(connection, namespace, CONSUMERS)
    declare(connection, namespace, CONSUMERS)
    audit(connection, namespace, CONSUMERS)


def test_under_an_alarm_the_audit_says_so_in_bounded_time(
    connection: Connection, namespace: str, rabbit: Rabbit
):
    declare(connection, namespace, CONSUMERS)
    rabbit.ctl("set_vm_memory_high_watermark", "0.0001")
    began = monotonic()
    try:
        with pytest.raises(Silent, match="alarm"):
            audit(connection, namespace, CONSUMERS)
    finally:
        rabbit.ctl("set_vm_memory_high_watermark", "0.4")
    assert monotonic() - began < 3 * HEARTBEAT_SECONDS
