"""The way back from what was recorded to what was asked: the commands of the past, in the order of time.

Only what came from outside is a command again; what was heard, or what time brought, follows from it anew. A command
that was refused without a record left nothing, and is not played again.

An acknowledgement answers a notice. In a replay every notice goes out when it is due; in fact it went out later, by
milliseconds or, where a process was behind, by hours. So an acknowledgement is asked as long after its notice as it
came in fact: at its own moment it would come after steps that nobody took, because it came before they were due.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.chassis.commands.command import Asked, Command
from services.chassis.commands.fields import RECORDED
from services.history.timeline import happened_on
from services.house.house import House
from services.kernel.calendar import ONE_DAY
from services.kernel.roster import Roster
from services.kernel.words import ProblemKind
from services.notify.commands import Acknowledge, Resend
from services.notify.tellings.domain import Telling
from services.registry.comparisons import commands as compare
from services.registry.comparisons.domain import Comparison
from services.registry.duplicates.domain import Suspicion
from services.registry.elders import commands as register
from services.registry.elders import events as filed
from services.registry.figures.commands import CorrectFigure, EnterFigure
from services.registry.figures.domain import EnteredFigure
from services.registry.terms import EndReason
from services.registry.villages.domain import Village
from services.risk import commands as assess
from services.risk.domain import RiskFile
from services.visits import commands as care
from services.visits.care import events as cared
from services.visits.duties import events as duty_events
from services.visits.problems import domain as steps
from services.visits.problems.domain import Problem

CHUNK = 1000
BACK: dict[type[Command], type[Any]] = {
    register.OpenVillage: Village.Created,
    register.Appoint: Roster.StaffAppointed,
    register.GoOnLeave: Roster.LeaveNoted,
    register.ReturnFromLeave: Roster.LeaveCutShort,
    register.EndAppointment: Roster.AppointmentEnded,
    register.Enrol: filed.ElderEnrolled,
    register.NoteSupporterLeft: filed.SupporterLeft,
    register.NoteSupporterReturned: filed.SupporterReturned,
    register.ReportContact: filed.ContactReported,
    register.CorrectFacts: filed.FactsCorrected,
    register.RemoveForError: filed.StatusEnded,
    register.UndoEnd: filed.EndUndone,
    register.ChangeFacts: filed.FactsChanged,
    register.Pair: filed.CarerPaired,
    register.HandOver: filed.CarerPaired,
    register.TransferElder: filed.ElderTransferred,
    register.SearchDuplicates: Suspicion.Created,
    register.KeepApart: Suspicion.KeptApart,
    register.MergeElders: filed.ElderMerged,
    register.UndoMerge: filed.MergeUndone,
    compare.CompareList: Comparison.Created,
    compare.DecideDifference: Comparison.Decided,
    register.EnterInstitution: filed.InstitutionEntered,
    register.LeaveInstitution: filed.InstitutionLeft,
    register.NoteDeath: filed.StatusEnded,
    register.NoteMove: filed.StatusEnded,
    EnterFigure: EnteredFigure.Created,
    CorrectFigure: EnteredFigure.Corrected,
    assess.Observe: RiskFile.EvidenceObserved,
    assess.Clear: RiskFile.EvidenceCleared,
    assess.Reassess: RiskFile.Reassessed,
    care.RecordVisit: cared.VisitRecorded,
    care.ReviewLivingSecurity: cared.LivingSecurityReviewed,
    care.SignAgreement: cared.AgreementSigned,
    care.FileAgreement: cared.AgreementFiled,
    care.NoteAbsence: cared.AbsenceNoted,
    care.CorrectAbsence: cared.AbsenceCorrected,
    care.NoteNeed: cared.NeedFound,
    care.MeetNeed: cared.NeedMet,
    care.ReportIncident: Problem.Created,
    care.OpenProblem: Problem.Created,
    care.AcceptProblem: steps.ProblemAccepted,
    care.HandProblem: steps.ProblemHanded,
    care.HandleProblem: steps.ProblemHandled,
    care.CloseProblem: steps.ProblemClosed,
    care.VerifyProblem: steps.ProblemVerified,
    care.ReopenProblem: steps.ProblemReopened,
    care.DoDuty: duty_events.DutyDone,
    Acknowledge: Telling.NoticeAcknowledged,
}
"""Every command, and the stored event that it leaves. A new command is a row here, and where one event may come of
several commands, what tells them apart below."""

ONLY: dict[type[Command], Callable[[Any], bool]] = {
    register.NoteDeath: lambda event: event.reason == EndReason.DIED,
    register.RemoveForError: lambda event: event.reason == EndReason.REMOVED_FOR_ERROR,
    register.SearchDuplicates: lambda event: event.searched_by is not None,
    register.NoteMove: lambda event: event.reason == EndReason.MOVED_OUT,
    register.Pair: lambda event: event.giver is None,
    register.HandOver: lambda event: event.giver is not None,
    care.ReportIncident: lambda event: not event.by and event.kind != ProblemKind.REFERRAL,
    care.OpenProblem: lambda event: bool(event.by) and not event.findings,
    care.NoteNeed: lambda event: not event.findings,
    care.HandProblem: lambda event: bool(event.by),
}
"""What an event must say where several commands leave the same one."""

SAID: dict[type[Command], Callable[[Any], dict[str, Any]]] = {
    register.ReturnFromLeave: lambda event: {"on": _day_after(event.ends)},
    register.SearchDuplicates: lambda event: {"by": event.searched_by},
    register.MergeElders: lambda event: {"kept": event.into, "merged": event.subject},
    register.UndoMerge: lambda event: {"merged": event.subject},
    register.EndAppointment: lambda event: {"on": event.last_day},
    compare.CompareList: lambda event: {"comparison": event.subject, "on": event.compared_on},
    compare.DecideDifference: lambda event: {"comparison": event.subject},
    register.RemoveForError: lambda event: {"reason": event.note},
    register.HandOver: lambda event: {"taker": event.carer, "on": event.since, "elders": [event.subject]},
    register.TransferElder: lambda event: {"on": event.since},
    care.SignAgreement: lambda event: {"begins": event.begins if event.begins != event.signed_on else None},
    care.ReportIncident: lambda event: {"incident": event.problem},
    care.OpenProblem: lambda event: {"visit": event.visit or None},
}
"""Fields that the event has under another name. A hand-over of several comes back elder by elder."""

LEFT_OUT: dict[type[Command], str] = {Resend: "what leaves by a channel again; a rehearsal sends nothing"}
"""Commands that are not asked again, and why."""

MORE: dict[type[Command], tuple[type[Any], ...]] = {register.Enrol: (filed.EnrolmentRefused,)}
"""Further events that a command may leave instead: refusals that are facts."""

_BROUGHT = re.compile(r"[0-9a-f-]{36}/\d+|(day|clock|channel):.*")
_KINDS: dict[type[Any], list[type[Command]]] = {}
for _command, _event in BACK.items():
    for _left in (_event, *MORE.get(_command, ())):
        _KINDS.setdefault(_left, []).append(_command)


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + ONE_DAY).isoformat()


def outside(house: House) -> list[Asked]:
    """Every command that left a fact, at its moment, in the order of time; of the same moment by service."""
    found = [(one.at, place, one) for place, name in enumerate(house.services) for one in _asked(house, name)]
    return [one for *_, one in sorted(found, key=lambda row: row[:2])]


class Lateness:
    """How much later than in a replay each telling's last notice went out.

    A step counts from when the one before it was really taken: so lateness adds up from step to step.
    """

    def __init__(self) -> None:
        self._due: dict[UUID, str] = {}
        self._late: dict[UUID, timedelta] = {}

    def note(self, event: Any) -> None:
        """Reads the next event of notify's log."""
        if isinstance(event, Telling.Created):
            self._due[event.originator_id] = event.due
        elif isinstance(event, Telling.NoticesSent):
            telling = event.originator_id
            late = event.timestamp - datetime.fromisoformat(self._due[telling])
            self._late[telling] = self.of(event) + late
            self._due[telling] = event.due or ""

    def of(self, event: Any) -> timedelta:
        """Of the telling that the event is of."""
        return self._late.get(event.originator_id, timedelta())


