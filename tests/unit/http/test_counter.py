"""The counter: bounded; one transaction for what waits; trouble is each command's own; what is unknown is told so."""

import random
import threading
from collections import Counter as Tally
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError
from litestar.testing import TestClient

from services.chassis.clock import SetClock
from services.chassis.commands.command import Answer, Asked, Desk, Outcome
from services.chassis.commands.group_commit import (
    Broken,
    Contended,
    Counter,
    CounterClosed,
    CounterFull,
    NotAnswered,
    OutcomeUnknown,
)
from services.chassis.http.app import build_app
from services.chassis.http.office import Office
from services.chassis.log.event_log import EventLog, LostRace
from services.house.house import House, opened
from services.house.settings import Settings
from services.visits.commands import RecordVisit
from tests.unit.http.conftest import FACES
from tests.unit.http.village import NOW, TOKEN, http_settings, people, visit

KEYS = [f"V{number}" for number in range(10)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(Settings(data=tmp_path)) as made:
        people(made, 10)
        yield made


def asked(number: int, elder: str = "E000", **given) -> Asked:
    return Asked(RecordVisit.model_validate(visit(number, elder, **given), strict=False), NOW)


def desk_of(house: House):
    service = house.services["visits"]
    return Desk(service.log, service.application.decisions, service.application.needs)


def recorded(log: EventLog) -> Tally:
    events = [one.event for one in log.events(0, 10**6)]
    return Tally(one.visit for one in events if type(one).__name__ == "VisitRecorded")


class Rigged:
    """A desk that can be held up, and that goes wrong where the test says so."""

    def __init__(self, desk) -> None:
        self.desk = desk
        self.go = threading.Event()
        self.go.set()
        self.batches: list[int] = []
        self.trouble: dict[str, Exception] = {}
        self.lost_replies: list[Exception] = []

    def take_many(self, asked: Sequence[Asked]) -> list[Answer]:
        assert self.go.wait(20)
        self.batches.append(len(asked))
        for one in asked:
            if one.command.key in self.trouble:
                raise self.trouble[one.command.key]
        answers = self.desk.take_many(asked)
        if self.lost_replies:
            raise self.lost_replies.pop()
        return answers


@pytest.fixture
def desk(house: House) -> Rigged:
    return Rigged(desk_of(house))


@pytest.fixture
def counter(desk: Rigged) -> Iterator[Counter]:
    made = Counter(desk, capacity=10, batch=200)
    made.start()
    yield made
    desk.go.set()
    made.close()


def hand_in(counter: Counter, desk: Rigged, commands: list[Asked]) -> list:
    """All in one batch: the desk is held up by the first until they all wait."""
    desk.go.clear()
    first = counter.submit(asked(999))
    while counter.waiting:
        pass
    futures = [counter.submit(one) for one in commands]
    desk.go.set()
    assert first.result(10).is_taken
    return [future.exception(10) or future.result().outcome for future in futures]


def test_what_waits_is_recorded_in_one_transaction(counter: Counter, desk: Rigged):
    outcomes = hand_in(counter, desk, [asked(number) for number in range(10)])
    assert outcomes == [Outcome.ACCEPTED] * 10
    assert desk.batches == [1, 10]


def test_one_that_is_refused_lets_the_others_through(counter: Counter, desk: Rigged):
    outcomes = hand_in(
        counter, desk, [asked(1), asked(2, "nobody"), asked(3), asked(1), asked(3, mode="video")]
    )
    assert outcomes == ["accepted", "refused", "accepted", "repeat", "conflict"]
    assert desk.batches == [1, 5]


def test_a_lost_race_hurts_its_own_command_alone(counter: Counter, desk: Rigged, house: House):
    desk.trouble = {"visit:V3": LostRace()}
    outcomes = hand_in(counter, desk, [asked(number) for number in range(8)])
    assert isinstance(outcomes.pop(3), Contended)
    assert outcomes == [Outcome.ACCEPTED] * 7
    assert recorded(house.services["visits"].log) == {f"V{n}": 1 for n in (999, 0, 1, 2, 4, 5, 6, 7)}


def test_an_error_of_ours_hurts_its_own_command_alone(counter: Counter, desk: Rigged):
    desk.trouble = {"visit:V0": KeyError("x"), "visit:V5": ZeroDivisionError()}
    outcomes = hand_in(counter, desk, [asked(number) for number in range(6)])
    assert [type(outcomes[0]), type(outcomes[5])] == [Broken, Broken]
    assert outcomes[1:5] == [Outcome.ACCEPTED] * 4


def test_a_lost_reply_to_a_commit_is_read_back(counter: Counter, desk: Rigged, house: House):
    desk.lost_replies = [OperationalError("connection lost")]
    assert counter.submit(asked(1)).result(10).is_taken
    assert recorded(house.services["visits"].log) == {"V1": 1}


def test_a_commit_that_stays_unknown_is_told_as_such_and_may_be_repeated(
    counter: Counter, desk: Rigged, house: House
):
    desk.lost_replies = [OperationalError("connection lost"), OperationalError("connection lost")]
    with pytest.raises(OutcomeUnknown, match="same id"):
        counter.submit(asked(1)).result(10)
    assert counter.submit(asked(1)).result(10).outcome is Outcome.REPEAT
    assert recorded(house.services["visits"].log) == {"V1": 1}


def test_when_the_database_is_away_everybody_is_told_at_once(counter: Counter, desk: Rigged):
    desk.go.clear()
    first = counter.submit(asked(999))
    while counter.waiting:
        pass
    futures = [counter.submit(asked(number)) for number in range(10)]
    desk.trouble = {f"visit:V{number}": OperationalError("away") for number in (*range(10), 999)}
    desk.go.set()
    assert all(isinstance(future.exception(10), OutcomeUnknown) for future in (first, *futures))
    assert len(desk.batches) == 4, "each batch is tried twice, not each command"


def test_a_full_counter_takes_no_more_and_says_so(counter: Counter, desk: Rigged):
    desk.go.clear()
    counter.submit(asked(999))
    while counter.waiting:
        pass
    held = counter.submit_many([asked(number) for number in range(9)])
    with pytest.raises(CounterFull):
        counter.submit_many([asked(20), asked(21)])
    last = counter.submit(asked(9))
    with pytest.raises(CounterFull):
        counter.submit(asked(20))
    desk.go.set()
    assert [one.outcome for one in (*held.result(10), last.result(10))] == [Outcome.ACCEPTED] * 10


def test_what_is_handed_in_together_is_recorded_together(desk: Rigged):
    counter = Counter(desk, capacity=1000, batch=20)
    futures = [counter.submit_many([asked(start + number) for number in range(50)]) for start in (0, 50)]
    futures += [counter.submit(asked(100 + number)) for number in range(30)]
    counter.start()
    counter.close()
    assert all(future.done() for future in futures)
    assert desk.batches == [50, 50, 20, 10]


def test_closing_answers_who_waits_and_nobody_else(counter: Counter, desk: Rigged, house: House):
    desk.go.clear()
    futures = [counter.submit(asked(number)) for number in range(10)]
    closing = threading.Thread(target=counter.close)
    closing.start()
    desk.go.set()
    closing.join()
    assert [future.result(0).outcome for future in futures] == [Outcome.ACCEPTED] * 10
    assert not counter.is_open
    with pytest.raises(CounterClosed):
        counter.submit(asked(20))
    assert len(recorded(house.services["visits"].log)) == 10


def test_what_was_taken_back_is_not_recorded(counter: Counter, desk: Rigged, house: House):
    desk.go.clear()
    counter.submit(asked(999))
    while counter.waiting:
        pass
    back, kept = counter.submit(asked(1)), counter.submit(asked(2))
    assert back.cancel()
    desk.go.set()
    kept.result(10)
    assert recorded(house.services["visits"].log) == {"V999": 1, "V2": 1}


def test_batches_are_observed(house: House):
    seen: list[tuple[int, float]] = []
    counter = Counter(desk_of(house), observe=lambda size, seconds: seen.append((size, seconds)))
    futures = [counter.submit(asked(number)) for number in range(3)]
    counter.start()
    counter.close()
    assert all(future.result().is_taken for future in futures)
    assert [(size, seconds > 0) for size, seconds in seen] == [(3, True)]


def test_64_villages_at_once_with_retries_lose_and_double_nothing(house: House, desk: Rigged):
    log = house.services["visits"].log
    desk.lost_replies = [OperationalError("connection lost") for _ in range(40)]
    counter = Counter(desk, capacity=40, batch=16)
    counter.start()
    each = 20
    refused = Tally()

    def village(place: int) -> None:
        chance = random.Random(place)
        for number in range(place * each, (place + 1) * each):
            for _ in range(1 + chance.randrange(2)):
                taken = False
                while not taken:
                    try:
                        taken = counter.submit(asked(number, f"E00{place % 10}")).result(60).is_taken
                    except NotAnswered as error:
                        refused[type(error)] += 1

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(village, range(64)))
    counter.close()
    assert recorded(log) == {f"V{number}": 1 for number in range(64 * each)}
    assert refused[CounterFull] > 0
    print(f"taken: {64 * each}, sent again: {dict(refused)}")  # noqa: T201


