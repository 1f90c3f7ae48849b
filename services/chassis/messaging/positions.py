"""How far one upstream was consumed: what is stored of it, and what was passed over and need not be stored at once.

Beside each position its turn is kept, which grows by one whenever the position moves: of two workers that began at the
same position only one gets there, however far the other would go.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic

from services.chassis.log.event_log import EventLog

LONGEST_PASSED = 250
"""So many events may be passed over before that is stored: less than a worker is handed before it acknowledges."""


class Positions:
    """Of one upstream, by partition.

    An event is passed over where its consumer does not know its type: it can have no effect, now or later. Where that
    is lost, it comes again, or is found missing and pulled, and is passed over again.
    """

    def __init__(self, upstream: str, log: EventLog) -> None:
        self._upstream = upstream
        self._log = log
        self._stored: dict[int, int] = {}
        self._turns: dict[int, int] = {}
        self._passed: dict[int, int] = {}
        self._count = 0
        self._since = 0.0

    def knows(self, partition: int) -> bool:
        """Whether the log was asked already."""
        return partition in self._stored

    def of(self, partition: int) -> int:
        """How far a partition was consumed."""
        if not self.knows(partition):
            self._turns[partition] = self._log.position(self._turn, partition)  # first: see `moves`
            self._stored[partition] = self._log.position(self._upstream, partition)
        return max(self._stored[partition], self._passed.get(partition, 0))

    def forget(self) -> None:
        """What the log has now is to be read again; what was passed over stays so."""
        self._stored.clear()
        self._turns.clear()

    def pass_over(self, reached: Mapping[int, int], count: int) -> None:
        """These were consumed up to there, and nothing of it concerns us."""
        if not self._passed:
            self._since = monotonic()
        self._passed.update(reached)
        self._count += count

    def passed(self) -> dict[int, int]:
        """What was passed over and is not stored, by us or another worker."""
        for partition in list(self._passed):
            if self._passed[partition] <= self._stored_of(partition):
                del self._passed[partition]
        if not self._passed:
            self._count = 0
        return dict(self._passed)

    def is_due(self, seconds: float) -> bool:
        """Whether what was passed over waited that long, or is much."""
        is_much = self._count >= LONGEST_PASSED
        return bool(self._passed) and (is_much or monotonic() - self._since >= seconds)

    def moves(self, reached: Mapping[int, int]) -> list[tuple[str, int, int]]:
        """The positions, and the turns: one more than what was read before the position was."""
        return [
            move
            for partition, position in reached.items()
            for move in (
                (self._upstream, partition, position),
                (self._turn, partition, self._turns[partition] + 1),
            )
        ]

    def moved(self, reached: Mapping[int, int]) -> None:
        """That is stored."""
        self._stored.update(reached)
        for partition in reached:
            self._turns[partition] += 1
        self.passed()

    def _stored_of(self, partition: int) -> int:
        self.of(partition)
        return self._stored[partition]

    @property
    def _turn(self) -> str:
        return f"{self._upstream}/turn"
