"""Composition root of registry: settings in, blueprint out."""

from __future__ import annotations

from functools import partial

from services.chassis.commands.command import commands_in
from services.chassis.face import Face
from services.chassis.policy.table import read_policy
from services.chassis.service import Blueprint
from services.chassis.settings import ServiceSettings
from services.registry import translation, views
from services.registry.application import Registry, wake_of
from services.registry.comparisons import commands as comparison_commands
from services.registry.elders import commands as elder_commands
from services.registry.figures import commands as figure_commands
from services.registry.policies import RegistryPolicy
from services.registry.reads import READINGS
from services.registry.villages import commands as village_commands

NAME = "registry"
UPSTREAMS: tuple[str, ...] = ()


def blueprint(settings: ServiceSettings) -> Blueprint:
    """What the chassis needs to know of this service."""
    policies = read_policy(settings.policy, NAME, RegistryPolicy, data=settings.data)
    return Blueprint(
        name=NAME,
        model=views.MODEL,
        face=Face(
            NAME,
            commands_in(village_commands, elder_commands, comparison_commands, figure_commands),
            READINGS,
        ),
        translate=translation.translate,
        application=lambda log: Registry(log, policies),
        wake_of=partial(wake_of, policies),
        upstreams=UPSTREAMS,
    )
