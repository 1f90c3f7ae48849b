"""The stored events of an elder's file; of two entries that are merged, each file has its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Protocol

from eventsourcing.domain import Aggregate
from eventsourcing.utils import register_topic

from services.registry.elders.state import ElderFile
from services.registry.terms import CORRECTABLE, Contact, ReturnKind, Supporter, contacts_of, supporters_of


class KeepsFile(Protocol):
    """The aggregate whose state the file is."""

    file: ElderFile


class FileEvent(Aggregate.Event):
    """A fact of the file: `on` is the local date (ISO) from which it takes effect."""

    TOPIC = "registry.ElderFileEvent"
    on: str

    def apply(self, aggregate: KeepsFile) -> None:
        """All that changes is in the file."""
        self.change(aggregate.file)

    def change(self, file: ElderFile) -> None:
        """What it does to the file: nothing, where it is but noted."""


class EnrolmentRefused(FileEvent):
    """不予建档: a refusal is a fact; the person may be enrolled later. `facts`: what the form said."""

    TOPIC = "registry.EnrolmentRefused"
    class_version = 2
    reason: str
    facts: dict[str, Any]

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Version 1 kept nothing of the form: such a refusal cannot be rehearsed."""
        state["facts"] = {}


class ElderEnrolled(FileEvent):
    """建档: what the registration form says."""

    TOPIC = "registry.ElderEnrolled"
    facts: dict[str, Any]

    def change(self, file: ElderFile) -> None:
        """Opens the file."""
        file.enrolled_on = date.fromisoformat(self.on)
        file.born = date.fromisoformat(self.facts["born"])
        file.village, file.group = self.facts.get("village", ""), self.facts.get("group", "")
        file.pair_from(file.enrolled_on, self.facts["carer"])
        file.form = {field: self.facts[field] for field in CORRECTABLE if field in self.facts}
        file.livings = [(file.enrolled_on, self.facts.get("living", ""))]
        file.at_enrolment = supporters_of(self.facts)
        file.supporters = {supporter.id: supporter for supporter in file.at_enrolment}
        file.contacts = contacts_of(self.facts, file.enrolled_on)


class LeftBehindCertified(FileEvent):
    """认定: from this day the elder is left behind; `spell` counts certifications from 1."""

    TOPIC = "registry.LeftBehindCertified"
    spell: int

    def change(self, file: ElderFile) -> None:
        """Opens a spell."""
        file.spells.append((date.fromisoformat(self.on), None))


class StatusLapsed(FileEvent):
    """不再属于留守: a supporter is back."""

    TOPIC = "registry.StatusLapsed"
    spell: int
    reason: str

    def change(self, file: ElderFile) -> None:
        """Closes the spell."""
        file.lapsed_because = self.reason
        file.spells[-1] = (file.spells[-1][0], date.fromisoformat(self.on))


