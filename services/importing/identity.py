"""Whose row it is: ids that the same file gives again, and namesakes told apart.

A person's id is a keyed hash of the citizen number; without one, of name, birth date and village, and of a number
in turn where others of that name, birth date and village have another group, address and other children.
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
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from services.ledger.facts import LedgerFacts

ID_LETTERS = 12
KEY_BYTES = 32


class KeyUnsafe(ValueError):
    """查对密钥他人可读，请 chmod 600 或移走 / others can read the look-up key: chmod 600 it, or move it away."""


class KeyDamaged(KeyUnsafe):
    """查对密钥不完整，请从备份恢复，换用新密钥会重复建档 / the look-up key is cut short: restore it from a backup."""


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


@dataclass(frozen=True)
class Marks:
    """What tells namesakes apart: where they live, and what their supporters are called."""

    group: str
    address: str
    supporters: frozenset[str]

    @classmethod
    def of(cls, facts: LedgerFacts) -> Marks:
        """As a row has them."""
        return cls(facts.group, facts.address, frozenset(supporter.name for supporter in facts.supporters))

    def may_be(self, other: Marks) -> bool:
        """The same person: a supporter in common, or else the same place.

        Where both name supporters and none in common, the address must be written, and be the same.
        """
        if self.supporters & other.supporters:
            return True
        if self.group != other.group:
            return False
        if self.supporters and other.supporters:
            return bool(self.address) and self.address == other.address
        return not (self.address and other.address) or self.address == other.address


class Identities:
    """Gives each row its person's id.

    `marks_of` says what is recorded of somebody, None where nothing is; `holders_of` who has a citizen number now.
    """

    def __init__(
        self,
        key: bytes,
        marks_of: Callable[[str], Marks | None],
        holders_of: Callable[[str], Sequence[str]],
    ) -> None:
        self._key = key
        self._marks_of = marks_of
        self._holders_of = holders_of
        self._met: dict[str, Marks] = {}

    def of(self, facts: LedgerFacts) -> str:
        """By the number, even one that came by a correction; without one, the first entry that may be this person.

        That is one of their name, birth date and village.
        """
        if facts.citizen_number:
            own, holders = self._hash(facts.citizen_number), self._holders_of(facts.citizen_number)
            return own if own in holders or not holders else holders[0]
        name, marks = f"{facts.name}|{facts.born}|{facts.village}", Marks.of(facts)
        turns = (self._hash(name if turn == 1 else f"{name}|{turn}") for turn in count(1))
        elder = next(turn for turn in turns if self._is_free_for(turn, marks))
        self._met.setdefault(elder, marks)
        return elder

    def _is_free_for(self, elder: str, marks: Marks) -> bool:
        known = self._met.get(elder) or self._marks_of(elder)
        return known is None or known.may_be(marks)

    def _hash(self, identity: str) -> str:
        digest = hmac.new(self._key, identity.encode(), hashlib.sha256).digest()
        return "E" + base64.b32encode(digest).decode()[:ID_LETTERS]
