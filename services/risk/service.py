"""The nameko service of risk."""

from __future__ import annotations

from services.chassis.workers.worker import Worker


class RiskWorker(Worker):
    """Hears, tells and keeps time for risk."""

    name = "risk"
