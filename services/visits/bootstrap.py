"""Composition root of visits: settings in, blueprint out."""

from __future__ import annotations

from functools import partial

from services.chassis.commands.command import commands_in
from services.chassis.face import Face
from services.chassis.policy.table import read_policy
from services.chassis.service import Blueprint
from services.chassis.settings import ServiceSettings
from services.visits import commands, translation, views
from services.visits.application import Visits
from services.visits.policies import DutyPolicy, follow
from services.visits.reads import READINGS
from services.visits.repository import wake_of

NAME = "visits"
UPSTREAMS = ("registry", "risk")


def blueprint(settings: ServiceSettings) -> Blueprint:
    """What the chassis needs to know of this service."""
    policies = read_policy(settings.policy, NAME, DutyPolicy, data=settings.data, follow=follow)
    return Blueprint(
        name=NAME,
        model=views.MODEL,
        face=Face(NAME, commands_in(commands), READINGS),
        translate=translation.translate,
        application=lambda log: Visits(log, policies),
        wake_of=partial(wake_of, policies),
        upstreams=UPSTREAMS,
        keeps=True,
    )
