"""The care record of one elder: what is owed, what was done, what was missed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from services.visits import policies
from services.visits.agreements import events as care_events
from services.visits.agreements.domain import Papers
from services.visits.care import events
from services.visits.policies import CARE_AGREEMENT, REASSESSMENT, DutyPolicy
from services.visits.terms import (
    ConflictingVisit,
    Directory,
    Owed,
    Situation,
    WrongRole,
    day_of,
)

SETS = frozenset({"health", "evidence"})


@lru_cache(maxsize=4096)
def care_record_id(elder: str) -> UUID:
    """The aggregate's id, from the elder's."""
    return uuid5(NAMESPACE_URL, f"visits:elder:{elder}")


class CareRecord(Papers):
    """一人一卡: of one elder. Whatever is entered first closes the periods that ended before."""

    TOPIC = "visits.CareRecord"

    def __init__(self, elder: str, village: str, born: str) -> None:
        super().__init__(village)
        self.elder = elder
        self.now = Situation(date.fromisoformat(born))
        self.carers: list[tuple[date, str | None]] = []
        self.merged_into: str | None = None
        self.held_back: dict[str, date] = {}
        self.taken_in: dict[str, dict[str, set[date]]] = {}
        self.visits: dict[str, dict[str, Any]] = {}
        self.referrals: list[str] = []

    @property
    def subject(self) -> str:
        """Whom the record is about."""
        return self.elder

    @property
    def partition_key(self) -> str:
        """What its partition is found by."""
        return self.elder

    @classmethod
    def open(cls, elder: str, village: str, born: str, *, at: datetime) -> CareRecord:
        """Opens an empty record at `at`."""
        on = at.date().isoformat()
        return cls._create(
            cls.Created,
            id=care_record_id(elder),
            elder=elder,
            village=village,
            born=born,
            timestamp=at,
            on=on,
        )

    class Created(Papers.Created):
        """立卡: the record is opened."""

        TOPIC = "visits.CareRecordOpened"
        elder: str
        village: str
        born: str
        on: str

    # what events do to the state

    def take_changes(self, changes: dict[str, Any], on: date) -> None:
        """Applies what was heard; `carer`, `village` and `ended_on` stand beside the situation."""
        known: dict[str, Any] = {
            key: frozenset(value) if key in SETS else value for key, value in changes.items()
        }
        since = date.fromisoformat(known.pop("since", on.isoformat()))
        if "carer" in known:
            self.carers.append((since, known.pop("carer")))
        self.village = known.pop("village", self.village)
        if "born" in known:
            known["born"] = date.fromisoformat(known["born"])
        if "merged_into" in known:
            self.merged_into = known.pop("merged_into")
            once = [duty for duty in self.duties.values() if duty.owed is None]
            self.held_back = {duty.duty: duty.closes_on for duty in once}
        if "ended_on" in known:
            self.ended_on = day_of(known.pop("ended_on"))
        self.now = replace(self.now, **known)

    # what is heard and entered

    def change(self, changes: dict[str, Any], at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """The situation changes; what is owed follows (二 (四), section 4 'Opening, changing, closing')."""
        self.close_before(at, policy, who)
        was_certified = self.now.is_certified
        self.record(events.SituationChanged, at, changes=changes)
        if self.now.is_certified and not was_certified and self.signed_on is None:
            self.open_once(CARE_AGREEMENT, policies.agreement_due(at.date(), policy), at)
        if not self.now.is_certified:
            for duty in (CARE_AGREEMENT, REASSESSMENT):
                self._end_once(events.DutyEnded, duty, at)
        elif {"is_certified", "grade"} & changes.keys():
            self._reassessment_falls_due(at)
        self.follow_causes(at, policy)

    def days_of(self, duty: str) -> set[date]:
        """Merged entries are one person: a day on which several of them were visited counts once."""
        return super().days_of(duty).union(*(days.get(duty, ()) for days in self.taken_in.values()))

    @property
    def done_for(self) -> dict[str, dict[str, set[date]]]:
        """By entry of this person, this one and those merged into it, what was done: by duty, the days."""
        return {self.elder: self.days} | self.taken_in

    def take_in(
        self, done_for: Mapping[str, dict[str, set[date]]], at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """What was done for entries that were merged into this one counts for what is open or was missed."""
        self.close_before(at, policy, who)
        for entry in sorted(done_for.keys() - {self.elder}):
            days = {duty: sorted(map(date.isoformat, on)) for duty, on in sorted(done_for[entry].items())}
            self.record(events.VisitsTakenIn, at, entry=entry, days=days)
        self.settle(at)

    def give_back(self, entries: Iterable[str], at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """From now on each entry counts its own again."""
        self.close_before(at, policy, who)
        for entry in sorted(self.taken_in.keys() & set(entries)):
            self.record(events.VisitsGivenBack, at, entry=entry)

    def merge(self, into: str, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """并档: what is owed ends, without a miss; what is owed once is kept in mind."""
        self.close_before(at, policy, who)
        self.record(events.SituationChanged, at, changes={"merged_into": into})
        for duty in self.held_back:
            self._end_once(events.DutyEnded, duty, at)
        self.follow_causes(at, policy)

    def part(self, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """撤销并档: it is owed again; what was owed once by its day, or by today where that has passed."""
        self.close_before(at, policy, who)
        once = dict(self.held_back)
        self.record(events.SituationChanged, at, changes={"merged_into": None})
        for duty, due in once.items() if self.now.is_certified else ():
            self.open_once(duty, max(due, at.date()), at)
        self.follow_causes(at, policy)

    def graded(
        self, grade: str, spell: int, due: date | None, at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """A grade is read against its own certification: an old one is past, one to come is kept until then."""
        is_past = spell == self.now.spell and not self.now.is_certified
        if spell >= self.now.spell and not is_past:
            due_on = due and due.isoformat()
            self.change({"grade": grade, "grade_spell": spell, "grade_due": due_on}, at, policy, who)

    def record_visit(
        self, visit: str, content: dict[str, Any], role: str, at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """`content` holds by, on, mode, check_up, confirms_facts. The same again is a repeat: nothing.

        Evidence that was seen is told once the visit has counted; after the end of status it has no effect.
        """
        if visit in self.visits:
            if self.visits[visit] == content:
                return
            raise ConflictingVisit
        self.check(date.fromisoformat(content["on"]), at)
        self.close_before(at, policy, who)
        counts_for = policies.satisfied_by_visit(
            role,
            content["mode"],
            check_up=content["check_up"],
            confirms_facts=content["confirms_facts"],
            policy=policy,
        )
        self.record(events.VisitRecorded, at, visit=visit, content=content, counts_for=sorted(counts_for))
        self.settle(at)
        if content.get("evidence") and self.ended_on is None:
            seen = {"visit": visit, "seen_on": content["on"], "evidence": content["evidence"]}
            self.record(events.EvidenceSeen, at, **seen)

    def review_living_security(
        self, by: str, role: str, on: date, at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """生活保障评估, 三(三)4."""
        self.check_registered(on, at)
        if role != policy.owed_by["living_security_review"]:
            raise WrongRole
        self.close_before(at, policy, who)
        self.record(events.LivingSecurityReviewed, at, reviewed_on=on.isoformat(), by=by)
        self.settle(at)

    def refer(self, problem: str, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """转诊: `problem` is the referral that is open now."""
        self.close_before(at, policy, who)
        self.record(care_events.ReferralOpened, at, problem=problem)

    def reassessed(self, due: date | None, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """A reassessment that counted: the one owed is done, the next is owed on `due`."""
        self.close_before(at, policy, who)
        self.do_once(REASSESSMENT, at)
        if due is not None:
            self.open_once(REASSESSMENT, due, at)

    def next_wake(self, after: date, policy: DutyPolicy) -> date | None:
        """The first day later than `after` on which time alone changes something."""
        wakes = [super().next_wake(after, policy)]
        if self.now.is_certified and (turns := policies.turns_advanced_age_on(self.now.born, policy)) > after:
            wakes.append(turns)
        return min((day for day in wakes if day is not None), default=None)

    def owed_on(self, day: date, policy: DutyPolicy) -> Mapping[str, Owed]:
        """Every recurring duty owed for the elder on `day`; none where another entry is kept instead."""
        if self.merged_into is not None:
            return {}
        return policies.owed_now(self.now, day, policy)

    def owed_by(self, duty: str, policy: DutyPolicy) -> str:
        """The role that owes a duty."""
        return policy.owed_by[duty]

    def owner(self, role: str, who: Directory, day: date) -> str | None:
        """The carer who was paired on `day`, or whoever held the role for the village."""
        if role != policies.CARER:
            return super().owner(role, who, day)
        return next((carer for since, carer in reversed(self.carers) if since <= day), None)

    @property
    def born(self) -> date:
        """As is known now."""
        return self.now.born

    @property
    def owes_agreement(self) -> bool:
        """While certified, 三(二)1."""
        return self.now.is_certified

    @property
    def grade_in_force(self) -> str | None:
        """The grade of the present certification."""
        return self.now.grade_in_force

    # the steps that these share

    def _reassessment_falls_due(self, at: datetime) -> None:
        """A grade in force replaces the reassessment that is open, unless the due date stays."""
        due, held = self.now.due, self.duties.get(REASSESSMENT)
        if held is not None and held.closes_on == due:
            return
        self._end_once(events.DutySuperseded, REASSESSMENT, at)
        if due is not None:
            self.open_once(REASSESSMENT, due, at)

    def _end_once(self, event_class: type[events.DutyClosed], duty: str, at: datetime) -> None:
        if duty in self.duties:
            self.record(event_class, at, duty=duty, period=self.duties[duty].label)
