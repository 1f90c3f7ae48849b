"""Composition root of notify: settings in, blueprint out."""

from __future__ import annotations

from services.chassis.policy import read_policy
from services.chassis.service import Blueprint
from services.chassis.settings import Settings
from services.chassis.views import ReadModel
from services.notify import translation, views
from services.notify.application import Notify
from services.notify.channels import Channel
from services.notify.policies import NotifyPolicy

NAME = "notify"


def blueprint(settings: Settings, channels: tuple[Channel, ...] = ()) -> Blueprint:
    """What the chassis needs to know of this service."""
    policies = read_policy(settings.policy, NAME, NotifyPolicy, data=settings.data)
    return Blueprint(
        name=NAME,
        model=ReadModel(views.TABLES, views.INDEXES, views.apply),
        translate=translation.translate,
        application=lambda log: Notify(log, policies, channels),
        upstreams=("registry", "risk", "visits"),
    )
