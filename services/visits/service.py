"""The nameko service of visits."""

from __future__ import annotations

from services.chassis.workers.worker import Worker


class VisitsWorker(Worker):
    """Hears, tells and keeps time for visits."""

    name = "visits"
