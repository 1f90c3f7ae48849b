"""Facts folded into the picture, each by the room that knows its topic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.reports import care_facts, grade_facts, incident_facts, register_facts
from services.reports.picture import Picture, Take
from services.reports.sources import Fact

_TAKES: Mapping[str, Take] = {
    **register_facts.TAKES,
    **grade_facts.TAKES,
    **care_facts.TAKES,
    **incident_facts.TAKES,
}


def picture_of(facts: Iterable[Fact]) -> Picture:
    """What was the case by these facts, in the order in which they were recorded."""
    picture = Picture()
    for fact in facts:
        take = _TAKES.get(fact.topic)
        if take is not None:
            take(picture, fact)
        picture.matters.take(fact)
        picture.comparisons.take(fact)
    return picture
