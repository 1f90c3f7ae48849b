"""What its hearer does not know the type of: stored seldom, and never lost, doubled or out of order for it."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid5

import pytest
from eventsourcing.domain import Aggregate
from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import Envelope
from services.chassis.log.event_log import EventLog, LostRace
from services.chassis.log.recorder import SQLiteRecorder
from services.chassis.log.unit import Unit
from services.chassis.messaging import positions
from services.chassis.messaging.inbox import Inbox

AT = datetime(2024, 1, 1, 9, tzinfo=UTC)
NOTES = UUID(int=7)
LONG = 10_000.0
HEARER: Any = SimpleNamespace(types={"up.Said"}, needs=lambda _: ())


class Heard(Aggregate):
    def __init__(self, part: int) -> None:
        self.part = part
        self.places: list[int] = []

    @staticmethod
    def create_id(part: int) -> UUID:
        return uuid5(NOTES, str(part))

    class Noted(Aggregate.Event):
        place: int

        def apply(self, aggregate: "Heard") -> None:
            aggregate.places.append(self.place)


def note(unit: Unit, envelope: Envelope) -> None:
    part = envelope.partition
    heard = unit.get(Heard, Heard.create_id(part)) or unit.add(Heard(part=part))
    heard.trigger_event(Heard.Noted, timestamp=AT, place=envelope.position)


class Upstream:
    """Tells events of two partitions, some of a type that nobody hears."""

    def __init__(self, kinds: Iterable[bool]) -> None:
        self.told: list[Envelope] = []
        self.pulls = 0
        for position, is_heard in enumerate(kinds, 1):
            part = position % 2
            before = [one.position for one in self.told if one.partition == part]
            self.told.append(
                Envelope(
                    id=f"up/{position}",
                    source="/up",
                    type="up.Said" if is_heard else "up.Hummed",
                    subject="wang",
                    time=AT,
                    partition=part,
                    position=position,
                    previous=before[-1] if before else 0,
                    correlation="",
                    causation="",
                    data={},
                )
            )

    def pull(self, partition: int, after: int) -> list[Envelope]:
        self.pulls += 1
        return [one for one in self.told if one.partition == partition and one.position > after]

    def expected(self) -> dict[int, list[int]]:
        return {
            part: [one.position for one in self.told if one.partition == part and one.type == "up.Said"]
            for part in (0, 1)
        }

    def ends(self) -> list[int]:
        return [
            max((one.position for one in self.told if one.partition == part), default=0) for part in (0, 1)
        ]


def open_log(path: Path | str = ":memory:") -> EventLog:
    return EventLog(SQLiteRecorder(str(path), ()))


def worker(log: EventLog, upstream: Upstream, patience: float = LONG) -> Inbox:
    return Inbox("up", log, note, upstream.pull, HEARER, patience=patience)


def heard(log: EventLog) -> dict[int, list[int]]:
    found = {part: log.load(Heard, Heard.create_id(part)) for part in (0, 1)}
    return {part: held.places if held else [] for part, held in found.items()}


def stored(log: EventLog) -> list[int]:
    return [log.position("up", part) for part in (0, 1)]


def test_what_nobody_hears_is_passed_over_and_not_stored_at_once():
    log, upstream = open_log(), Upstream([False] * 20)
    inbox = worker(log, upstream)
    assert inbox.take(upstream.told) == 20
    assert (stored(log), inbox.is_stored()) == ([0, 0], False)
    inbox.store()
    assert (stored(log), inbox.is_stored()) == (upstream.ends(), True)
    assert inbox.take(upstream.told) == 0


def test_where_nothing_may_wait_it_is_stored_with_its_batch():
    log, upstream = open_log(), Upstream([False] * 20)
    worker(log, upstream, patience=0).take(upstream.told)
    assert stored(log) == upstream.ends()


def test_much_of_it_is_stored_before_its_time(monkeypatch):
    monkeypatch.setattr(positions, "LONGEST_PASSED", 5)
    log, upstream = open_log(), Upstream([False] * 6)
    inbox = worker(log, upstream)
    inbox.take(upstream.told[:4])
    assert not inbox.is_stored()
    inbox.take(upstream.told[4:])
    assert stored(log) == upstream.ends()


def test_what_is_heard_stores_what_was_passed_over_before_it_in_every_partition():
    log, upstream = open_log(), Upstream([False] * 9 + [True])
    inbox = worker(log, upstream)
    inbox.take(upstream.told[:9])
    inbox.take(upstream.told[9:])
    assert (stored(log), inbox.is_stored()) == (upstream.ends(), True)
    assert upstream.pulls == 0


def test_a_worker_that_crashed_before_it_was_stored_finds_what_is_missing_and_passes_over_it_again():
    log, upstream = open_log(), Upstream([False] * 9 + [True])
    worker(log, upstream).take(upstream.told[:9])
    again = worker(log, upstream)
    again.take(upstream.told[9:])
    assert heard(log) == upstream.expected()
    assert again.healed > 0


def test_what_another_worker_stored_meanwhile_is_not_taken_back(tmp_path: Path):
    upstream = Upstream([False, False, True, True, False, False])
    slow, fast = (worker(open_log(tmp_path / "down.db"), upstream) for _ in range(2))
    slow.take(upstream.told[:2])
    fast.take(upstream.told)
    fast.store()
    slow.store()
    assert stored(slow._log) == upstream.ends()
    assert slow.take(upstream.told) == 0
    assert heard(slow._log) == upstream.expected()


def test_nothing_that_nobody_hears_waits_behind_what_is_parked():
    log, upstream = open_log(), Upstream([True, False, False, False, True])

    def fail(_: Unit, envelope: Envelope) -> None:
        raise ValueError(envelope.id)

    inbox = Inbox("up", log, fail, upstream.pull, HEARER)
    inbox.take(upstream.told)
    assert [row["position"] for row in log.query("SELECT position FROM parked ORDER BY position")] == [1, 5]
    assert stored(log) == upstream.ends()


def test_only_what_has_an_effect_stirs():
    stirred: list[int] = []
    log, upstream = open_log(), Upstream([False, False, True, False])
    inbox = Inbox("up", log, note, upstream.pull, HEARER, on_effect=lambda: stirred.append(log.size()))
    for envelope in upstream.told:
        inbox.take([envelope])
    assert len(stirred) == 1


@given(
    st.randoms(use_true_random=False),
    st.lists(st.booleans(), max_size=60),
    st.integers(1, 15),
    st.sampled_from([0.0, LONG]),
)
def test_whatever_is_lost_doubled_muddled_or_crashes_between_every_effect_is_had_once_and_in_order(
    chance: random.Random, kinds: list[bool], size: int, patience: float
):
    """Two workers on one log, each of which may be replaced by a new one that knows nothing."""
    log, upstream = open_log(), Upstream(kinds)
    workers = [worker(log, upstream, patience) for _ in range(2)]
    told = [one for one in upstream.told for _ in range(chance.choice([0, 1, 1, 2]))]
    if chance.random() < 0.5:
        chance.shuffle(told)
    for begin in range(0, len(told), size):
        at = chance.randrange(2)
        if chance.random() < 0.2:
            workers[at] = worker(log, upstream, patience)
        workers[at].take(told[begin : begin + size])
        if chance.random() < 0.2:
            workers[chance.randrange(2)].store()
    for one in workers:
        one.catch_up()
        one.store()
    assert heard(log) == upstream.expected()
    assert stored(log) == upstream.ends()


def test_positions_that_cannot_be_stored_now_are_stored_later(monkeypatch):
    log, upstream = open_log(), Upstream([False] * 4)
    inbox = worker(log, upstream)
    inbox.take(upstream.told)

    def lose(*_: object) -> None:
        raise LostRace

    with monkeypatch.context() as losing:
        losing.setattr(inbox, "_move", lose)
        inbox.store()
    assert stored(log) == [0, 0]
    inbox.store()
    assert stored(log) == upstream.ends()


def test_a_gap_that_cannot_be_filled_keeps_its_message_and_the_rest_goes_on(
    capsys: pytest.CaptureFixture[str],
):
    log, upstream = open_log(), Upstream([True] * 6)
    inbox = worker(log, upstream)
    invented = upstream.told[0].model_copy(update={"position": 9_999, "previous": 9_998})
    assert inbox.take([*upstream.told[:3], invented]) == 3
    assert inbox.take(upstream.told[3:]) == 3
    assert heard(log) == upstream.expected()
    assert stored(log) == upstream.ends()
    (kept,) = log.query("SELECT * FROM parked")
    assert Envelope.model_validate_json(kept["body"]) == invented
    assert kept["error"].startswith("GapNotHealed")
    assert "unreadable" in capsys.readouterr().out
