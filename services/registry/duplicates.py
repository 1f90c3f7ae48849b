"""Looking for duplicates: only entries of one birth date are compared, and each pair is put to a person once."""

from __future__ import annotations

from datetime import datetime

from services.chassis.log import EventLog
from services.chassis.unit import Unit
from services.registry import views
from services.registry.domain import Elder, elder_id
from services.registry.likeness import Identity, LikenessPolicy, likeness
from services.registry.suspicions import Suspicion, suspicion_id


class Duplicates:
    """Finds who may be entered twice; merges nobody."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def of(self, unit: Unit, elder: Elder, at: datetime, policy: LikenessPolicy | None) -> None:
        """Whoever on the register may be the same person as one who was just entered."""
        me = Identity.of(elder.form, elder.village)
        if not (me.name or me.citizen_number):
            return
        found = [elder_id(row["elder"]) for row in self._log.query(views.BORN_ON, me.born)]
        others = unit.all(Elder, found, lambda one: one.is_open and one.form.get("born") == me.born)
        for other in others:
            if other.elder != elder.elder:
                _suspect(unit, elder, other, at, policy, searched_by=None)

    def everywhere(self, unit: Unit, by: str, at: datetime, policy: LikenessPolicy | None) -> None:
        """The whole register, by birth date."""
        pairs = self._log.query(views.BORN_TOGETHER)
        unit.read_ahead(elder_id(row[key]) for row in pairs for key in ("elder", "other"))
        for row in pairs:
            one, other = (unit.get(Elder, elder_id(row[key])) for key in ("elder", "other"))
            if one is not None and other is not None and one.is_open and other.is_open:
                _suspect(unit, one, other, at, policy, searched_by=by)


def _suspect(
    unit: Unit,
    one: Elder,
    other: Elder,
    at: datetime,
    policy: LikenessPolicy | None,
    *,
    searched_by: str | None,
) -> None:
    found = likeness(Identity.of(one.form, one.village), Identity.of(other.form, other.village), policy)
    if found is not None and unit.get(Suspicion, suspicion_id(one.elder, other.elder)) is None:
        unit.add(Suspicion.of(one.elder, other.elder, found, at=at, searched_by=searched_by))
