"""Importing a registration ledger: every row's fate is told, whole or in part.

The same file again changes nothing, an import that was cut short goes on where it stopped, and what was mended in
the file since goes in. Nobody on the register is overwritten: where a row says something else, both are named.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from services.chassis.commands.command import Answer, Asked, Outcome
from services.chassis.commands.malformed import faults_of
from services.house.house import House
from services.importing.identity import Identities
from services.importing.register_entries import differences, entry_of, is_of, marks_of
from services.importing.register_township import differences_told, keep_names, roster_of, township_of
from services.importing.township import Township
from services.kernel.labels import chinese
from services.kernel.roster import AppointmentOver
from services.kernel.terms import Role
from services.ledger.columns import BY_FIELD
from services.ledger.facts import Accepted, Flaw
from services.ledger.grids import letters
from services.ledger.observations import Observation
from services.ledger.reader import Ledger
from services.ledger.report import Fate, RowOutcome, Tally
from services.registry.application import Registry
from services.registry.duplicates import views as duplicate_views
from services.registry.elders import views as elder_views
from services.registry.elders.commands import Enrol, Pair
from services.registry.terms import (
    BeforeBirth,
    NoSupporters,
    NotACarer,
    NotYetHappened,
    UnderAge,
    UnknownGroup,
)
from services.visits.commands import SignAgreement
from services.visits.terms import AlreadySigned

BATCH = 100
MOST_SUSPECTED = 100_000
_PLACE = re.compile(r"\.\d+$")
_SUPPORTERS_FIELD = re.compile(r"^supporters\.(\d+)\.")
Progress = Callable[[int], None]
Item = TypeVar("Item")
COLUMN_OF = {
    AppointmentOver.__name__: "carer",
    NotACarer.__name__: "carer",
    UnknownGroup.__name__: "group",
    UnderAge.__name__: "born",
    NoSupporters.__name__: "supporter1.name",
}
"""The column that a refusal is about."""
CORRECTED = {BY_FIELD["born"].title, BY_FIELD["citizen_number"].title}
FUTURE = "签订日期在将来:请在签订后再填 it is dated in the future"
NO_LEAD = "本村没有村党总支/村委会负责人,无人可记为经办人 the village has no lead to enter it"


@dataclass
class RegisteredRow:
    """A row of somebody on the register: whose, and what became of it so far."""

    row: Accepted
    elder: str
    village: str
    carer: str | None
    fate: Fate


def _unfit(row: Accepted, error: ValidationError) -> list[Flaw]:
    """Cells that are beyond the register's own limits: they reject their row alone."""
    return [
        _at(
            row,
            _column_of(fault.field),
            Observation.NOT_TAKEN,
            advice=fault.message,
        )
        for fault in faults_of(error, Enrol)
    ]


def _column_of(field: str) -> str:
    """The column of a command's field: of what a list holds, the list's; of a supporter's, theirs."""
    whole = _SUPPORTERS_FIELD.sub(lambda found: f"supporter{int(found[1]) + 1}.", _PLACE.sub("", field))
    return whole.removesuffix("_county_on")


