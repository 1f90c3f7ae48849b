"""Exactly one effect, in order, whatever broker and workers do: the queue is a wake-up, the log is the truth."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic, sleep
from types import SimpleNamespace

import pytest
from eventsourcing.persistence import OperationalError

from contracts.envelope import Envelope
from services.chassis.log.event_log import LostRace
from services.chassis.messaging import consuming
from services.chassis.messaging import queues as subscription
from services.chassis.messaging.amqp import DELIVERY_LIMIT, audit, connected, dead_letters
from services.chassis.messaging.inbox import Inbox
from services.chassis.messaging.publisher import route_of
from services.servers.rabbit import Rabbit
from tests.integration.rabbit.pair import CONSUMERS, Pair, until


def bodies(envelopes: list[Envelope]) -> list[tuple[str, bytes]]:
    return [(route_of(one), one.model_dump_json().encode()) for one in envelopes]


def counts(pair: Pair) -> dict[str, int]:
    """How many messages wait in each queue, those in a worker's hand not counted."""
    names = [f"{pair.broker.namespace}.down.up.{partition}" for partition in range(8)]
    names.append(dead_letters(pair.broker.namespace))
    with connected(pair.broker.connection) as made:
        channel = made.channel()
        return {name: channel.queue_declare(name, passive=True).message_count for name in names}


def test_messages_doubled_lost_and_out_of_order_have_one_effect_in_order(pair: Pair):
    pair.say(200)
    told = pair.relay.envelopes_of(pair.up.events(0))
    chance = random.Random(7)
    muddled = [one for one in told for _ in range(chance.choice([0, 1, 1, 3]))]
    chance.shuffle(muddled)
    pair.publish(bodies(muddled))
    pair.hear()
    assert pair.inbox.taken == 200


def test_a_message_that_comes_a_hundred_times_has_one_effect(pair: Pair):
    pair.say(10)
    pair.publish(bodies(pair.relay.envelopes_of(pair.up.events(0))) * 100)
    pair.hear()
    until(lambda: pair.subscription.step() == 0 and pair.subscription.fetch() is None, 10)
    assert pair.inbox.taken == 10


def test_garbage_and_a_newer_envelope_are_kept_with_their_bytes_and_the_rest_goes_on(pair: Pair):
    pair.say(20)
    pair.subscription.step()
    told = pair.relay.envelopes_of(pair.up.events(0))
    newer = told[4].model_dump_json().replace('"specversion":"1.0"', '"specversion":"2.0"').encode()
    mixed = [
        *bodies(told[:4]),
        (route_of(told[4]), newer),
        ("up.Said.2", b"\xff\x00garbage"),
        *bodies(told[5:]),
    ]
    pair.publish(mixed)
    until(lambda: pair.subscription.step() >= 0 and pair.inbox.taken >= 19, 10)
    pair.inbox.catch_up()
    assert pair.is_heard()
    assert {row.body for row in pair.parked.list()} == {newer, b"\xff\x00garbage"}
    pair.subscription.close()
    assert sum(counts(pair).values()) == 0


def test_a_message_whose_handler_raises_is_parked_and_acknowledged_and_other_subjects_go_on(pair: Pair):
    pair.raises = {7: RuntimeError("a rule that does not fit")}
    pair.say(100)
    pair.tell()
    until(lambda: pair.subscription.step() >= 0 and pair.inbox.taken >= 97, 10)
    waiting = pair.parked.list()
    assert [row.error for row in waiting] == ["RuntimeError: a rule that does not fit", "", ""]
    pair.subscription.close()
    until(lambda: sum(counts(pair).values()) == 0, 5)
    pair.raises = {}
    assert pair.parked.retry(waiting[1].id) == 3
    assert pair.is_heard()


def test_while_the_database_is_away_the_batch_stays_in_hand_and_is_not_given_up_by_the_broker(pair: Pair):
    pair.say(50)
    pair.tell()
    pair.raises = {20: OperationalError("away")}
    for _ in range(DELIVERY_LIMIT + 5):
        batch = pair.subscription.fetch()
        if batch is not None:
            with pytest.raises(OperationalError):
                batch.take()
            batch.give_back()
    assert pair.parked.list() == []
    pair.raises = {}
    pair.hear()
    assert pair.inbox.redelivered == 0
    assert counts(pair)[dead_letters(pair.broker.namespace)] == 0


def test_what_was_recorded_and_not_acknowledged_comes_again_and_is_ignored(pair: Pair):
    pair.say(50)
    pair.tell()
    until(lambda: len(pair.subscription._queues._queues.fetch(500)) == 50, 10)
    pair.inbox.catch_up()
    pair.subscription.close()
    pair.subscription._queues._queues._not_before = 0.0
    until(lambda: pair.subscription.step() == 0 and pair.inbox.redelivered == 50, 10)
    assert pair.is_heard()
    assert pair.inbox.taken == 50


