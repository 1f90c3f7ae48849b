"""Composition root of registry: settings in, blueprint out."""

from __future__ import annotations

from functools import partial

from services.chassis.policy.table import read_policy
from services.chassis.service import Blueprint
from services.chassis.settings import ServiceSettings
from services.registry import translation, views
from services.registry.application import Registry, wake_of
from services.registry.policies import RegistryPolicy

NAME = "registry"


def blueprint(settings: ServiceSettings) -> Blueprint:
    """What the chassis needs to know of this service."""
    policies = read_policy(settings.policy, NAME, RegistryPolicy, data=settings.data)
    return Blueprint(
        name=NAME,
        model=views.MODEL,
        translate=translation.translate,
        application=lambda log: Registry(log, policies),
        wake_of=partial(wake_of, policies),
        upstreams=(),
    )
