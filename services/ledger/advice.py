"""What a reader of a ledger is told: sentences in Chinese and English, at their place."""

from __future__ import annotations

from enum import Enum

from services.ledger.facts import Flaw


class Advice(Enum):
    """What is the matter (中文, English) and what to do (中文, English)."""

    def what(self, **words: object) -> str:
        """What is the matter."""
        return f"{self.value[0]} {self.value[1]}".format(**words)

    def what_to_do(self, **words: object) -> str:
        """What the reader does about it."""
        return f"{self.value[2]} {self.value[3]}".format(**words).strip()

    def problem(self, column: str = "", cell: str = "", value: str = "", /, **words: object) -> Flaw:
        """It, at its place; without one it is the whole sheet's."""
        return Flaw(column, cell, value, self.what(**words), self.what_to_do(**words))
