"""Composition root of notify: settings in, blueprint out."""

from __future__ import annotations

from services.chassis.commands.command import commands_in
from services.chassis.face import Face
from services.chassis.log.event_log import EventLog
from services.chassis.policy.table import read_policy
from services.chassis.service import Blueprint
from services.chassis.settings import ServiceSettings
from services.notify import commands, translation, views
from services.notify.application import Notify, wake_of
from services.notify.channels import Channel
from services.notify.channels.settings import read_channels
from services.notify.deliveries.routing import Routes
from services.notify.deliveries.sender import Postman
from services.notify.policies import NotifyPolicy
from services.notify.reads import READINGS

NAME = "notify"
UPSTREAMS = ("registry", "risk", "visits")


def blueprint(settings: ServiceSettings, channels: tuple[Channel, ...] = ()) -> Blueprint:
    """What the chassis needs to know of this service."""
    policies = read_policy(settings.policy, NAME, NotifyPolicy, data=settings.data)
    outside = settings.channels

    def application(log: EventLog) -> Notify:
        routes = None if outside is None else Routes(read_channels(outside))
        return Notify(log, policies, channels, routes)

    return Blueprint(
        name=NAME,
        model=views.MODEL,
        face=Face(NAME, commands_in(commands), READINGS),
        translate=translation.translate,
        application=application,
        wake_of=wake_of,
        carrier=None if outside is None else lambda log: Postman(log, read_channels(outside)),
        upstreams=UPSTREAMS,
    )
