"""What a risk file holds, and whether anything can be entered in it."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.domain import Aggregate

from services.kernel.words import Evidence
from services.risk.terms import BeforeBirth, FileClosed, MergedEntry, NotYetHappened, RiskGrade


class FileState(Aggregate):
    """风险档案: the state of one elder's file; what changes it is in domain.py."""

    TOPIC = "risk.FileState"

    def __init__(self, elder: str, born: str) -> None:
        self.elder = elder
        self.born = date.fromisoformat(born)
        self.evidence: set[Evidence] = set()
        self.spell: int | None = None
        self.grade: RiskGrade | None = None
        self.due: date | None = None
        self.is_closed = False
        self.is_set_aside = False

    class Created(Aggregate.Created):
        """Each kind of file says how it is opened."""

        TOPIC = "risk.FileStateOpened"

    @property
    def subject(self) -> str:
        """Whom the file is about."""
        return self.elder

    @property
    def is_graded_here(self) -> bool:
        """Neither ended nor merged into another entry."""
        return not (self.is_closed or self.is_set_aside)

    def check(self, on: date, at: datetime) -> None:
        """Whether something of that day can be entered."""
        if self.is_closed:
            raise FileClosed
        if self.is_set_aside:
            raise MergedEntry
        if on > at.date():
            raise NotYetHappened
        if on < self.born:
            raise BeforeBirth
