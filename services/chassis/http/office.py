"""A service that is open to the public."""

from __future__ import annotations

from services.chassis.application import Application
from services.chassis.commands.command import Desk
from services.chassis.commands.group_commit import Counter
from services.chassis.face import Face
from services.chassis.http.settings import HttpSettings
from services.chassis.log.event_log import EventLog


class Office:
    """A service's face, its log, and the counter at which its commands are taken.

    `keeps`: what names an elder whom this service has not heard of yet waits (docs/adr/0011).
    """

    def __init__(
        self,
        face: Face,
        log: EventLog,
        application: Application,
        settings: HttpSettings,
        *,
        keeps: bool = False,
    ) -> None:
        self.face = face
        self.log = log
        self.application = application
        desk = Desk(log, application.decisions, application.needs, keeps=keeps)
        self.counter = Counter(desk, capacity=settings.queue, batch=settings.batch)

    def close(self) -> None:
        """Answers who waits, then closes."""
        self.counter.close()
