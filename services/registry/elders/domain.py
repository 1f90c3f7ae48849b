"""The elder's file in the registry: enrolment, supporters, status, circumstances."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from services.registry import policies
from services.registry.elders import events
from services.registry.elders.state import ElderFile
from services.registry.policies import RegistryPolicy
from services.registry.terms import (
    AlreadyOnRegister,
    AlreadyTemporarilyBack,
    AlreadyThere,
    BeforeEnrolment,
    BeforeThePairing,
    EndReason,
    InstitutionMismatch,
    LapseReason,
    NothingToCorrect,
    NumberDisagrees,
    RefusalReason,
    ReturnKind,
    SameEntry,
    StatusHasEnded,
    StatusHasNotEnded,
    SupporterNotAway,
    UnknownSupporter,
    refuse_future,
    refuse_outside_life,
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
        self.file = ElderFile(elder)

    class Created(Aggregate.Created):
        """立档: the file is opened."""

        TOPIC = "registry.ElderFileOpened"
        elder: str
        on: str

    @classmethod
    def open(cls, elder: str, *, at: datetime) -> Elder:
        """Opens an empty file at `at`."""
        on = at.date().isoformat()
        return cls._create(cls.Created, id=elder_id(elder), elder=elder, timestamp=at, on=on)

    @property
    def subject(self) -> str:
        """Whom the file is about."""
        return self.file.elder

    def enrol(self, facts: dict[str, Any], at: datetime, policy: RegistryPolicy) -> RefusalReason | None:
        """Enrols, or records why not and says so; certifies at once where the rule already holds."""
        if self.file.ended_on is not None:
            raise StatusHasEnded
        if self.file.enrolled_on is not None:
            raise AlreadyOnRegister
        supporters, born = supporters_of(facts), date.fromisoformat(facts["born"])
        for day in (born, *(supporter.left_on for supporter in supporters if supporter.left_on is not None)):
            refuse_outside_life(day, born, at)
        refusal = policies.refusal_at_enrolment(born, supporters, at.date(), policy)
        if refusal:
            self.record(events.EnrolmentRefused, at, reason=refusal.value, facts=facts)
            return refusal
        self.record(events.ElderEnrolled, at, facts=facts)
        self.turn_day(at, policy)
        return None

    def supporter_left(self, supporter: str, on: date, at: datetime, policy: RegistryPolicy) -> None:
        """Leaving again ends a temporary return; for one who is away it changes nothing."""
        self.file.require_open()
        refuse_outside_life(on, self.file.born, at)
        held = self.file.supporters.get(supporter)
        if held is None:
            raise UnknownSupporter
        if not held.is_away or held.back_on is not None:
            self.record(events.SupporterLeft, at, supporter=supporter, left_on=on.isoformat())
            self.turn_day(at, policy)

    def supporter_returned(
        self, supporter: str, kind: ReturnKind, on: date, at: datetime, policy: RegistryPolicy
    ) -> None:
        """A return, and what it does to the status, 一 (三)."""
        self.file.require_open()
        refuse_outside_life(on, self.file.born, at)
        held = self.file.supporters.get(supporter)
        if held is None:
            raise UnknownSupporter
        if not held.is_away:
            raise SupporterNotAway
        if held.back_on is not None and kind is ReturnKind.TEMPORARY:
            raise AlreadyTemporarilyBack
        carried = self.file.is_certified and self.file.was_left_behind_on(
            policies.previous_year_end(on), policy
        )
        reason = policies.lapse_by_return(kind, carried_over=carried)
        counts_as = ReturnKind.PERMANENT if reason else ReturnKind.TEMPORARY
        self.note_return(supporter, kind, counts_as, on, at)
        if reason:
            self.lapse(reason, at)
        self.turn_day(at, policy)

    def report_contact(self, supporter: str, told: dict[str, str], at: datetime) -> None:
        """How a supporter is reached; the same again is a report of today all the same."""
        self.file.require_open()
        if supporter not in self.file.contacts:
            raise UnknownSupporter
        self.record(events.ContactReported, at, supporter=supporter, facts=told)

    def change_facts(self, facts: dict[str, Any], at: datetime) -> None:
        """The whole new value of each circumstance named."""
        self.file.require_open()
        self.record(events.FactsChanged, at, facts=facts)

    def correct(
        self, by: str, reason: str, facts: dict[str, Any], at: datetime, policy: RegistryPolicy
    ) -> None:
        """更正: what was believed is kept; whether the elder is left behind is decided again, from today.

        A lapse comes first, so that nothing opens by one corrected fact only to end by another.
        """
        self.file.require_open()
        changed, before = self.file.what_differs(facts)
        if not changed:
            raise NothingToCorrect
        born = date.fromisoformat(changed.get("born", self.file.born.isoformat()))
        supporters = self.file.supporters_by(supporters_of(changed)).values()
        days = [day for supporter in supporters for day in (supporter.left_on, supporter.back_on)]
        for day in (born, self.file.enrolled_on, *days):
            refuse_outside_life(day or born, born, at)
        self._check_identity(changed)
        if not policies.is_left_behind_by(born, supporters, at.date(), policy):
            self.lapse(LapseReason.CORRECTED, at)
        self.record(events.FactsCorrected, at, by=by, reason=reason, facts=changed, before=before)
        self.turn_day(at, policy)

    def _check_identity(self, changed: dict[str, Any]) -> None:
        """Birth date and sex agree with the citizen number, if there is one."""
        now = self.file.form | changed
        is_touched = bool(changed.keys() & {"citizen_number", "born", "sex"})
        number = now.get("citizen_number")
        if is_touched and number and not policies.agrees_with_number(number, now["born"], now.get("sex", "")):
            raise NumberDisagrees

    def pair(self, carer: str, at: datetime) -> None:
        """Pairs a carer from today; the present one again changes nothing."""
        self.file.require_open()
        if carer != self.file.carer:
            self.record(events.CarerPaired, at, carer=carer, since=at.date().isoformat(), giver=None)

    def hand_over(self, taker: str, on: date, at: datetime) -> None:
        """交接: to `taker` since `on`; a miss stays with whoever was paired on its last day."""
        self.file.require_open()
        self._check_pairing(on, at)
        self.record(events.CarerPaired, at, carer=taker, since=on.isoformat(), giver=self.file.carer)

    def transfer(self, village: str, group: str, carer: str | None, on: date, at: datetime) -> None:
        """迁村: lives elsewhere in the township since `on`; whoever cared there does so no longer."""
        self.file.require_open()
        self._check_pairing(on, at)
        if (village, group) == (self.file.village, self.file.group):
            raise AlreadyThere
        self.record(
            events.ElderTransferred, at, village=village, group=group, carer=carer, since=on.isoformat()
        )

    def _check_pairing(self, on: date, at: datetime) -> None:
        """Each day has one carer: nobody is handed over before the present pairing began."""
        refuse_future(on, at)
        if self.file.carers and on < self.file.carers[-1][0]:
            raise BeforeThePairing

    def merge_into(self, kept: Elder, by: str, reason: str, at: datetime) -> None:
        """并档: both histories are kept; what is owed is owed for `kept` alone."""
        if kept is self:
            raise SameEntry
        self.file.require_open()
        kept.file.require_open()
        self.record(events.ElderMerged, at, into=kept.file.elder, by=by, reason=reason)
        kept.record(events.EntryTakenIn, at, entry=self.file.elder, by=by, reason=reason)

    def part_from(
        self, kept: Elder, by: str, reason: str, at: datetime, policy: RegistryPolicy, *, has_left: bool
    ) -> None:
        """撤销并档: as it stood, with what time has brought meanwhile; `has_left` says so of the carer.

        A lapse comes first, so that nothing opens only to end.
        """
        self.end_long_returns(at, policy)
        status, since, because = self.file.standing
        standing = {"status": status, "since": (since or at.date()).isoformat(), "because": because}
        self.record(events.MergeUndone, at, into=kept.file.elder, by=by, reason=reason, **standing)
        kept.record(events.EntryGivenBack, at, entry=self.file.elder, by=by, reason=reason)
        self._stand_again(at, policy, has_left=has_left)

    def institution(self, *, enters: bool, on: date, at: datetime) -> None:
        """Enters or leaves an institution."""
        self.file.require_open()
        refuse_outside_life(on, self.file.born, at)
        if enters == self.file.in_institution:
            raise InstitutionMismatch
        self.record(events.InstitutionEntered if enters else events.InstitutionLeft, at)

    def end(
        self, reason: EndReason, on: date, at: datetime, *, by: str | None = None, note: str = ""
    ) -> None:
        """Death, moving out of the township, or an error of the register, of which `note` says more."""
        self.file.require_open()
        refuse_future(on, at)
        if self.file.enrolled_on is not None and on < self.file.enrolled_on:
            raise BeforeEnrolment
        day = on.isoformat()
        self.record(events.StatusEnded, at, reason=reason.value, happened_on=day, by=by, note=note)

    def undo_end(self, by: str, reason: str, at: datetime, policy: RegistryPolicy, *, has_left: bool) -> None:
        """撤销注销: on the register again from today, the status as it would be; a certification is a new spell.

        Who was certified when the end was reported is so again by the rule that bears out a certification which
        stands: a visit home that did not lapse it does not keep it from standing again.
        """
        if self.file.ended_on is None:
            raise StatusHasNotEnded
        status, since, because = self.file.standing_before_end
        standing = {"status": status, "since": (since or at.date()).isoformat(), "because": because}
        self.record(events.EndUndone, at, by=by, reason=reason, **standing)
        self._stand_again(at, policy, has_left=has_left)
        still = policies.is_left_behind_by(self.file.born, self.file.supporters.values(), at.date(), policy)
        if still and self.file.was_certified_at_end and not self.file.is_certified:
            self.certify(at)

    def _stand_again(self, at: datetime, policy: RegistryPolicy, *, has_left: bool) -> None:
        """With the carer of before, unless they have left the service; and what time has brought meanwhile."""
        if has_left:
            self.record(events.PairingEnded, at, since=at.date().isoformat())
        self.turn_day(at, policy)

    # what time alone brings, and the steps that these share

    def record(self, event_class: type[events.FileEvent], at: datetime, **payload: object) -> None:
        """A fact of this file, effective on the day of `at`."""
        self.trigger_event(event_class, timestamp=at, on=at.date().isoformat(), **payload)

    def turn_day(self, at: datetime, policy: RegistryPolicy) -> None:
        """What time alone brings: returns that became permanent, then certification."""
        if not self.file.is_open:
            return
        self.end_long_returns(at, policy)
        due = policies.certifiable_on(self.file.born, self.file.supporters.values(), policy)
        if not self.file.is_certified and due is not None and due <= at.date():
            self.certify(at)

    def end_long_returns(self, at: datetime, policy: RegistryPolicy) -> None:
        """Returns for a while that have lasted too long to be that lapse the status."""
        for supporter in list(self.file.supporters.values()):
            permanent_on = policies.becomes_permanent_on(supporter, policy)
            if permanent_on is not None and permanent_on <= at.date():
                self.note_return(supporter.id, ReturnKind.PERMANENT, ReturnKind.PERMANENT, permanent_on, at)
                self.lapse(LapseReason.TEMPORARY_BECAME_PERMANENT, at)

    def certify(self, at: datetime) -> None:
        """Opens a spell."""
        self.record(events.LeftBehindCertified, at, spell=len(self.file.spells) + 1)

    def next_wake(self, policy: RegistryPolicy) -> date | None:
        """The next day on which time alone may change something."""
        if not self.file.is_open:
            return None
        return policies.next_change(
            self.file.born, self.file.supporters.values(), policy, certified=self.file.is_certified
        )

    def come_under(self, policy: RegistryPolicy, before: RegistryPolicy, at: datetime) -> None:
        """Another version comes into force: noted where it changes the day on which time brings something."""
        if self.next_wake(policy) != self.next_wake(before):
            self.record(events.PolicyTookEffect, at, version=policy.version)

    def note_return(
        self, supporter: str, kind: ReturnKind, counts_as: ReturnKind, on: date, at: datetime
    ) -> None:
        """A return, and what the rules make of it."""
        self.record(
            events.SupporterReturned,
            at,
            supporter=supporter,
            returned_on=on.isoformat(),
            kind=kind.value,
            counts_as=counts_as.value,
        )

    def lapse(self, reason: LapseReason, at: datetime) -> None:
        """Ends the spell that runs, if one does."""
        if self.file.is_certified:
            self.record(events.StatusLapsed, at, spell=len(self.file.spells), reason=reason.value)
