"""What reading a ledger yields: a row's facts, or why it cannot be taken and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from dataclasses import field as default
from typing import Any, Literal

Living = Literal["alone", "couple", "with_grandchildren", "with_relatives"]
Sex = Literal["f", "m"]


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
class Flaw:
    """One thing that is the matter: where (Chinese header, cell), what stands there, what to do."""

    column: str
    cell: str
    value: str
    what: str
    what_to_do: str


@dataclass(frozen=True)
class Accepted:
    """A row that can be enrolled, or refused by rule; that is not for the ledger to say.

    `columns`: the number of the column that each field stands in; `not_taken`: what of the row has no place;
    `elder`: the entry of the register that the row says it is, where it says so.
    """

    sheet: str
    row: int
    facts: LedgerFacts
    columns: Mapping[str, int] = default(default_factory=dict[str, int], compare=False, repr=False)
    not_taken: tuple[Flaw, ...] = ()
    elder: str = ""


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be taken, with everything that is the matter; row 0 is the sheet as a whole."""

    sheet: str
    row: int
    problems: tuple[Flaw, ...]

    @property
    def is_whole_sheet(self) -> bool:
        """None of the sheet's rows was read."""
        return self.row == 0


@dataclass(frozen=True)
class Noted:
    """What else stands in a sheet: `rows` such as 4-6 (empty: the sheet), `is_loss` where people were left out."""

    sheet: str
    rows: str
    problem: Flaw
    is_loss: bool = False


Row = Accepted | Rejected
