"""The elder's file in the registry: enrolment, supporters, status, circumstances."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from services.registry import policies
from services.registry.policies import RegistryPolicy
from services.registry.terms import (
    AlreadyOnRegister,
    AlreadyTemporarilyBack,
    EndReason,
    InstitutionMismatch,
    LapseReason,
    RefusalReason,
    ReturnKind,
    StatusHasEnded,
    Supporter,
    SupporterNotAway,
    UnknownSupporter,
    refuse_future,
    supporters_of,
)


@lru_cache(maxsize=4096)
def elder_id(elder: str) -> UUID:
    """The aggregate's id, from the elder's."""
    return uuid5(NAMESPACE_URL, f"registry:elder:{elder}")


class Elder(Aggregate):
    """老人: one person, enrolled or refused, certified, lapsed, ended."""

    TOPIC = "registry.Elder"

    def __init__(self, elder: str) -> None:
        self.elder = elder
        self.enrolled_on: date | None = None
        self.born = date.min
        self.supporters: dict[str, Supporter] = {}
        self.at_enrolment: tuple[Supporter, ...] = ()
        self.spells: list[tuple[date, date | None]] = []
        self.ended_on: date | None = None
        self.in_institution = False
        self.carer: str | None = None

    @classmethod
    def open(cls, elder: str, *, at: datetime) -> Elder:
        """Opens an empty file at `at`."""
        on = at.date().isoformat()
        return cls._create(cls.Created, id=elder_id(elder), elder=elder, timestamp=at, on=on)

    class Created(Aggregate.Created):
        """立档: the file is opened."""

        TOPIC = "registry.ElderFileOpened"
        elder: str

    class Event(Aggregate.Event):
        """A fact of the file: `on` is the local date (ISO) from which it takes effect."""

        on: str

    class EnrolmentRefused(Event):
        """不予建档: a refusal is a fact; the person may be enrolled later."""

        TOPIC = "registry.EnrolmentRefused"
        reason: str

    class ElderEnrolled(Event):
        """建档: what the registration form says."""

        TOPIC = "registry.ElderEnrolled"
        facts: dict[str, Any]

        def apply(self, aggregate: Elder) -> None:
            """Opens the file."""
            aggregate.enrolled_on = date.fromisoformat(self.on)
            aggregate.born = date.fromisoformat(self.facts["born"])
            aggregate.carer = self.facts["carer"]
            aggregate.at_enrolment = supporters_of(self.facts)
            aggregate.supporters = {one.id: one for one in aggregate.at_enrolment}

    class LeftBehindCertified(Event):
        """认定: from this day the elder is left behind; `spell` counts certifications from 1."""

        TOPIC = "registry.LeftBehindCertified"
        spell: int

        def apply(self, aggregate: Elder) -> None:
            """Opens a spell."""
            aggregate.spells.append((date.fromisoformat(self.on), None))

    class StatusLapsed(Event):
        """不再属于留守: a supporter is back."""

        TOPIC = "registry.StatusLapsed"
        spell: int
        reason: str

        def apply(self, aggregate: Elder) -> None:
            """Closes the spell."""
            aggregate.spells[-1] = (aggregate.spells[-1][0], date.fromisoformat(self.on))

    class StatusEnded(Event):
        """注销: death or moving away; `happened_on` is the day itself."""

        TOPIC = "registry.StatusEnded"
        reason: str
        happened_on: str

        def apply(self, aggregate: Elder) -> None:
            """Closes the file and an open spell."""
            aggregate.ended_on = date.fromisoformat(self.on)
            if aggregate.is_certified:
                aggregate.spells[-1] = (aggregate.spells[-1][0], aggregate.ended_on)

    class SupporterLeft(Event):
        """外出: a supporter left the county on `left_on`."""

        TOPIC = "registry.SupporterLeft"
        supporter: str
        left_on: str

        def apply(self, aggregate: Elder) -> None:
            """Away, or away again."""
            held = aggregate.supporters.get(self.supporter, Supporter(self.supporter, None))
            aggregate.supporters[self.supporter] = held.left(date.fromisoformat(self.left_on))

    class SupporterReturned(Event):
        """返乡: a supporter came back on `returned_on`; `counts_as` is what the rules make of it."""

        TOPIC = "registry.SupporterReturned"
        supporter: str
        returned_on: str
        kind: str
        counts_as: str

        def apply(self, aggregate: Elder) -> None:
            """Back, for a while or for good."""
            held = aggregate.supporters[self.supporter]
            back = held.returned(ReturnKind(self.counts_as), date.fromisoformat(self.returned_on))
            aggregate.supporters[self.supporter] = back

    class FactsChanged(Event):
        """更新: circumstances as they are now (登记表 facts), the whole new value of each."""

        TOPIC = "registry.FactsChanged"
        facts: dict[str, Any]

    class CarerPaired(Event):
        """结对: the carer from this day."""

        TOPIC = "registry.CarerPaired"
        carer: str

        def apply(self, aggregate: Elder) -> None:
            """Replaces the carer."""
            aggregate.carer = self.carer

    class InstitutionEntered(Event):
        """入住养老机构: what is owed at home ends."""

        TOPIC = "registry.InstitutionEntered"

        def apply(self, aggregate: Elder) -> None:
            """In."""
            aggregate.in_institution = True

    class InstitutionLeft(Event):
        """离开养老机构: it is owed again."""

        TOPIC = "registry.InstitutionLeft"

        def apply(self, aggregate: Elder) -> None:
            """Out."""
            aggregate.in_institution = False

    class PolicyTookEffect(Event):
        """新政策生效: from this day judged by `version`, under which time will change something on another day."""

        TOPIC = "registry.PolicyTookEffect"
        version: str

    @property
    def subject(self) -> str:
        """Whom the file is about."""
        return self.elder

    @property
    def is_certified(self) -> bool:
        """Left behind now."""
        return bool(self.spells) and self.spells[-1][1] is None

    def _record(self, event_class: type[Event], at: datetime, **payload: object) -> None:
        self.trigger_event(event_class, timestamp=at, on=at.date().isoformat(), **payload)

    def _require_open(self) -> None:
        if self.ended_on is not None:
            raise StatusHasEnded

    def enrol(self, facts: dict[str, Any], at: datetime, policy: RegistryPolicy) -> RefusalReason | None:
        """Enrols, or records why not and says so; certifies at once where the rule already holds."""
        if self.ended_on is not None or self.enrolled_on is not None:
            raise AlreadyOnRegister
        supporters = supporters_of(facts)
        for supporter in supporters:
            refuse_future(supporter.left_on or date.min, at)
        born = date.fromisoformat(facts["born"])
        refusal = policies.refusal_at_enrolment(born, supporters, at.date(), policy)
        if refusal:
            self._record(self.EnrolmentRefused, at, reason=refusal.value)
            return refusal
        self._record(self.ElderEnrolled, at, facts=facts)
        self.turn_day(at, policy)
        return None

    def turn_day(self, at: datetime, policy: RegistryPolicy) -> None:
        """What time alone brings: returns that became permanent, then certification."""
        if self.enrolled_on is None or self.ended_on is not None:
            return
        for supporter in list(self.supporters.values()):
            permanent_on = policies.becomes_permanent_on(supporter, policy)
            if permanent_on is not None and permanent_on <= at.date():
                self._return(supporter.id, ReturnKind.PERMANENT, ReturnKind.PERMANENT, permanent_on, at)
                self._lapse(LapseReason.TEMPORARY_BECAME_PERMANENT, at)
        due = policies.certifiable_on(self.born, self.supporters.values(), policy)
        if not self.is_certified and due is not None and due <= at.date():
            self._record(self.LeftBehindCertified, at, spell=len(self.spells) + 1)

    def next_wake(self, policy: RegistryPolicy) -> date | None:
        """The next day on which time alone may change something."""
        if self.enrolled_on is None or self.ended_on is not None:
            return None
        return policies.next_change(self.born, self.supporters.values(), policy, certified=self.is_certified)

    def come_under(self, policy: RegistryPolicy, before: RegistryPolicy, at: datetime) -> None:
        """Another version comes into force: noted where it changes the day on which time brings something."""
        if self.next_wake(policy) != self.next_wake(before):
            self._record(self.PolicyTookEffect, at, version=policy.version)

    def supporter_left(self, supporter: str, on: date, at: datetime, policy: RegistryPolicy) -> None:
        """Leaving again ends a temporary return; for one who is away it changes nothing."""
        self._require_open()
        refuse_future(on, at)
        held = self.supporters.get(supporter)
        if held is None:
            raise UnknownSupporter
        if not held.is_away or held.back_on is not None:
            self._record(self.SupporterLeft, at, supporter=supporter, left_on=on.isoformat())
            self.turn_day(at, policy)

    def supporter_returned(
        self, supporter: str, kind: ReturnKind, on: date, at: datetime, policy: RegistryPolicy
    ) -> None:
        """A return, and what it does to the status, 一 (三)."""
        self._require_open()
        refuse_future(on, at)
        held = self.supporters.get(supporter)
        if held is None:
            raise UnknownSupporter
        if not held.is_away:
            raise SupporterNotAway
        if held.back_on is not None and kind is ReturnKind.TEMPORARY:
            raise AlreadyTemporarilyBack
        carried = self.is_certified and self.was_left_behind_on(policies.previous_year_end(on), policy)
        reason = policies.lapse_by_return(kind, carried_over=carried)
        counts_as = ReturnKind.PERMANENT if reason else ReturnKind.TEMPORARY
        self._return(supporter, kind, counts_as, on, at)
        if reason:
            self._lapse(reason, at)
        self.turn_day(at, policy)

    def was_left_behind_on(self, day: date, policy: RegistryPolicy) -> bool:
        """Certified on `day`, or, not known yet then, certifiable by the dates given at enrolment."""
        if self.enrolled_on is not None and self.enrolled_on > day:
            due = policies.certifiable_on(self.born, self.at_enrolment, policy)
            return due is not None and due <= day
        return any(begun <= day and (lapsed is None or lapsed > day) for begun, lapsed in self.spells)

    def _return(
        self, supporter: str, kind: ReturnKind, counts_as: ReturnKind, on: date, at: datetime
    ) -> None:
        how = {"kind": kind.value, "counts_as": counts_as.value}
        self._record(self.SupporterReturned, at, supporter=supporter, returned_on=on.isoformat(), **how)

    def _lapse(self, reason: LapseReason, at: datetime) -> None:
        if self.is_certified:
            self._record(self.StatusLapsed, at, spell=len(self.spells), reason=reason.value)

    def change_facts(self, facts: dict[str, Any], at: datetime) -> None:
        """The whole new value of each circumstance named."""
        self._require_open()
        self._record(self.FactsChanged, at, facts=facts)

    def pair(self, carer: str, at: datetime) -> None:
        """Pairs a carer from today; the present one again changes nothing."""
        self._require_open()
        if carer != self.carer:
            self._record(self.CarerPaired, at, carer=carer)

    def institution(self, *, enters: bool, on: date, at: datetime) -> None:
        """Enters or leaves an institution."""
        self._require_open()
        refuse_future(on, at)
        if enters == self.in_institution:
            raise InstitutionMismatch
        self._record(self.InstitutionEntered if enters else self.InstitutionLeft, at)

    def end(self, reason: EndReason, on: date, at: datetime) -> None:
        """Death or moving out of the township."""
        self._require_open()
        refuse_future(on, at)
        self._record(self.StatusEnded, at, reason=reason.value, happened_on=on.isoformat())