class Import:
    """One file into one house."""

    def __init__(self, house: House, file: Township | None, key: bytes, at: datetime) -> None:
        """Without a township file the register's own is gone by. Raises TownshipError; nothing is written yet."""
        self._house = house
        self._file = file
        self._at = at
        self.opens = differences_told(house, file, at.date())
        self._township = township_of(house)
        self._identities = Identities(key, lambda elder: marks_of(house, elder), self._holders_of)
        self._is_due = cast("Registry", house.services["registry"].application).is_due_for_enrolment
        self._standing: dict[str, RegisteredRow] = {}
        self._tally = Tally()

    def run(self, ledger: Ledger, progress: Progress = lambda _: None) -> Tally:
        """Opens the township where it is not open yet, then takes the rows, batch by batch."""
        self._tally = Tally(ledger.noted, ledger.empty_sheets)
        if self._file is not None:
            self._open(self._file)
        waiting: list[Accepted] = []
        for row in ledger.rows(self._township.codes(), self._township.groups()):
            self._tally.read(row)
            if isinstance(row, Accepted):
                waiting.append(row)
            if len(waiting) == BATCH:
                self._enrol(waiting)
                waiting = []
            progress(1)
        self._enrol(waiting)
        self._house.catch_up()
        self._sign()
        self._house.settle()
        self._compare()
        self._pair()
        self._house.settle()
        self._suspect()
        self._tally.check()
        return self._tally

    @property
    def without_carer(self) -> int:
        """How many of those enrolled now have nobody paired with them."""
        return sum(
            1
            for row in self._standing.values()
            if row.carer is None and row.fate.outcome is not RowOutcome.ALREADY
        )

    def _holders_of(self, number: str) -> list[str]:
        found = self._house.views("registry", elder_views.OF_NUMBER, elder_views.digest_of(number))
        return [row["elder"] for row in found]

    def _open(self, file: Township) -> None:
        """What the register has already stays; rows are gone by what it has then."""
        self._house.take_many([Asked(command, self._at, "township file") for command in file.commands()])
        keep_names(self._house, file)
        self._township = township_of(self._house)

    def _enrol(self, rows: Sequence[Accepted]) -> None:
        new: list[tuple[Accepted, Enrol, list[Flaw]]] = []
        for row in rows:
            is_theirs = is_of(self._house, row.elder, row.facts) if row.elder else None
            if is_theirs is False:
                another = _at(row, "elder", Observation.ANOTHER_ENTRY, value=row.elder, elder=row.elder)
                self._tally.note(row, RowOutcome.REJECTED, another)
                continue
            elder = row.elder if is_theirs else self._identities.of(row.facts)
            problems = list(row.not_taken)
            first = self._standing.get(elder)
            try:
                command = self._command(row, elder, problems)
            except ValidationError as error:
                self._tally.note(row, RowOutcome.REJECTED, *_unfit(row, error), *problems)
                continue
            if first is None and not any(elder == command.elder for _, command, _ in new):
                new.append((row, command, problems))
                continue
            self._enrol_all(new)
            new = []
            self._again(row, command, problems)
        self._enrol_all(new)

    def _again(self, row: Accepted, command: Enrol, problems: list[Flaw]) -> None:
        """A second row of one person: never another command."""
        first = self._standing.get(command.elder)
        if first is None:  # the first one was refused, or could not be taken
            self._enrol_all([(row, command, problems)])
            return
        same = Observation.SAME_AS_ROW.problem(sheet=first.row.sheet, row=first.row.row)
        fate = self._tally.note(row, RowOutcome.ALREADY, *problems)
        fate.also.append(same)
        entry = entry_of(self._house, command.elder, self._at.date())
        if entry is not None:
            fate.problems += differences(entry, row, command.village, command.carer)

    def _enrol_all(self, rows: Sequence[tuple[Accepted, Enrol, list[Flaw]]]) -> None:
        answers = self._house.take_many([Asked(command, self._at) for _, command, _ in rows])
        for (row, command, problems), answer in zip(rows, answers, strict=True):
            self._count(row, command, problems, self._once_more(command, answer))

    def _once_more(self, command: Enrol, answer: Answer) -> Answer:
        """A row that was changed is another command, and so is one whose refusal no longer holds."""
        contents = hashlib.sha256(command.model_dump_json().encode()).hexdigest()
        if answer.outcome is Outcome.CONFLICT:
            answer = self._as(command, contents)
        if answer.outcome is Outcome.REPEAT and answer.is_recorded and self._is_due(command, self._at):
            answer = self._as(command, f"{contents}:{self._at.date()}")
        return answer

    def _as(self, command: Enrol, name: str) -> Answer:
        other = command.model_copy(update={"ledger": f"{command.ledger}:{name}"})
        return self._house.take(other, self._at)

    def _count(self, row: Accepted, command: Enrol, problems: list[Flaw], answer: Answer) -> None:
        if on_register := self._house.views("registry", elder_views.ELDER, command.elder):
            problems += _gone(row, on_register[0])
            is_new = answer.outcome is Outcome.ACCEPTED and not answer.is_recorded
            whole = RowOutcome.IN_PART if problems else RowOutcome.ENROLLED
            fate = self._tally.note(row, whole if is_new else RowOutcome.ALREADY, *problems)
            self._standing[command.elder] = RegisteredRow(
                row, command.elder, command.village, command.carer, fate
            )
            return
        said = Observation.REFUSED if answer.is_recorded else Observation.NOT_TAKEN
        field = COLUMN_OF.get(answer.reason) or _wrong_date(command, answer.reason, self._at.date())
        problem = _at(row, field, said, value=_written(row, field), advice=answer.advice)
        outcome = RowOutcome.REFUSED if answer.is_recorded else RowOutcome.REJECTED
        self._tally.note(row, outcome, problem, *problems)

    def _command(self, row: Accepted, elder: str, problems: list[Flaw]) -> Enrol:
        plain: dict[str, Any] = row.facts.as_dict()
        plain.pop("agreement_signed_on")
        code = self._township.codes()[row.facts.village]
        carer = self._carer(row, elder, code, problems)
        plain |= {"elder": elder, "ledger": elder, "village": code, "carer": carer}
        return Enrol.model_validate(plain, strict=False)

    def _carer(self, row: Accepted, elder: str, village: str, problems: list[Flaw]) -> str | None:
        """Whom the row names, by name or id; where that is nobody, or several, it is a problem of the row.

        Who is paired already is known to the register, also where the township file does not have them.
        """
        name = row.facts.carer
        if name is None:
            return None
        if any(entry["carer"] == name for entry in self._house.views("registry", elder_views.ELDER, elder)):
            return name
        ids = self._township.staff_called(village, name)
        if len(ids) == 1:
            return ids[0]
        said = Observation.CARER_AMBIGUOUS if ids else Observation.CARER_UNKNOWN
        problems.append(_at(row, "carer", said, value=name, name=name, number=len(ids), ids="、".join(ids)))
        return None

    def _compare(self) -> None:
        """What of those who were on the register before differs from the file."""
        for row in self._standing.values():
            if row.fate.outcome is RowOutcome.ALREADY:
                entry = entry_of(self._house, row.elder, self._at.date())
                if entry is not None:
                    row.fate.problems += differences(entry, row.row, row.village, row.carer)

    def _pair(self) -> None:
        """Those who were enrolled without a carer, and whose row names one by now."""
        lacking = [row for row in self._standing.values() if row.carer and self._has_no_carer(row.elder)]
        for part in _batches(lacking):
            asked = [Asked(Pair(elder=one.elder, carer=one.carer or ""), self._at) for one in part]
            for one, answer in zip(part, self._house.take_many(asked), strict=True):
                if answer.is_taken:
                    one.fate.also.append(_at(one.row, "carer", Observation.PAIRED, value=one.carer or ""))
                else:
                    refused = _at(one.row, "carer", Observation.NOT_TAKEN, advice=answer.advice)
                    one.fate.problems.append(refused)

    def _has_no_carer(self, elder: str) -> bool:
        (row,) = self._house.views("registry", elder_views.ELDER, elder)
        return row["carer"] is None and row["status"] not in {"ended", "merged"}

    def _sign(self) -> None:
        """Agreements that the ledger says are signed; a second signature changes nothing."""
        roster, today = roster_of(self._house), self._at.date()
        signed: list[tuple[RegisteredRow, SignAgreement]] = []
        for one in self._standing.values():
            if one.row.facts.agreement_signed_on is None:
                continue
            on = date.fromisoformat(one.row.facts.agreement_signed_on)
            lead = roster.holder(Role.VILLAGE_LEAD, one.village, today)
            if lead is None or on > today:
                self._note_unsigned(one, FUTURE if lead is not None else NO_LEAD)
            else:
                signed.append((one, SignAgreement(elder=one.elder, by=lead, on=on)))
        for part in _batches(signed):
            answers = self._house.take_many([Asked(command, self._at) for _, command in part])
            for (one, _), answer in zip(part, answers, strict=True):
                if not answer.is_taken and answer.reason != AlreadySigned.__name__:
                    self._note_unsigned(one, answer.advice)

    def _note_unsigned(self, one: RegisteredRow, advice: str) -> None:
        said = Observation.AGREEMENT_NOT_TAKEN
        one.fate.problems.append(_at(one.row, "agreement_signed_on", said, advice=advice))
        if one.fate.outcome is RowOutcome.ENROLLED:
            one.fate.outcome = RowOutcome.IN_PART

    def _suspect(self) -> None:
        """Whoever of the file stands beside somebody as perhaps the same person, told with who that is."""
        for pair in self._house.views("registry", duplicate_views.SUSPECTED, "open", MOST_SUSPECTED):
            for elder, other in ((pair["elder"], pair["other"]), (pair["other"], pair["elder"])):
                if elder in self._standing:
                    self._tell_of_suspicion(self._standing[elder], other)

    def _tell_of_suspicion(self, one: RegisteredRow, other: str) -> None:
        """Two birth dates or numbers of what may be one person are to be decided, namesakes of one day to be known."""
        theirs, entry = self._standing.get(other), entry_of(self._house, other, self._at.date())
        place = f"“{theirs.row.sheet}”第 {theirs.row.row} 行 " if theirs else ""
        differing = list(differences(entry, one.row, one.village, one.carer)) if entry else []
        columns = [flaw.column for flaw in differing]
        if not CORRECTED & set(columns):
            one.fate.also.append(_at(one.row, "name", Observation.SUSPECTED, other=f"{place}{other}"))
            return
        lead = roster_of(self._house).holder(Role.VILLAGE_LEAD, one.village, self._at.date()) or "经办人编号"
        words = {
            "other": other,
            "place": place,
            "elder": one.elder,
            "by": lead,
            "columns": "、".join(columns),
        }
        one.fate.problems.append(_at(one.row, "name", Observation.PERHAPS_CORRECTED, **words))


