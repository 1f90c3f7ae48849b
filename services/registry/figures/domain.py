"""Figures that people enter for the township: facility coverage, the special fund and what was spent of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from services.registry.terms import TOWNSHIP, FigureKind, refuse_future


@lru_cache(maxsize=4096)
def figure_id(figure: str) -> UUID:
    """The aggregate's id, from the figure's."""
    return uuid5(NAMESPACE_URL, f"registry:figure:{figure}")


class EnteredFigure(Aggregate):
    """填报数: one figure as it was entered, and as it was corrected; nothing that was entered is lost."""

    TOPIC = "registry.EnteredFigure"

    def __init__(self, subject: str, figure: str, kind: str, value: str, measured_on: str) -> None:
        self.subject = subject
        self.figure = figure
        self.kind = FigureKind(kind)
        self.value = Decimal(value)
        self.measured_on = date.fromisoformat(measured_on)

    class Created(Aggregate.Created):
        """填报: `value` (decimal text: per cent, or yuan) of `kind`, measured or spent on `measured_on`."""

        TOPIC = "registry.FigureEntered"
        on: str
        subject: str
        figure: str
        kind: str
        value: str
        measured_on: str
        by: str
        note: str

    class Corrected(Aggregate.Event):
        """更正: `value` instead of the one before, which stays in the history; `reason` says why."""

        TOPIC = "registry.FigureCorrected"
        on: str
        figure: str
        value: str
        measured_on: str
        by: str
        reason: str

        def apply(self, aggregate: EnteredFigure) -> None:
            """The value from now."""
            aggregate.value = Decimal(self.value)
            aggregate.measured_on = date.fromisoformat(self.measured_on)

    @classmethod
    def enter(
        cls,
        figure: str,
        kind: FigureKind,
        value: Decimal,
        measured_on: date,
        by: str,
        note: str,
        *,
        at: datetime,
    ) -> EnteredFigure:
        """Enters at `at`; what has not happened yet cannot be entered."""
        refuse_future(measured_on, at)
        return cls._create(
            cls.Created,
            id=figure_id(figure),
            subject=TOWNSHIP,
            figure=figure,
            kind=kind.value,
            value=str(value),
            measured_on=measured_on.isoformat(),
            by=by,
            note=note,
            on=at.date().isoformat(),
            timestamp=at,
        )

    def correct(self, value: Decimal, measured_on: date, by: str, reason: str, at: datetime) -> None:
        """Corrects at `at`; the same value of the same day again changes nothing."""
        refuse_future(measured_on, at)
        if value != self.value or measured_on != self.measured_on:
            on = at.date().isoformat()
            self.trigger_event(
                self.Corrected,
                timestamp=at,
                on=on,
                figure=self.figure,
                value=str(value),
                measured_on=measured_on.isoformat(),
                by=by,
                reason=reason,
            )
