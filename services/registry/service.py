"""The nameko service of registry."""

from __future__ import annotations

from services.chassis.workers.worker import Worker


class RegistryWorker(Worker):
    """Hears, tells and keeps time for registry."""

    name = "registry"
