"""The stored events of a problem after it was opened."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from eventsourcing.domain import Aggregate
from eventsourcing.utils import register_topic

from services.visits.terms import Part, Stage, day_of

if TYPE_CHECKING:
    from services.visits.problems.domain import Problem


class ProblemEvent(Aggregate.Event):
    """Something happened to one problem: `on` is the local date (ISO)."""

    TOPIC = "visits.ProblemEvent"
    on: str
    problem: str
    kind: str


class ProblemStep(ProblemEvent):
    """A step that begins another stage: `due` is the last day for the one that follows."""

    TOPIC = "visits.ProblemStep"
    due: str | None

    def begin(self, aggregate: Problem, stage: Stage) -> None:
        """The stage from now, with its own last day."""
        aggregate.stage, aggregate.due, aggregate.is_overdue = stage, day_of(self.due), False


class ProblemAccepted(ProblemStep):
    """受理: taken in by the one desk."""

    TOPIC = "visits.ProblemAccepted"
    by: str

    def apply(self, aggregate: Problem) -> None:
        """To be handed on."""
        self.begin(aggregate, Stage.ACCEPTED)


class ProblemHanded(ProblemStep):
    """交办: handed to units that work together (协同办理), each by `due`."""

    TOPIC = "visits.ProblemHanded"
    by: str
    units: list[str]

    def apply(self, aggregate: Problem) -> None:
        """Units more."""
        for unit in self.units:
            aggregate.parts[unit] = Part(date.fromisoformat(self.due or self.on))
        aggregate.handlers.update(self.units)
        self.begin(aggregate, Stage.HANDED)


class ProblemHandled(ProblemStep):
    """办理: one unit has done its part; `due` is the last day for closing where it was the last."""

    TOPIC = "visits.ProblemHandled"
    by: str
    unit: str
    text: str

    def apply(self, aggregate: Problem) -> None:
        """One unit less."""
        aggregate.parts[self.unit].is_handled = True
        self.begin(aggregate, Stage.HANDLED if self.due else Stage.HANDED)


class ProblemClosed(ProblemStep):
    """办结: with its solution (解决方案)."""

    TOPIC = "visits.ProblemClosed"
    by: str
    text: str

    def apply(self, aggregate: Problem) -> None:
        """To be verified by somebody else."""
        aggregate.closed_by = self.by
        self.begin(aggregate, Stage.CLOSED)


class ProblemVerified(ProblemStep):
    """核实: somebody other than who closed it found it solved."""

    TOPIC = "visits.ProblemVerified"
    by: str

    def apply(self, aggregate: Problem) -> None:
        """Nothing more is owed."""
        self.begin(aggregate, Stage.VERIFIED)


class ProblemReopened(ProblemStep):
    """重新办理: it was not solved; what was done stays in its history, and the desk begins again."""

    TOPIC = "visits.ProblemReopened"
    by: str
    text: str

    def apply(self, aggregate: Problem) -> None:
        """From the desk; who handled it before may still see it."""
        aggregate.parts, aggregate.closed_by = {}, ""
        self.begin(aggregate, Stage.OPENED)


class ProblemOverdue(ProblemEvent):
    """超期: the last day of a step passed without it, once a step and unit; `owed_by` are the roles that are told."""

    TOPIC = "visits.ProblemOverdue"
    class_version = 2
    stage: str
    due: str
    unit: str | None
    owed_by: list[str]

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Version 1 was told to nobody."""
        state["owed_by"] = []

    def apply(self, aggregate: Problem) -> None:
        """Told once."""
        if self.unit is None:
            aggregate.is_overdue = True
        else:
            aggregate.parts[self.unit].is_overdue = True


def _register(event_class: type[ProblemEvent]) -> None:
    """Makes a class findable by its topic, and all below it."""
    register_topic(event_class.TOPIC, event_class)
    for below in event_class.__subclasses__():
        _register(below)


_register(ProblemEvent)
