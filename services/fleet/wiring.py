"""What every process of a fleet is wired with."""

from __future__ import annotations

from kombu.connection import Connection

from services.chassis.relay import Broker
from services.chassis.settings import Settings
from services.township.house import blueprints


class Refused(RuntimeError):
    """A process refuses to run: the message says why, and what to do."""


def hearers_of(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Every service that hears something, with its upstreams."""
    return {plan.name: plan.upstreams for plan in blueprints(settings) if plan.upstreams}


def broker_of(settings: Settings, workers: int = 1) -> Broker:
    """A connection of its own to the broker."""
    return Broker(Connection(settings.amqp_url), settings.namespace, hearers_of(settings), workers)
