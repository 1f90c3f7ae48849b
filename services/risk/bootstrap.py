"""Composition root of risk: settings in, blueprint out."""

from __future__ import annotations

from functools import partial

from services.chassis.commands.command import commands_in
from services.chassis.face import Face
from services.chassis.policy.table import read_policy
from services.chassis.service import Blueprint
from services.chassis.settings import ServiceSettings
from services.risk import commands, translation, views
from services.risk.application import Risk, wake_of
from services.risk.policies import RiskPolicy

NAME = "risk"
UPSTREAMS = ("registry", "visits")


def blueprint(settings: ServiceSettings) -> Blueprint:
    """What the chassis needs to know of this service."""
    policies = read_policy(settings.policy, NAME, RiskPolicy, data=settings.data)
    return Blueprint(
        name=NAME,
        model=views.MODEL,
        face=Face(NAME, commands_in(commands)),
        translate=translation.translate,
        application=lambda log: Risk(log, policies),
        wake_of=partial(wake_of, policies),
        upstreams=UPSTREAMS,
        keeps=True,
    )
