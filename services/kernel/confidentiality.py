"""保密: who may know of what is confidential (sections 5 and 8): one rule for problems, grades, notices and reports."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.kernel.terms import CARERS


@dataclass(frozen=True)
class Confidentiality:
    """What one version of a policy keeps back: kinds of problem or of evidence (`matters`), for `known_to` alone.

    Whoever handles a matter knows of it too; nobody of `kept_from` ever does, whatever they handle.
    """

    matters: frozenset[str]
    known_to: frozenset[str] = frozenset()
    kept_from: frozenset[str] = CARERS

    def covers(self, *matters: str) -> bool:
        """Whether any of these is confidential."""
        return not self.matters.isdisjoint(matters)

    def is_kept_from(self, role: str | None, *matters: str) -> bool:
        """Whether these never reach a role, as notice, as work or on paper: carers see nothing confidential."""
        return role in self.kept_from and self.covers(*matters)

    def may_know(self, role: str | None, matters: Iterable[str], handlers: Collection[str] = ()) -> bool:
        """Whether a reader of a role, or of none, may know of all of these."""
        if not self.covers(*matters):
            return True
        return role not in self.kept_from and (role in self.known_to or role in handlers)
