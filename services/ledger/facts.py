"""What reading a ledger yields: a row's facts, or why it cannot be taken and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Living = Literal["alone", "couple", "with_grandchildren", "with_relatives"]
Sex = Literal["f", "m"]


class LedgerError(ValueError):
    """A ledger that cannot be read at all; the message says what to do."""


class NotAWorkbook(LedgerError):
    """这不是可读的 Excel 工作簿(.xlsx):请用 Excel 或 WPS 打开,另存为“Excel 工作簿(*.xlsx)”,不加密码,再导入。

    This is not a readable .xlsx workbook: open it in Excel or WPS, save it as .xlsx without a password.
    """

    def __init__(self) -> None:
        super().__init__(" ".join((type(self).__doc__ or "").split()))


class TooLarge(LedgerError):
    """工作簿太大:请删去图片、空白行和无关工作表,或按村分成几份,再导入。

    The workbook is too large: delete pictures, blank rows and other sheets, or split it by village.
    """

    def __init__(self) -> None:
        super().__init__(" ".join((type(self).__doc__ or "").split()))


@dataclass(frozen=True)
class LedgerSupporter:
    """赡养人: as the ledger has them; no date of leaving means in the county."""

    id: str
    name: str
    relation: str
    phone: str
    whereabouts: str
    left_county_on: str | None


@dataclass(frozen=True)
class LedgerFacts:
    """登记表 facts of one person; dates are ISO, `village` is its name in the list of villages."""

    name: str
    citizen_number: str | None
    temporary: bool
    born: str
    sex: Sex
    ethnic_group: str
    phone: str
    address: str
    village: str
    group: str
    marital: str
    living: Living
    income_sources: tuple[str, ...]
    family_structure: str
    health_note: str
    health: tuple[str, ...]
    care_situation: str
    difficulties: str
    needs: str
    insurance: str
    low_income: bool
    destitute_support: bool
    declined_institution: bool
    evidence: tuple[str, ...]
    agreement_signed_on: str | None
    supporters: tuple[LedgerSupporter, ...]
    carer: str | None

    def as_dict(self) -> dict[str, Any]:
        """JSON-plain: dicts, lists, text, booleans and None."""
        plain = asdict(self)
        for field in ("income_sources", "health", "evidence", "supporters"):
            plain[field] = list(plain[field])
        return plain


@dataclass(frozen=True)
class Problem:
    """One thing that is the matter: where (Chinese header, cell), what stands there, what to do."""

    column: str
    cell: str
    value: str
    what: str
    what_to_do: str


@dataclass(frozen=True)
class Accepted:
    """A row that can be enrolled, or refused by rule; that is not for the ledger to say."""

    sheet: str
    row: int
    facts: LedgerFacts


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be taken, with everything that is the matter; row 0 is the sheet as a whole."""

    sheet: str
    row: int
    problems: tuple[Problem, ...]

    @property
    def is_whole_sheet(self) -> bool:
        """None of the sheet's rows was read."""
        return self.row == 0


Row = Accepted | Rejected
