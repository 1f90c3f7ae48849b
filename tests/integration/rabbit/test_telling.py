"""The relay's position moves over what is confirmed and in a queue, and over nothing else."""

import threading
from collections.abc import Callable
from time import monotonic, perf_counter, sleep

from services.chassis.messaging.amqp import Broker, connected
from services.chassis.messaging.publisher import WindowPublisher
from services.chassis.messaging.relay import Relay
from services.servers.rabbit import Rabbit
from tests.integration.rabbit.pair import Pair, translate, until


def test_what_is_told_is_heard_in_order_and_at_what_rate(pair: Pair):
    for _ in range(20):
        pair.say(500)
    envelopes = pair.relay.envelopes_of(pair.up.events(0, 20_000))
    publisher = WindowPublisher(pair.broker, "up")
    began = perf_counter()
    assert publisher.publish(envelopes) == len(envelopes) == 10_000
    published = perf_counter()
    pair.tell()
    told = perf_counter()
    pair.hear()
    heard = perf_counter()
    publisher.close()
    assert pair.inbox.taken == pair.relay.published_events == 10_000
    rates = [f"{10_000 / spent:,.0f}/s" for spent in (published - began, told - published, heard - told)]
    print("\npublished in windows, told from the log, queue to applied:", *rates)  # noqa: T201 - for who runs it


def test_the_position_stops_before_what_no_queue_wants_and_the_missing_binding_is_made_again(pair: Pair):
    pair.say(100)
    with connected(pair.broker.connection) as made:
        made.channel().queue_unbind(f"{pair.broker.namespace}.down.up.3", pair.broker.namespace, "up.*.3")
    pair.relay.step()
    first = next(one for one in pair.told() if one.partition == 3)
    assert pair.relay.unroutable > 0
    assert pair.up.relayed() < first.position
    assert pair.relay.has_unpublished()
    pair.tell()
    pair.hear()


def test_queues_that_were_deleted_are_made_again_and_all_of_it_is_heard(pair: Pair):
    pair.delete_queues()
    pair.say(100)
    pair.go_on()
    assert pair.relay.unroutable > 0


def test_an_exchange_that_was_deleted_is_made_again_and_all_of_it_is_heard(pair: Pair):
    pair.say(10)
    pair.go_on()
    with connected(pair.broker.connection) as made:
        made.channel().exchange_delete(pair.broker.namespace)
    pair.say(100)
    pair.go_on()


def test_where_nothing_can_be_made_again_one_message_is_tried_and_not_the_whole_window(pair: Pair):
    """A relay that is not told who hears cannot make their queues."""
    pair.delete_queues()
    pair.say(100)
    relay = Relay("up", pair.up, translate, Broker(pair.broker.connection, pair.broker.namespace))
    until(lambda: relay.step() == 0 and relay.unroutable > 0, 5)
    first = relay.unroutable
    end = monotonic() + 2
    while monotonic() < end:
        relay.step()
    assert 1 <= relay.unroutable - first < 20
    relay.close()


def test_what_nobody_hears_needs_no_queue(pair: Pair):
    pair.delete_queues()
    broker = Broker(pair.broker.connection, pair.broker.namespace, {"down": ("another",)})
    relay = Relay("up", pair.up, translate, broker)
    pair.say(50)
    assert relay.step() == 90
    assert relay.unroutable == 0
    relay.close()


def test_what_a_full_queue_refuses_is_not_stepped_over(pair: Pair):
    name, namespace = f"{pair.broker.namespace}.narrow", pair.broker.namespace
    limits = {"x-max-length": 3, "x-overflow": "reject-publish"}
    with connected(pair.broker.connection) as made:
        channel = made.channel()
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=limits)
        channel.queue_bind(name, namespace, "up.*.3")
        pair.say(200)
        pair.relay.step()
        refused = [one for one in pair.told() if one.partition == 3][3]
        assert 0 < pair.up.relayed() < refused.position
        channel.queue_delete(name)
    pair.tell()
    pair.hear()


def test_a_broker_that_dies_in_mid_window_and_comes_back_has_lost_and_doubled_nothing(
    pair: Pair, rabbit: Rabbit
):
    for _ in range(10):
        pair.say(500)
    pair.subscription.step()
    killer = threading.Timer(0.15, rabbit.kill)
    killer.start()
    while killer.is_alive():
        pair.relay.step()
    killer.join()
    assert pair.up.relayed() < pair.up.size()
    began = monotonic()
    assert pair.relay.step() == 0
    assert monotonic() - began < 2
    rabbit.start()
    pair.go_on()


def test_under_a_memory_alarm_publishing_returns_in_bounded_time(
    pair_of: Callable[..., Pair], rabbit: Rabbit
):
    pair = pair_of()
    pair.relay._publisher._confirm_seconds = 2.0
    pair.say(1000)
    assert pair.relay.step() > 0
    rabbit.ctl("set_vm_memory_high_watermark", "0.0001")
    try:
        position = pair.up.relayed()
        for _ in range(3):
            began = monotonic()
            assert pair.relay.step() == 0
            assert monotonic() - began < 3
            sleep(0.3)
        assert pair.up.relayed() == position
    finally:
        rabbit.ctl("set_vm_memory_high_watermark", "0.4")
    pair.tell()
    pair.hear()


def test_a_connection_closed_by_the_broker_while_nothing_was_told_costs_nothing(pair: Pair, rabbit: Rabbit):
    pair.say(10)
    pair.tell()
    rabbit.ctl("close_all_connections", "maintenance")
    pair.say(10)
    assert pair.relay.step() == 10
    pair.hear()
