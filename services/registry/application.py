"""The registry's decisions: one method a command, and what time alone brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.base import Told
from contracts.catalogue import PARTITIONS
from services.chassis.application import EventHandler
from services.chassis.commands.command import Command, Decide
from services.chassis.log.event_log import EventLog
from services.chassis.log.unit import Unit
from services.chassis.policy.table import PolicyTable
from services.chassis.reading.days import last_turned
from services.kernel.calendar import ONE_DAY, midnight
from services.kernel.days import DayBook, day_book_id
from services.kernel.refusal import Refusal
from services.kernel.roster import Roster, roster_id
from services.registry.comparisons.decisions import Comparing
from services.registry.comparisons.domain import comparison_id
from services.registry.duplicates.decisions import Duplicates
from services.registry.elders import commands as do
from services.registry.elders import views as elder_views
from services.registry.elders.domain import Elder, elder_id
from services.registry.figures.decisions import Figures
from services.registry.figures.domain import figure_id
from services.registry.policies import RegistryPolicy, has_left, is_of_township, refusal_at_enrolment
from services.registry.staff import policies as staff
from services.registry.terms import (
    RECORDED,
    TOWNSHIP,
    AlreadyOpened,
    EndReason,
    ForeignVillage,
    IdTaken,
    NobodyToHandOver,
    NotOnRegister,
    NotTheirElder,
    NotTheirsToUndo,
    ReturnKind,
    SameCarer,
    StillPaired,
    UnknownGroup,
    UnknownVillage,
    supporters_of,
)
from services.registry.villages.commands import NameTownship
from services.registry.villages.domain import NamedTownship, Village, township_id, village_id

NAME = "registry"
BATCH = 500
_NAMED: tuple[tuple[str, Callable[[str], UUID]], ...] = (
    *((field, lambda _: roster_id(NAME)) for field in ("staff", "carer", "taker", "by")),
    ("village", village_id),
    ("figure", figure_id),
    *((field, elder_id) for field in ("elder", "kept", "merged", "other")),
)


class Registry:
    """谁住在这里，谁赡养他们，谁照看他们: who lives here, who supports them, who cares for them."""

    def __init__(self, log: EventLog, policies: PolicyTable[RegistryPolicy]) -> None:
        self.log = log
        self._policies = policies
        self._duplicates = Duplicates(log, policies)
        self.handlers: Mapping[type[Told], EventHandler] = {}
        self.decisions: Mapping[type[Command], Decide] = {
            NameTownship: self.name_township,
            do.OpenVillage: self.open_village,
            do.Appoint: self.appoint,
            do.GoOnLeave: self.go_on_leave,
            do.ReturnFromLeave: self.return_from_leave,
            do.EndAppointment: self.end_appointment,
            do.Enrol: self.enrol,
            do.NoteSupporterLeft: self.note_supporter_left,
            do.NoteSupporterReturned: self.note_supporter_returned,
            do.ReportContact: self.report_contact,
            do.ChangeFacts: self.change_facts,
            do.CorrectFacts: self.correct_facts,
            do.RemoveForError: self.remove_for_error,
            do.UndoEnd: self.undo_end,
            do.Pair: self.pair,
            do.TransferElder: self.transfer,
            do.HandOver: self.hand_over,
            do.EnterInstitution: self.enter_institution,
            do.LeaveInstitution: self.leave_institution,
            do.NoteDeath: self.note_death,
            do.NoteMove: self.note_move,
            **self._duplicates.decisions,
            **Comparing(roster_id(NAME)).decisions,
            **Figures(policies).decisions,
        }

    def name_township(self, unit: Unit, command: NameTownship, at: datetime) -> None:
        """Whose register this is; a later name takes the place of the one before."""
        township = unit.get(NamedTownship, township_id())
        if township is None:
            unit.add(NamedTownship.of(command.name, demonstration=command.demonstration, at=at))
        else:
            township.rename(command.name, demonstration=command.demonstration, at=at)

    def open_village(self, unit: Unit, command: do.OpenVillage, at: datetime) -> None:
        """A village code stands for one village for ever."""
        if unit.get(Village, village_id(command.village)) is not None:
            raise AlreadyOpened
        if command.village == TOWNSHIP or unit.get(Elder, elder_id(command.village)) is not None:
            raise IdTaken
        if not is_of_township(command.village, self._policies.on(at.date())):
            raise ForeignVillage
        unit.add(Village.open(command.village, command.name, command.groups, at=at))

    def appoint(self, unit: Unit, command: do.Appoint, at: datetime) -> None:
        """A staff id stands for one person for ever; nobody is appointed for a village that is not open."""
        if command.village is not None and unit.get(Village, village_id(command.village)) is None:
            raise UnknownVillage
        self._roster(unit, at).appoint(command.staff, command.role, command.village, at)

    def go_on_leave(self, unit: Unit, command: do.GoOnLeave, at: datetime) -> None:
        """Somebody else owes meanwhile."""
        roster = self._roster(unit, at)
        staff.go_on_leave(roster, command.staff, command.stand_in, command.begins, command.ends, at)

    def return_from_leave(self, unit: Unit, command: do.ReturnFromLeave, at: datetime) -> None:
        """Earlier than was said."""
        staff.return_from_leave(self._roster(unit, at), command.staff, command.on, at)

    def end_appointment(self, unit: Unit, command: do.EndAppointment, at: datetime) -> None:
        """Nobody leaves elders behind without a carer: 人盯人."""
        if theirs := self._elders_of(unit, command.staff):
            raise StillPaired(len(theirs))
        staff.end_appointment(self._roster(unit, at), command.staff, command.on, at)

    def enrol(self, unit: Unit, command: do.Enrol, at: datetime) -> Refusal | None:
        """Enrols, or records why not; one who was refused may be enrolled again."""
        self._check_place(unit, command.village, command.group)
        if command.elder == TOWNSHIP or unit.get(Village, village_id(command.elder)) is not None:
            raise IdTaken
        if command.carer is not None:
            staff.check_carer(self._roster(unit, at), command.carer)
        policy = self._policies.on(at.date())
        elder = unit.get(Elder, elder_id(command.elder)) or unit.add(Elder.open(command.elder, at=at))
        reason = elder.enrol(command.model_dump(mode="json"), at, policy)
        if reason is not None:
            return RECORDED[reason]()
        self._duplicates.of(unit, elder, at)
        return None

    def note_supporter_left(self, unit: Unit, command: do.NoteSupporterLeft, at: datetime) -> None:
        """All away for six months makes an elder left behind."""
        policy = self._policies.on(at.date())
        self._elder(unit, command.elder).supporter_left(command.supporter, command.on, at, policy)

    def note_supporter_returned(self, unit: Unit, command: do.NoteSupporterReturned, at: datetime) -> None:
        """A return may lapse the status."""
        policy, kind = self._policies.on(at.date()), ReturnKind(command.kind)
        elder = self._elder(unit, command.elder)
        elder.supporter_returned(command.supporter, kind, command.on, at, policy)

    def is_due_for_enrolment(self, command: do.Enrol, at: datetime) -> bool:
        """Whether somebody who was refused, and is not on the register yet, would be taken now."""
        file = self.log.load(Elder, elder_id(command.elder))
        supporters = supporters_of(command.model_dump(mode="json"))
        refusal = refusal_at_enrolment(command.born, supporters, at.date(), self._policies.on(at.date()))
        return refusal is None and (file is None or file.file.enrolled_on is None)

    def is_of_township(self, village: str, day: date) -> bool:
        """Whether the rules of a day let a village of this code be opened here."""
        return is_of_township(village, self._policies.on(day))

    def report_contact(self, unit: Unit, command: do.ReportContact, at: datetime) -> None:
        """Kept in the file, told to nobody."""
        self._elder(unit, command.elder).report_contact(command.supporter, command.told(), at)

    def change_facts(self, unit: Unit, command: do.ChangeFacts, at: datetime) -> None:
        """Circumstances decide what is owed."""
        facts = command.model_dump(mode="json", exclude={"elder"}, exclude_none=True)
        self._elder(unit, command.elder).change_facts(facts, at)

    def correct_facts(self, unit: Unit, command: do.CorrectFacts, at: datetime) -> None:
        """What was believed before is kept, and who says otherwise, and why."""
        self._roster(unit, at).role_of(command.by, at.date())
        policy = self._policies.on(at.date())
        elder = self._elder(unit, command.elder)
        elder.correct(command.by, command.reason, command.facts(), at, policy)
        self._duplicates.of(unit, elder, at)

    def remove_for_error(self, unit: Unit, command: do.RemoveForError, at: datetime) -> None:
        """The status ends; the file stays."""
        self._roster(unit, at).role_of(command.by, at.date())
        said = {"by": command.by, "note": command.reason}
        self._elder(unit, command.elder).end(EndReason.REMOVED_FOR_ERROR, at.date(), at, **said)

    def undo_end(self, unit: Unit, command: do.UndoEnd, at: datetime) -> None:
        """Both facts stay; what was owed in between was not."""
        roster, policy = self._roster(unit, at), self._policies.on(at.date())
        if roster.role_of(command.by, at.date()) not in policy.ends_undone_by:
            raise NotTheirsToUndo
        elder = self._elder(unit, command.elder)
        gone = has_left(roster, elder.file.carer, at.date())
        elder.undo_end(command.by, command.reason, at, policy, has_left=gone)

    def pair(self, unit: Unit, command: do.Pair, at: datetime) -> None:
        """Somebody for everybody: 人盯人."""
        staff.check_carer(self._roster(unit, at), command.carer)
        self._elder(unit, command.elder).pair(command.carer, at)

    def transfer(self, unit: Unit, command: do.TransferElder, at: datetime) -> None:
        """Another village answers from that day; what was missed stays where it was missed."""
        self._check_place(unit, command.village, command.group)
        if command.carer is not None:
            staff.check_carer(self._roster(unit, at), command.carer)
        elder = self._elder(unit, command.elder)
        elder.transfer(command.village, command.group, command.carer, command.on, at)

    def hand_over(self, unit: Unit, command: do.HandOver, at: datetime) -> None:
        """All of them or nobody; recorded in each elder's file."""
        if command.giver == command.taker:
            raise SameCarer
        staff.check_carer(self._roster(unit, at), command.taker)
        if command.elders:
            elders = [self._elder(unit, elder) for elder in dict.fromkeys(command.elders)]
        else:
            elders = self._elders_of(unit, command.giver)
        if not elders:
            raise NobodyToHandOver
        if strangers := [
            elder.file.elder for elder in elders if not elder.file.is_cared_for_by(command.giver)
        ]:
            raise NotTheirElder(*strangers)
        for elder in elders:
            elder.hand_over(command.taker, command.on, at)

    def enter_institution(self, unit: Unit, command: do.EnterInstitution, at: datetime) -> None:
        """Living in an institution ends what is owed at home."""
        self._elder(unit, command.elder).institution(enters=True, on=command.on, at=at)

    def leave_institution(self, unit: Unit, command: do.LeaveInstitution, at: datetime) -> None:
        """Back home, it is owed again."""
        self._elder(unit, command.elder).institution(enters=False, on=command.on, at=at)

    def note_death(self, unit: Unit, command: do.NoteDeath, at: datetime) -> None:
        """The status ends."""
        self._elder(unit, command.elder).end(EndReason.DIED, command.on, at)

    def note_move(self, unit: Unit, command: do.NoteMove, at: datetime) -> None:
        """The status ends."""
        self._elder(unit, command.elder).end(EndReason.MOVED_OUT, command.on, at)

    def _check_place(self, unit: Unit, code: str, group: str) -> None:
        """A group is one that the village has; a village without groups takes any."""
        village = unit.get(Village, village_id(code))
        if village is None:
            raise UnknownVillage
        if village.groups and group not in village.groups:
            raise UnknownGroup

    def _roster(self, unit: Unit, at: datetime) -> Roster:
        return unit.get(Roster, roster_id(NAME)) or unit.add(Roster.open(NAME, at=at))

    def _elders_of(self, unit: Unit, carer: str) -> list[Elder]:
        """Everybody on the register who is paired with a carer."""
        found = [elder_id(row["elder"]) for row in self.log.query(elder_views.OF_CARER, carer)]
        return unit.all(Elder, found, lambda elder: elder.file.is_cared_for_by(carer))

    def _elder(self, unit: Unit, elder: str) -> Elder:
        found = unit.get(Elder, elder_id(elder))
        if found is None or found.file.enrolled_on is None:
            raise NotOnRegister
        return found

    def needs(self, asked: Command | Told) -> list[UUID]:
        """Whoever and whatever its fields name: the roster, the village, the elders."""
        named = vars(asked)
        ids = [find(named[field]) for field, find in _NAMED if named.get(field) is not None]
        match asked:
            case do.Enrol():
                ids.append(village_id(asked.elder))
            case do.OpenVillage():
                ids.append(elder_id(asked.village))
            case _:
                ids += map(elder_id, named.get("elders") or ())
        return ids

    def advance(self, now: datetime) -> int:
        """Turns every day up to `now`'s: returns that became permanent, certifications, then the day itself."""
        done, day = 0, self.next_due()
        day = now.date() if day == date.min else day
        while day <= now.date():
            done += self._turn(day)
            day += ONE_DAY
        return done

    def _turn(self, day: date) -> int:
        at, done = midnight(day), 0
        policy, changes = self._policies.on(day), self._policies.changes_on(day)
        last = ""
        while due := self._due(day, last):
            with self.log.unit(f"day:{day}") as unit:
                unit.read_ahead(map(elder_id, due))
                for elder in due:
                    self._elder(unit, elder).turn_day(at, policy)
                    if changes:
                        self._elder(unit, elder).come_under(policy, self._policies.on(day - ONE_DAY), at)
            done, last = done + len(due), due[-1]
        with self.log.unit(f"day:{day}") as unit:
            book = unit.get(DayBook, day_book_id(NAME)) or unit.add(DayBook.open(NAME, at=at))
            return done + sum(book.turn(NAME, part, day, at) for part in range(PARTITIONS))

    def _due(self, day: date, after: str) -> list[str]:
        """The next elders that this day may change; every one where a policy comes into force."""
        if self._policies.changes_on(day):
            return [row["elder"] for row in self.log.query(elder_views.EVERY, after, BATCH)]
        return [row["elder"] for row in self.log.query(elder_views.DUE, day.isoformat(), after, BATCH)]

    def next_due(self) -> date:
        """The day after the last one turned; the first of all days where none was."""
        last = last_turned(self.log, NAME)
        return date.min if last is None else last + ONE_DAY

    def files_of(self, subject: str) -> list[UUID]:
        """The elder's file, the village, or the comparison."""
        return [elder_id(subject), village_id(subject), comparison_id(subject)]


def wake_of(policies: PolicyTable[RegistryPolicy], aggregate: Any) -> date | None:
    """When time alone will next change an aggregate."""
    if not isinstance(aggregate, Elder):
        return None
    return policies.next_wake(aggregate.modified_on.date(), aggregate.next_wake)