def test_a_queue_that_is_deleted_under_a_worker_is_there_again_and_what_it_held_is_pulled(pair: Pair):
    pair.say(20)
    pair.tell()
    pair.hear()
    with connected(pair.broker.connection) as made:
        for partition in range(8):
            made.channel().queue_delete(f"{pair.broker.namespace}.down.up.{partition}")
    pair.say(20)
    pair.go_on()
    audit(pair.broker.connection, pair.broker.namespace, CONSUMERS)


def test_a_wiped_broker_loses_nothing(pair: Pair, rabbit: Rabbit):
    pair.say(300)
    pair.tell()
    pair.subscription.step()
    rabbit.wipe()
    pair.say(20)
    pair.go_on()
    audit(pair.broker.connection, pair.broker.namespace, CONSUMERS)


def test_what_is_published_nowhere_is_pulled_when_nothing_came_for_a_while(pair: Pair, monkeypatch):
    pair.subscription.step()
    pair.say(5)
    pair.relay.envelopes_of(pair.up.events(0))
    assert pair.subscription.step() == 0
    monkeypatch.setattr(subscription, "IDLE_SECONDS", 0.0)
    assert pair.subscription.step() == 5
    assert pair.is_heard()


def test_two_workers_share_the_partitions_and_one_takes_over_from_the_other(
    pair_of: Callable[..., Pair], monkeypatch
):
    monkeypatch.setattr(consuming, "SHARE_SECONDS", 0.2)
    pair = pair_of(workers=2)
    first, second = pair.subscription, pair.worker()
    first.step()
    second.step()
    begun = monotonic()
    while second.inbox.taken < 100:
        assert monotonic() - begun < 20
        pair.say(40)
        pair.tell()
        first.step()
        second.step()
    pair.hear()
    assert first.inbox.taken + second.inbox.taken == pair.count
    first.close()
    pair.subscriptions.remove(first)
    before = second.inbox.taken
    pair.say(200)
    pair.tell()
    pair.hear()
    assert second.inbox.taken - before == 200


def test_a_worker_that_wakes_up_with_a_batch_that_another_one_took_meanwhile_has_no_effect(pair: Pair):
    pair.say(100)
    pair.tell()
    until(lambda: len(pair.subscription._queues._queues.fetch(500)) == 100, 10)
    asleep = pair.subscription.fetch()
    second = pair.worker()
    second.step()
    pair.subscription.close()
    until(lambda: second.step() >= 0 and second.inbox.position(3) > 0 and pair.is_heard(), 10)
    assert asleep.take() == 0
    assert pair.is_heard()


def test_workers_that_both_believe_to_be_the_active_one_bring_every_effect_once(pair: Pair):
    """What a broker cannot rule out: a paused worker goes on while another one has its partitions."""
    pair.say(400)
    told = pair.relay.envelopes_of(pair.up.events(0))
    inboxes = [pair.worker().inbox for _ in range(3)]

    def work(inbox: Inbox, chance: random.Random) -> None:
        place = 0
        while place < len(told):
            size = chance.randint(1, 60)
            with suppress(LostRace, OperationalError):
                inbox.take(told[max(0, place - 20) : place + size])
                place += size

    with ThreadPoolExecutor(3) as workers:
        done = [workers.submit(work, one, random.Random(n)) for n, one in enumerate(inboxes)]
    assert [one.result() for one in done] == [None] * 3
    assert pair.is_heard()
    assert sum(one.taken for one in inboxes) <= 400


def test_the_broker_keeps_a_worker_whose_handler_takes_long_as_long_as_it_beats(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(consuming, "HEARTBEAT_SECONDS", 1)
    pair.say(20)
    pair.tell()
    until(lambda: len(pair.subscription._queues._queues.fetch(500)) == 20, 10)
    batch = pair.subscription.fetch()
    ends = monotonic() + 5
    while monotonic() < ends:
        pair.subscription.beat()
        sleep(0.25)
    batch.take()
    pair.hear()
    assert pair.subscription._queues._queues.connections == 1
    assert pair.inbox.redelivered == 0


def test_what_nobody_hears_is_acknowledged_when_it_is_stored_and_comes_again_before_that(pair: Pair):
    pair.inbox._dispatcher = SimpleNamespace(types=frozenset(), needs=lambda _: ())
    pair.subscription.step()
    pair.inbox._patience = 1000.0
    pair.say(40)
    pair.tell()
    until(lambda: pair.subscription.step() >= 0 and pair.inbox.taken == 40, 10)
    assert pair.down.position("up", 1) == 0
    pair.subscription.close()
    until(lambda: sum(counts(pair).values()) == 40, 10)
    pair.subscription._queues._queues._not_before = 0.0
    until(lambda: pair.subscription.step() >= 0 and pair.inbox.redelivered == 40, 10)
    assert pair.inbox.taken == 40
    pair.inbox._patience = 0.0
    until(lambda: pair.subscription.step() >= 0 and pair.inbox.is_stored(), 10)
    assert [pair.down.position("up", part) for part in range(8)] == [
        max(one.position for one in pair.told() if one.partition == part) for part in range(8)
    ]
    pair.subscription.close()
    until(lambda: sum(counts(pair).values()) == 0, 10)
