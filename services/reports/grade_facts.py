"""What the facts of risk do to the picture: grades, evidence, reassessments."""

from __future__ import annotations

from collections.abc import Mapping

from services.reports.people import Grading, Said
from services.reports.picture import Picture, Take
from services.reports.sources import Fact


def grade(picture: Picture, fact: Fact) -> None:
    """定级, 升级, 降级."""
    elder = picture.elder(fact.subject)
    kind = {"risk.GradeSet": "set", "risk.GradeRaised": "raised"}.get(fact.topic, "lowered")
    because, due = tuple(fact["because"]), fact["due"]
    told = (fact["carer_told"], fact.on, fact.id)
    elder.gradings.append(Grading(kind, fact["grade"], fact["previous"], because, fact["cause"], due, *told))
    elder.is_graded = True
    elder.standing.append(Said(fact["grade"], fact.on, fact.id))
    elder.due = Said(due, fact.on, fact.id) if due else None


def observe(picture: Picture, fact: Fact) -> None:
    """依据成立."""
    picture.elder(fact.subject).evidence[fact["evidence"]] = Said(fact["source"], fact.on, fact.id)


def clear(picture: Picture, fact: Fact) -> None:
    """依据解除."""
    picture.elder(fact.subject).evidence.pop(fact["evidence"], None)


def reassess(picture: Picture, fact: Fact) -> None:
    """再评估."""
    elder = picture.elder(fact.subject)
    elder.reassessments.append(Said(dict(fact.held), fact.on, fact.id))
    elder.due = Said(fact["due"], fact.on, fact.id) if fact["due"] else None


def close_spell(picture: Picture, fact: Fact) -> None:
    """终止定级."""
    elder = picture.elder(fact.subject)
    elder.is_graded, elder.due = False, None
    elder.standing.append(Said(None, fact.on, fact.id))


TAKES: Mapping[str, Take] = {
    "risk.GradeSet": grade,
    "risk.GradeRaised": grade,
    "risk.GradeLowered": grade,
    "risk.EvidenceObserved": observe,
    "risk.EvidenceCleared": clear,
    "risk.Reassessed": reassess,
    "risk.SpellClosed": close_spell,
}
