"""Importing a registration ledger: every row ends as enrolled, refused by a rule, or rejected with what to do.

A person's id is a keyed hash of the citizen number (or, without one, of name, birth date and village), so the
same file again changes nothing, and an import that was cut short goes on where it stopped.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from services.chassis.commands import Answer, Asked, Outcome
from services.kernel.roster import AppointmentOver
from services.ledger.facts import Accepted, LedgerFacts, Problem, Rejected
from services.ledger.reader import Ledger
from services.ledger.report import Outcome as Ended
from services.ledger.report import Tally
from services.registry import views as registered
from services.registry.api import FACE
from services.registry.application import Registry
from services.registry.commands import Enrol
from services.township.house import House
from services.township.places import Township
from services.visits.commands import SignAgreement

BATCH = 100
ID_LETTERS = 12
CARER_COLUMN = "结对帮扶人"
KEY_BYTES = 32
Progress = Callable[[int], None]
DIFFERS = Problem(
    column="",
    cell="",
    value="",
    what="与登记册上的内容不同 / differs from what is on the register",
    what_to_do="请作为更正提交,不要再次导入 / enter it as a correction instead of importing it again",
)


def _refused(answer: Answer) -> Problem:
    """What the register says to a row that it cannot take."""
    column = CARER_COLUMN if answer.reason == AppointmentOver.__name__ else ""
    said = "不能受理 / it cannot be taken", FACE.say(answer.reason, answer.advice)
    return Problem(column, "", "", *said)


class KeyUnsafe(ValueError):
    """Others can read the look-up key: chmod 600 it, or move it away and import into a new folder."""


class KeyDamaged(KeyUnsafe):
    """The look-up key is cut short: restore it from a backup; with another, everybody would be enrolled again."""


def lookup_key(path: Path) -> bytes:
    """The installation's secret for keyed hashes, made once, readable by its owner alone."""
    if not path.exists():
        _make_key(path)
    if path.stat().st_mode & 0o077:
        raise KeyUnsafe
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise KeyDamaged
    return key


def _make_key(path: Path) -> None:
    """Whole or not at all: who comes second, or after a crash, never reads a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(name, path)
    Path(name).unlink()


def elder_of(facts: LedgerFacts, key: bytes) -> str:
    """The id of the person that a row speaks of."""
    identity = facts.citizen_number or f"{facts.name}|{facts.born}|{facts.village}"
    digest = hmac.new(key, identity.encode(), hashlib.sha256).digest()
    return "E" + base64.b32encode(digest).decode()[:ID_LETTERS]


class Import:
    """One workbook into one house."""

    def __init__(self, house: House, township: Township, key: bytes, at: datetime) -> None:
        self._house = house
        self._township = township
        self._key = key
        self._at = at
        self._codes = township.codes()
        self._is_due = cast("Registry", house.services["registry"].application).is_due_for_enrolment
        self._signed: list[tuple[str, str, str]] = []
        self._tally = Tally()
        self.without_carer = 0

    def run(self, path: Path, progress: Progress = lambda _: None) -> Tally:
        """Opens the township where it is not open yet, then takes the rows, batch by batch."""
        ledger = Ledger(path)
        self._tally = Tally(ledger.empty_sheets)
        self._house.take_many(
            [Asked(command, self._at, "township file") for command in self._township.commands()]
        )
        waiting: list[Accepted] = []
        for row in ledger.rows(self._codes):
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
        self._tally.check()
        return self._tally

    def _enrol(self, rows: Sequence[Accepted]) -> None:
        commands = [self._command(row.facts) for row in rows]
        answers = self._house.take_many([Asked(command, self._at) for command in commands])
        self._signed += [
            (command.elder, command.village, row.facts.agreement_signed_on)
            for row, command in zip(rows, commands, strict=True)
            if row.facts.agreement_signed_on is not None
        ]
        for row, command, answer in zip(rows, commands, answers, strict=True):
            self._count(row, command, self._once_more(command, answer))

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

    def _count(self, row: Accepted, command: Enrol, answer: Answer) -> None:
        is_enrolled = bool(self._house.views("registry", registered.ELDER, command.elder))
        if answer.outcome is Outcome.REPEAT:
            self._tally.note(row.sheet, Ended.ALREADY)
        elif answer.is_taken:
            self.without_carer += is_enrolled and command.carer is None
            self._tally.note(row.sheet, Ended.ENROLLED if is_enrolled else Ended.REFUSED)
        else:
            problem = DIFFERS if is_enrolled else _refused(answer)
            self._tally.rejections.append(Rejected(row.sheet, row.row, (problem,)))
            self._tally.note(row.sheet, Ended.REJECTED)

    def _command(self, facts: LedgerFacts) -> Enrol:
        plain: dict[str, Any] = facts.as_dict()
        plain.pop("agreement_signed_on")
        code, elder = self._codes[facts.village], elder_of(facts, self._key)
        carer = self._township.staff_by_name(code).get(facts.carer or "")
        plain |= {"elder": elder, "ledger": elder, "village": code, "carer": carer}
        return Enrol.model_validate(plain, strict=False)

    def _sign(self) -> None:
        """Agreements that the ledger says are signed; a second signature changes nothing."""
        leads = {
            village.code: one.id
            for village in self._township.villages
            for one in village.staff
            if one.role == "village_lead"
        }
        asked = [
            Asked(SignAgreement(elder=elder, by=leads[village], on=date.fromisoformat(on)), self._at)
            for elder, village, on in self._signed
            if village in leads and date.fromisoformat(on) <= self._at.date()
        ]
        for begin in range(0, len(asked), BATCH):
            self._house.take_many(asked[begin : begin + BATCH])
