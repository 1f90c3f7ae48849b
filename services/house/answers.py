"""What people are told of a refusal, whatever service it came from: in Chinese first, as over HTTP."""

from __future__ import annotations

from services.chassis.commands.command import Answer
from services.notify.api import FACE as NOTIFY
from services.registry.api import FACE as REGISTRY
from services.risk.api import FACE as RISK
from services.visits.api import FACE as VISITS

_FACES = REGISTRY, RISK, VISITS, NOTIFY


def say(answer: Answer) -> str:
    """What to do about it."""
    face = next((one for one in _FACES if answer.reason in one.advice), REGISTRY)
    return face.say(answer.reason, answer.advice)
