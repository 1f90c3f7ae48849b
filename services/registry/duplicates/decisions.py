"""Looking for duplicates: entries of one birth date, number or name are compared, each pair put to a person once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.chassis.commands.command import Command, Decide
from services.chassis.log.event_log import EventLog
from services.chassis.log.unit import Unit
from services.chassis.policy.table import PolicyTable
from services.kernel.roster import Roster, UnknownStaff, roster_id
from services.registry.duplicates import views as duplicate_views
from services.registry.duplicates.domain import Suspicion, suspicion_id
from services.registry.duplicates.policies import Identity, is_same_name, likeness
from services.registry.elders import commands as do
from services.registry.elders import views as elder_views
from services.registry.elders.domain import Elder, elder_id
from services.registry.policies import LikenessPolicy, RegistryPolicy, has_left
from services.registry.terms import NotMerged, NotOnRegister, NotSuspected

NAME = "registry"


class Duplicates:
    """疑似重复: finds who may be entered twice, merges nobody by itself, and does what somebody decided."""

    def __init__(self, log: EventLog, policies: PolicyTable[RegistryPolicy]) -> None:
        self._log = log
        self._policies = policies
        self.decisions: Mapping[type[Command], Decide] = {
            do.SearchDuplicates: self.search,
            do.KeepApart: self.keep_apart,
            do.MergeElders: self.merge,
            do.UndoMerge: self.undo_merge,
        }

    def search(self, unit: Unit, command: do.SearchDuplicates, at: datetime) -> None:
        """What is suspected already, or decided, is left as it is."""
        self._roster(unit).role_of(command.by, at.date())
        self._everywhere(unit, command.by, at)

    def keep_apart(self, unit: Unit, command: do.KeepApart, at: datetime) -> None:
        """They are two people."""
        self._roster(unit).role_of(command.by, at.date())
        found = unit.get(Suspicion, suspicion_id(command.elder, command.other))
        if found is None:
            raise NotSuspected
        found.keep_apart(command.by, command.reason, at)

    def merge(self, unit: Unit, command: do.MergeElders, at: datetime) -> None:
        """They are one person: both histories are kept, one is gone on with."""
        self._roster(unit).role_of(command.by, at.date())
        merged, kept = _elder(unit, command.merged), _elder(unit, command.kept)
        merged.merge_into(kept, command.by, command.reason, at)

    def undo_merge(self, unit: Unit, command: do.UndoMerge, at: datetime) -> None:
        """They are two people after all: what was owed is owed again."""
        roster = self._roster(unit)
        roster.role_of(command.by, at.date())
        merged = _elder(unit, command.merged)
        if merged.file.merged_into is None:
            raise NotMerged
        kept, policy = _elder(unit, merged.file.merged_into), self._policies.on(at.date())
        gone = has_left(roster, merged.file.carer, at.date())
        merged.part_from(kept, command.by, command.reason, at, policy, has_left=gone)

    def of(self, unit: Unit, elder: Elder, at: datetime) -> None:
        """Whoever on the register may be the same person as one who was just entered."""
        policy = self._policies.on(at.date()).duplicates
        me = _identity(elder)
        if not (me.name or me.citizen_number):
            return
        digest = elder_views.digest_of(me.citizen_number)
        alike = [row["elder"] for row in self._log.query(duplicate_views.LIKE, me.born, digest)]
        namesakes = [
            row["elder"]
            for row in self._log.query(duplicate_views.NAMES, me.village)
            if is_same_name(row["name"], me.name)
        ]
        found = map(elder_id, dict.fromkeys((*alike, *namesakes)))

        def is_like(one: Elder) -> bool:
            them = _identity(one)
            same_number = bool(them.citizen_number) and them.citizen_number == me.citizen_number
            namesake = them.village == me.village and is_same_name(them.name, me.name)
            return one.file.is_open and (same_number or namesake or them.born == me.born)

        for other in unit.all(Elder, found, is_like):
            if other.file.elder != elder.file.elder:
                _suspect(unit, elder, other, at, policy, searched_by=None)

    def _everywhere(self, unit: Unit, by: str, at: datetime) -> None:
        """The whole register, by birth date and by citizen number."""
        policy = self._policies.on(at.date()).duplicates
        pairs = self._log.query(duplicate_views.ALIKE)
        unit.read_ahead(elder_id(row[key]) for row in pairs for key in ("elder", "other"))
        for row in pairs:
            one, other = (unit.get(Elder, elder_id(row[key])) for key in ("elder", "other"))
            if one is not None and other is not None and one.file.is_open and other.file.is_open:
                _suspect(unit, one, other, at, policy, searched_by=by)

    def _roster(self, unit: Unit) -> Roster:
        roster = unit.get(Roster, roster_id(NAME))
        if roster is None:
            raise UnknownStaff
        return roster


def _elder(unit: Unit, elder: str) -> Elder:
    found = unit.get(Elder, elder_id(elder))
    if found is None or found.file.enrolled_on is None:
        raise NotOnRegister
    return found


def _identity(elder: Elder) -> Identity:
    supporters = (contact.name for contact in elder.file.contacts.values())
    return Identity.of(elder.file.form, elder.file.village, supporters)


def _suspect(
    unit: Unit,
    one: Elder,
    other: Elder,
    at: datetime,
    policy: LikenessPolicy,
    *,
    searched_by: str | None,
) -> None:
    found = likeness(_identity(one), _identity(other), policy)
    if found is not None and unit.get(Suspicion, suspicion_id(one.file.elder, other.file.elder)) is None:
        unit.add(Suspicion.of(one.file.elder, other.file.elder, found, at=at, searched_by=searched_by))