def _asked(house: House, name: str) -> Iterator[Asked]:
    log, after, last, lateness = house.services[name].log, 0, None, Lateness()
    while recorded := log.events(after, CHUNK):
        for one in recorded:
            lateness.note(one.event)
            command = command_of(one.event)
            if command is not None:
                late = lateness.of(one.event) if isinstance(command, Acknowledge) else timedelta()
                asked = Asked(command, one.event.timestamp - late, cause=one.event.causation)
                if asked != last:
                    yield asked
                last = asked
        after = recorded[-1].position


def command_of(event: Any) -> Command | None:
    """The command that left this event; None where it came of something heard, or of time, or says too little."""
    if _BROUGHT.fullmatch(vars(event).get("causation") or ""):
        return None
    for kind in _KINDS.get(type(event), ()):
        if kind not in ONLY or ONLY[kind](event):
            return _filled(kind, event)
    return None


def _filled(kind: type[Command], event: Any) -> Command | None:
    """The command's fields, found under their names in the event; whom it is about is the event's subject."""
    held: dict[str, Any] = {**vars(event), "on": happened_on(event).isoformat()}
    for spread in ("facts", "content", "matter"):
        held |= {
            key: value for key, value in held.get(spread, {}).items() if key != "on" or spread == "content"
        }
    about = {key: event.subject for key in ("elder", "village", "subject") if key not in held}
    held |= SAID[kind](event) if kind in SAID else {}
    fields = {key: value for key, value in (about | held).items() if key in kind.model_fields}
    if kind is register.Enrol and "born" not in fields:
        return None
    return kind.model_validate_json(json.dumps(fields), context=RECORDED)
