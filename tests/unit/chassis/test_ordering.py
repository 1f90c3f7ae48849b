"""Hearing several upstreams: in the order of time, all of it, and with an end though they never fall silent."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from contracts.catalogue import PARTITIONS
from contracts.envelope import Envelope
from services.chassis.messaging.inbox import FULL_ANSWER
from services.chassis.messaging.ordering import LONGEST_RUN, catch_up, in_order, take_in_order

AT = datetime(2024, 1, 1, tzinfo=UTC)
MOST_QUESTIONS = 100 * PARTITIONS


class Restless(AssertionError):
    """It went on asking."""


def envelope(upstream: str, position: int, second: int) -> Envelope:
    return Envelope(
        id=f"{upstream}/{position}",
        source=f"/{upstream}",
        type=f"{upstream}.Said",
        subject="wang",
        time=AT + timedelta(seconds=second),
        partition=0,
        position=position,
        previous=position - 1,
        correlation="",
        causation="",
        data={},
    )


class Heard:
    """Stands in for an inbox of which only one partition is ever told; what it takes goes into one common list."""

    def __init__(self, told: list[Envelope], heard: list[str], *, is_busy: bool = False) -> None:
        self._told = told
        self._heard = heard
        self._is_busy = is_busy
        self._asked = 0
        self.is_ending = False

    def pull_next(self, partition: int) -> list[Envelope]:
        self._asked += 1
        if self._asked > MOST_QUESTIONS:
            raise Restless
        if partition:
            return []
        if self._is_busy:
            self._told.append(envelope("busy", 10_000 + self._asked, self._asked))
        return self._told[:FULL_ANSWER]

    def take(self, batch: Iterable[Envelope]) -> int:
        held = list(batch)
        self._heard += [one.id for one in held]
        self._told = [one for one in self._told if one not in held]
        return len(held)

    def retry_parked(self) -> int:
        return 0


def test_under_a_load_that_never_ends_a_catch_up_ends():
    heard: list[str] = []
    assert catch_up([Heard([], heard, is_busy=True)]) == 1


def test_more_than_one_answer_holds_is_all_heard():
    heard: list[str] = []
    told = [envelope("up", number, number) for number in range(1, 2 * FULL_ANSWER + 8)]
    assert catch_up([Heard(told, heard)]) == 2 * FULL_ANSWER + 7
    assert heard == [f"up/{number}" for number in range(1, 2 * FULL_ANSWER + 8)]


def test_beyond_the_end_of_a_full_answer_the_other_upstream_waits_its_turn():
    heard: list[str] = []
    long = [envelope("long", number, number) for number in range(1, FULL_ANSWER + 11)]
    late = FULL_ANSWER + 5
    catch_up([Heard(long, heard), Heard([envelope("late", 1, late)], heard)])
    assert heard.index("late/1") == heard.index(f"long/{late}") + 1


def test_time_that_went_back_does_not_turn_a_partition_round():
    told = [envelope("up", 1, 50), envelope("up", 2, 10)]
    assert [place[3].position for place in in_order([(0, told)])] == [1, 2]


def test_a_catch_up_ends_at_its_next_step_where_its_worker_is_to_end():
    heard: list[str] = []
    told = [envelope("up", number, number) for number in range(1, 2 * FULL_ANSWER + 8)]
    inbox = Heard(told, heard)

    def take(batch: Iterable[Envelope]) -> int:
        inbox.is_ending = True
        return Heard.take(inbox, batch)

    inbox.take = take
    assert catch_up([inbox]) == LONGEST_RUN
    assert len(heard) == LONGEST_RUN


def test_no_transaction_holds_more_than_a_run():
    heard: list[str] = []
    sizes: list[int] = []
    told = [envelope("up", number, 1) for number in range(1, FULL_ANSWER)]
    inbox = Heard(told, heard)

    def take(batch: list[Envelope]) -> int:
        sizes.append(len(batch))
        return Heard.take(inbox, batch)

    inbox.take = take
    twice = [*in_order([(0, told)]), *in_order([(0, told)])]
    take_in_order([inbox], twice)
    assert sizes == [LONGEST_RUN, 2 * (FULL_ANSWER - 1) - LONGEST_RUN]
