"""结果: what became of each row, as it stands in the workbook that comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from services.ledger.facts import Flaw
from services.ledger.report import Fate, RowOutcome

WIDTH = 64
FILLED = 56
"""Of the width, what a line that is folded between words is sure to take."""
LINE_HEIGHT = 15.0
MOST_LINES = 27
"""Excel's rows are at most 409 points high."""


class Tone(Enum):
    """How a result stands out: colour of its ground."""

    WHOLE = "E2EFDA"
    TO_KNOW = "DDEBF7"
    TO_MEND = "FFEB9C"
    NOT_IN = "FFC7CE"


SAID = {
    RowOutcome.ENROLLED: "已建档 enrolled",
    RowOutcome.IN_PART: "已建档,有内容没有录入 enrolled in part",
    RowOutcome.ALREADY: "已在册 already on the register",
    RowOutcome.REFUSED: "不予建档 refused by a rule",
    RowOutcome.REJECTED: "退回,没有录入 rejected",
}


@dataclass(frozen=True)
class Result:
    """What is said of one row."""

    text: str
    tone: Tone

    @classmethod
    def of(cls, fate: Fate) -> Result:
        """In lines: the outcome, what is to be mended, what is to be known."""
        lines = [SAID[fate.outcome], *map(_line, fate.problems), *map(_line, fate.also)]
        if fate.outcome in {RowOutcome.REFUSED, RowOutcome.REJECTED}:
            return cls("\n".join(lines), Tone.NOT_IN)
        if fate.problems:
            return cls("\n".join(lines), Tone.TO_MEND)
        return cls("\n".join(lines), Tone.TO_KNOW if fate.also else Tone.WHOLE)

    @property
    def height(self) -> float:
        """Points that the row needs."""
        lines = sum(1 + (_width(line) - 1) // FILLED for line in self.text.split("\n"))
        return LINE_HEIGHT * min(lines, MOST_LINES)


@dataclass
class SheetResults:
    """Those of one sheet: `column` takes them, beneath `header_row`; rows begin at `first_row`."""

    header_row: int
    first_row: int
    column: int
    name_column: int
    by_row: dict[int, Result] = field(default_factory=dict[int, Result])

    @property
    def header_rows(self) -> range:
        """One or two."""
        return range(self.header_row, self.first_row)


def _line(problem: Flaw) -> str:
    where = f"{problem.column}({problem.cell})" if problem.cell else problem.column
    told = f"{problem.what} → {problem.what_to_do}" if problem.what_to_do else problem.what
    return f"• {where}:{told}" if where else f"• {told}"


def _width(text: str) -> int:
    """In narrow letters."""
    return max(1, sum(1 + (ord(letter) > 0xFF) for letter in text))  # noqa: PLR2004


def results_of(fates: Iterable[Fate], sheets: dict[str, SheetResults]) -> dict[str, SheetResults]:
    """Each fate in its sheet."""
    for fate in fates:
        sheets[fate.sheet].by_row[fate.row] = Result.of(fate)
    return sheets