def _wrong_date(command: Enrol, reason: str, today: date) -> str:
    """The column of the date that a refusal is about; none where it is about no date."""
    dates = {"born": command.born}
    for supporter in command.supporters:
        if supporter.left_county_on is not None:
            dates[_leaving(supporter.id)] = supporter.left_county_on
    if reason == NotYetHappened.__name__:
        return next((field for field, on in dates.items() if on > today), "")
    if reason == BeforeBirth.__name__:
        return next((field for field, on in dates.items() if on < command.born), "")
    return ""


def _written(row: Accepted, field: str) -> str:
    """A date of the row, as it was read."""
    supporters = {_leaving(one.id): one.left_county_on for one in row.facts.supporters}
    return {"born": row.facts.born, **supporters}.get(field) or ""


def _leaving(supporter: str) -> str:
    """The column in which one says when they left, S1 to S3."""
    return f"supporter{supporter.removeprefix('S')}.left"


def _gone(row: Accepted, entry: Mapping[str, Any]) -> Iterator[Flaw]:
    """What is told of somebody whose entry is closed."""
    if entry["status"] == "ended":
        yield _at(row, "name", Observation.ENDED, why=chinese(entry["reason"]), since=entry["since"])
    if entry["status"] == "merged":
        yield _at(row, "name", Observation.MERGED, into=entry["reason"], elder=entry["elder"])


def _at(row: Accepted, field: str, said: Observation, value: str = "", **words: object) -> Flaw:
    """What is told of a row, at the column that it is about."""
    column = row.columns.get(field)
    cell = f"{letters(column)}{row.row}" if column else ""
    return said.problem(BY_FIELD[field].title if field in BY_FIELD else "", cell, value, **words)


def _batches(whole: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (whole[begin : begin + BATCH] for begin in range(0, len(whole), BATCH))
