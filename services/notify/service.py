"""The nameko service of notify."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.chassis.workers import eventlet_shim as green
from services.chassis.workers.entrypoints import carry
from services.chassis.workers.worker import Worker


class NotifyWorker(Worker):
    """Hears, tells and keeps time for notify."""

    name = "notify"

    @carry
    def send(self, now: Callable[[], datetime]) -> None:
        """What waits for a channel, each channel in a thread of its own."""
        self.member.carrier.advance(now, green.each_in_a_thread)