def test_over_http_full_is_503_and_unknown_says_with_which_key(house: House, desk: Rigged):
    service, settings = house.services["visits"], http_settings(answer_seconds=0.2)
    office = Office(FACES[2], service.log, service.application, settings)
    office.counter = Counter(desk, capacity=1)
    body = {"by": "grid", "on": "2024-03-04"}
    with TestClient(build_app([office], settings, SetClock(NOW))) as client:
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        desk.lost_replies = [OperationalError("connection lost")] * 2
        told = client.post("/elders/E000/agreements", json=body)
        assert (told.status_code, told.json()["type"]) == (503, "urn:shouwang:problem:outcome-unknown")
        again = client.post(
            "/elders/E000/agreements", json=body, headers={"Idempotency-Key": told.json()["key"]}
        )
        assert again.json() == {"outcome": "repeat"}
        desk.go.clear()
        late = client.post("/elders/E001/agreements", json=body)
        assert late.json()["type"] == "urn:shouwang:problem:outcome-unknown", "it had begun"
        waits = client.post("/elders/E002/agreements", json=body)
        assert waits.json()["type"] == "urn:shouwang:problem:full", "it was taken back"
        office.counter.submit(asked(1))  # takes the place of what was taken back
        full = client.post("/elders/E003/agreements", json=body)
        assert (full.status_code, full.headers["Retry-After"]) == (503, "1")
        desk.go.set()
        upload = {"visits": [visit(1), visit(2)]}
        assert client.post("/visits/batch", json=upload).json()["type"] == "urn:shouwang:problem:full"
    signed = [one for one in service.log.events(0, 10**6) if type(one.event).__name__ == "AgreementSigned"]
    assert [one.subject for one in signed] == ["E000", "E001"]