class StatusEnded(FileEvent):
    """注销: death, moving away, or an error of the register; `happened_on` is the day itself."""

    TOPIC = "registry.StatusEnded"
    reason: str
    happened_on: str
    class_version = 2
    by: str | None
    note: str

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Version 1 knew no removal for error, which is the one that says who and why."""
        state |= {"by": None, "note": ""}

    def change(self, file: ElderFile) -> None:
        """Closes the file and an open spell."""
        file.ended_on = date.fromisoformat(self.on)
        file.was_certified_at_end = file.is_certified
        file.gone_on = date.fromisoformat(self.happened_on)
        if file.is_certified:
            file.spells[-1] = (file.spells[-1][0], file.ended_on)


class EndUndone(FileEvent):
    """撤销注销: the end was reported by mistake; on the register again from today, `status` since `since`."""

    TOPIC = "registry.EndUndone"
    by: str
    reason: str
    status: str
    since: str
    because: str | None

    def change(self, file: ElderFile) -> None:
        """The file is open again; the spell that was closed stays closed."""
        file.ended_on = file.gone_on = None


class SupporterLeft(FileEvent):
    """外出: a supporter left the county on `left_on`."""

    TOPIC = "registry.SupporterLeft"
    supporter: str
    left_on: str

    def change(self, file: ElderFile) -> None:
        """Away, or away again."""
        held = file.supporters.get(self.supporter, Supporter(self.supporter, None))
        file.supporters[self.supporter] = held.left(date.fromisoformat(self.left_on))


class SupporterReturned(FileEvent):
    """返乡: a supporter came back on `returned_on`; `counts_as` is what the rules make of it."""

    TOPIC = "registry.SupporterReturned"
    supporter: str
    returned_on: str
    kind: str
    counts_as: str

    def change(self, file: ElderFile) -> None:
        """Back, for a while or for good."""
        held = file.supporters[self.supporter]
        back = held.returned(ReturnKind(self.counts_as), date.fromisoformat(self.returned_on))
        file.supporters[self.supporter] = back


class ContactReported(FileEvent):
    """联系方式更新: how a supporter is reached, the whole new value of each field given. Told to nobody."""

    TOPIC = "registry.ContactReported"
    supporter: str
    facts: dict[str, str]

    def change(self, file: ElderFile) -> None:
        """As last reported."""
        held = file.contacts[self.supporter]
        since = date.fromisoformat(self.on)
        file.contacts[self.supporter] = replace(held, since=since, **self.facts)


class FactsChanged(FileEvent):
    """更新: circumstances as they are now (登记表 facts), the whole new value of each."""

    TOPIC = "registry.FactsChanged"
    facts: dict[str, Any]

    def change(self, file: ElderFile) -> None:
        """From this day."""
        if "living" in self.facts:
            file.livings.append((date.fromisoformat(self.on), self.facts["living"]))
            file.form["living"] = self.facts["living"]


class FactsCorrected(FileEvent):
    """更正: what was believed was wrong; `facts` was so all along, `before` is what was believed until now."""

    TOPIC = "registry.FactsCorrected"
    by: str
    reason: str
    facts: dict[str, Any]
    before: dict[str, Any]

    def change(self, file: ElderFile) -> None:
        """As it was all along: what was decided before stays decided."""
        file.form |= {field: value for field, value in self.facts.items() if field != "supporters"}
        file.born = date.fromisoformat(self.facts.get("born", file.born.isoformat()))
        if "living" in self.facts:
            file.livings[-1] = (file.livings[-1][0], self.facts["living"])
        rows = supporters_of(self.facts)
        file.supporters = file.supporters_by(rows)
        for row in rows:
            file.contacts.setdefault(row.id, Contact("", "", "", "", date.fromisoformat(self.on)))
        corrected = {one.id for one in rows}
        kept = tuple(supporter for supporter in file.at_enrolment if supporter.id not in corrected)
        file.at_enrolment = (*kept, *rows)


class CarerPaired(FileEvent):
    """结对: the carer from `since`, the day on which `giver` handed over (nobody did: the day of recording)."""

    TOPIC = "registry.CarerPaired"
    class_version = 3
    carer: str
    since: str
    giver: str | None

    def change(self, file: ElderFile) -> None:
        """Replaces the carer."""
        file.pair_from(date.fromisoformat(self.since), self.carer)

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Version 1 paired from the day of recording."""
        state["since"] = state["on"]

    @staticmethod
    def upcast_v2_v3(state: dict[str, Any]) -> None:
        """Version 2 did not say who handed over: it is rehearsed as a pairing."""
        state["giver"] = None


class PairingEnded(FileEvent):
    """结对终止: whoever was paired has left the service; nobody is the elder's carer since `since`."""

    TOPIC = "registry.PairingEnded"
    since: str

    def change(self, file: ElderFile) -> None:
        """Nobody, until somebody is paired."""
        file.pair_from(date.fromisoformat(self.since), None)


class ElderTransferred(FileEvent):
    """迁村: since `since` the elder lives in this village and group; without a carer the pairing has ended."""

    TOPIC = "registry.ElderTransferred"
    village: str
    group: str
    carer: str | None
    since: str

    def change(self, file: ElderFile) -> None:
        """Another place, and whoever cares there."""
        file.village, file.group = self.village, self.group
        file.pair_from(date.fromisoformat(self.since), self.carer)


class InstitutionEntered(FileEvent):
    """入住养老机构: what is owed at home ends."""

    TOPIC = "registry.InstitutionEntered"

    def change(self, file: ElderFile) -> None:
        """In."""
        file.in_institution = True


class InstitutionLeft(FileEvent):
    """离开养老机构: it is owed again."""

    TOPIC = "registry.InstitutionLeft"

    def change(self, file: ElderFile) -> None:
        """Out."""
        file.in_institution = False


class ElderMerged(FileEvent):
    """并档: this entry speaks of the same person as `into`; what is owed for it ends, its history stays."""

    TOPIC = "registry.ElderMerged"
    into: str
    by: str
    reason: str

    def change(self, file: ElderFile) -> None:
        """Nothing is entered here until the merge is undone."""
        file.merged_into = self.into


class MergeUndone(FileEvent):
    """撤销并档: two people after all; the entry stands again as it stood, `status` since `since`."""

    TOPIC = "registry.MergeUndone"
    into: str
    by: str
    reason: str
    status: str
    since: str
    because: str | None

    def change(self, file: ElderFile) -> None:
        """An entry by itself."""
        file.merged_into = None


class EntryTakenIn(FileEvent):
    """并入: another entry of the same person is read with this one."""

    TOPIC = "registry.EntryTakenIn"
    entry: str
    by: str
    reason: str

    def change(self, file: ElderFile) -> None:
        """One more."""
        file.taken_in.append(self.entry)


class EntryGivenBack(FileEvent):
    """并入撤销: it was another person's."""

    TOPIC = "registry.EntryGivenBack"
    entry: str
    by: str
    reason: str

    def change(self, file: ElderFile) -> None:
        """One less."""
        file.taken_in.remove(self.entry)


class PolicyTookEffect(FileEvent):
    """新政策生效: from this day judged by `version`, under which time will change something on another day."""

    TOPIC = "registry.PolicyTookEffect"
    version: str


for _kind in FileEvent.__subclasses__():
    register_topic(_kind.TOPIC, _kind)
