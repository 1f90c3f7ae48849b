"""Positions are in commit order: who follows the log misses nothing, however many write."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from services.chassis.log.event_log import EventLog, LostRace
from tests.integration.postgres.tally import Tally, add

WRITERS, UNITS = 8, 40


def write(log: EventLog, writer: int) -> None:
    """Units of one to three events, some of which fail and leave gaps in the numbers."""
    for number in range(UNITS):
        with log.unit() as unit:
            tally = unit.add(Tally())
            for _ in range((writer + number) % 3):
                add(tally, 1)
        if number % 10 == 0:
            with suppress(LostRace), log.unit() as failing:
                failing.add(add(Tally(), 1))
                failing.reached("upstream", 0, 1)


def follow(log: EventLog, is_over: threading.Event) -> list[int]:
    """The positions in the order in which a follower sees them; asks once more after all is written."""
    seen: list[int] = []
    while True:
        last_time = is_over.is_set()
        while found := log.events(seen[-1] if seen else 0, 7):
            seen += [one.position for one in found]
        if last_time:
            return seen


def test_a_follower_misses_no_event_of_eight_writers_at_once(another: Callable[[], EventLog]):
    is_over = threading.Event()
    logs = [another() for _ in range(WRITERS)]
    reader = another()
    with ThreadPoolExecutor(WRITERS + 1) as pool:
        following = pool.submit(follow, reader, is_over)
        for done in [pool.submit(write, log, number) for number, log in enumerate(logs)]:
            done.result()
        is_over.set()
        seen = following.result()
    kept = [row["notification_id"] for row in reader.query("SELECT notification_id FROM stored_events")]
    assert seen == sorted(kept)
    assert len(kept) >= WRITERS * UNITS
    assert max(kept) > len(kept)


def test_threads_of_one_process_share_its_connections(log: EventLog):
    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(write, log, number) for number in range(WRITERS)]:
            done.result()
    numbers = log.query(
        "SELECT COUNT(*) AS events, COUNT(DISTINCT originator_id) AS tallies FROM stored_events"
    )[0]
    totals = log.query("SELECT COUNT(*) AS tallies, MAX(last) AS last FROM totals")[0]
    assert (totals["tallies"], totals["last"]) == (numbers["tallies"], log.size())
