"""The nameko service of notify."""

from __future__ import annotations

from services.chassis.worker import Worker


class NotifyWorker(Worker):
    """Hears, tells and keeps time for notify."""

    name = "notify"
