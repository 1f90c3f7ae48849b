"""The counter (收件窗口): where commands queue, and one thread records those that wait in one transaction.

A command that goes wrong goes wrong alone. An error on commit is unknown, not failed: every command here has a key,
so that asking again is safe; the counter does so once by itself and then says honestly that it does not know.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any, Protocol

from services.chassis.commands.command import Answer, Asked
from services.chassis.log.database_errors import is_outage
from services.chassis.log.event_log import LostRace

CAPACITY = 2000
BATCH = 200


class NotAnswered(RuntimeError):
    """The counter could not answer a command; its docstring says what is known of it."""


class CounterFull(NotAnswered):
    """排队已满，未受理，请稍后用同一编号重试 / too many are waiting: nothing was recorded, send it again soon."""


class CounterClosed(NotAnswered):
    """正在停机，未受理，请稍后用同一编号重试 / going down: nothing was recorded, send it again soon."""


class Contended(NotAnswered):
    """同一档案正被多处修改，未受理，请稍后重试 / others kept changing this: nothing was recorded, send it again."""


class OutcomeUnknown(NotAnswered):
    """是否已记录尚不清楚，请用同一编号重发，不会重复 / it may be recorded or not: send it again with the same id."""


class Broken(NotAnswered):
    """程序出错，是否已记录尚不清楚，可用同一编号重发 / an error of ours: sending it again with the same id is safe."""


Result = Answer | NotAnswered


class TakesMany(Protocol):
    """A desk: decides commands in their order and records what is accepted in one transaction."""

    def take_many(self, asked: Sequence[Asked]) -> list[Answer]:
        """The answers, in the same order; raises where the lot could not be recorded together."""
        ...


def _unobserved(size: int, seconds: float) -> None:
    del size, seconds


def _at_once(answer: Callable[[], None]) -> object:
    return answer()


@dataclass(frozen=True)
class _Slip:
    """Commands that were handed in together: recorded together, answered together."""

    asked: Sequence[Asked]
    future: Future[Any]
    is_single: bool

    def is_wanted(self) -> bool:
        """Whether somebody still waits; from then on nobody can take it back."""
        return self.future.set_running_or_notify_cancel()

    def answer(self, results: Sequence[Result]) -> None:
        """Hands the answers out."""
        if not self.is_single:
            self.future.set_result(list(results))
        elif isinstance(results[0], Answer):
            self.future.set_result(results[0])
        else:
            self.future.set_exception(results[0])


class Counter:
    """A bounded queue and the thread that empties it; `observe` is told of each batch: its size, its seconds.

    What is handed in together stays together, even where it is more than `batch`.
    """

    def __init__(
        self,
        desk: TakesMany,
        *,
        capacity: int = CAPACITY,
        batch: int = BATCH,
        observe: Callable[[int, float], None] = _unobserved,
    ) -> None:
        self._desk = desk
        self._capacity = capacity
        self._batch = batch
        self._observe = observe
        self._hand_out: Callable[[Callable[[], None]], object] = _at_once
        self._slips: deque[_Slip] = deque()
        self._waiting = 0
        self._is_closed = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="counter", daemon=True)

    def start(self, hand_out: Callable[[Callable[[], None]], object] = _at_once) -> None:
        """Opens: from now what waits is recorded.

        `hand_out` runs what hands out the answers of a batch: in an event loop, `loop.call_soon_threadsafe`, so that
        the two threads meet once a batch and not once a command.
        """
        self._hand_out = hand_out
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Whether somebody serves."""
        return self._thread.is_alive() and not self._is_closed

    @property
    def waiting(self) -> int:
        """How many commands wait."""
        return self._waiting

    def submit(self, asked: Asked) -> Future[Answer]:
        """Hands a command in; its future gives the answer once it is recorded, or raises NotAnswered.

        Raises CounterFull or CounterClosed at once where it cannot wait here.
        """
        future: Future[Answer] = Future()
        self._put(_Slip([asked], future, is_single=True))
        return future

    def submit_many(self, asked: Sequence[Asked]) -> Future[list[Result]]:
        """Hands commands in together, all or none; what could not be answered stands in its place in the list."""
        future: Future[list[Result]] = Future()
        self._put(_Slip(asked, future, is_single=False))
        return future

    def _put(self, slip: _Slip) -> None:
        with self._news:
            if self._is_closed:
                raise CounterClosed(_said(CounterClosed))
            if self._waiting + len(slip.asked) > self._capacity:
                self._clear_away()
            if self._waiting + len(slip.asked) > self._capacity:
                raise CounterFull(_said(CounterFull))
            self._slips.append(slip)
            self._waiting += len(slip.asked)
            self._news.notify()

    def _clear_away(self) -> None:
        """Makes room of what was taken back."""
        self._slips = deque(slip for slip in self._slips if not slip.future.cancelled())
        self._waiting = sum(len(slip.asked) for slip in self._slips)

    def close(self) -> None:
        """Takes nothing more, and returns when all that waited is answered."""
        with self._news:
            self._is_closed = True
            self._news.notify()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while slips := self._gather():
            wanted = [slip for slip in slips if slip.is_wanted()]
            asked = [one for slip in wanted for one in slip.asked]
            begun = monotonic()
            results = self._settle(asked)
            self._observe(len(asked), monotonic() - begun)
            self._hand_out(partial(_answer, wanted, results))

    def _gather(self) -> list[_Slip]:
        """What waits, up to a batch; waits for the first. Empty when it is closed and nothing is left."""
        with self._news:
            while not self._slips and not self._is_closed:
                self._news.wait()
            slips: list[_Slip] = []
            size = 0
            while self._slips and (not slips or size + len(self._slips[0].asked) <= self._batch):
                slips.append(self._slips.popleft())
                size += len(slips[-1].asked)
            self._waiting -= size
            return slips

    def _settle(self, asked: Sequence[Asked], *, is_second_try: bool = False) -> list[Result]:
        """The results in order; where the lot cannot be recorded together, each half is tried by itself."""
        if not asked:
            return []
        try:
            return [*self._desk.take_many(asked)]
        except Exception as error:  # noqa: BLE001 - whatever it is, everybody who waits is answered
            if is_outage(error):
                if is_second_try:
                    return [_result(OutcomeUnknown, error) for _ in asked]
                return self._settle(asked, is_second_try=True)
            if len(asked) == 1:
                return [_result(Contended if isinstance(error, LostRace) else Broken, error)]
        half = len(asked) // 2
        parts = (asked[:half], asked[half:])
        return [one for part in parts for one in self._settle(part, is_second_try=is_second_try)]


def _answer(slips: Sequence[_Slip], results: Sequence[Result]) -> None:
    for slip in slips:
        size = len(slip.asked)
        slip.answer(results[:size])
        results = results[size:]


def _said(kind: type[NotAnswered]) -> str:
    return (kind.__doc__ or "").strip()


def _result(kind: type[NotAnswered], cause: Exception) -> NotAnswered:
    made = kind(_said(kind))
    made.__cause__ = cause
    return made
