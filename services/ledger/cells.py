"""Reading one cell: full-width characters, stray spaces, dates, yes and no, citizen numbers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel

from services.kernel.citizen_number import FIRST_YEAR, LAST_YEAR, NumberFault, fault_in
from services.ledger.troubles import Trouble, UnreadableCell

YES = frozenset("是 有 √ ✓ ✔ ☑ Y YES TRUE 1 对".split())  # noqa: SIM905  # reads as a list of words
NO = frozenset("否 无 × X ✗ ☐ N NO FALSE 0 没有 / - — 不是".split())  # noqa: SIM905
NONE_YET = frozenset(("", "无", "暂无", "没有", "/", "-", "—"))
IDEOGRAPHIC_SPACE = {0x3000: " "}
FULL_WIDTH = IDEOGRAPHIC_SPACE | {
    code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF01, 0xFF5F) if chr(code).isalnum()
}
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
UNSHOWN = frozenset("?□■▯◻◼\ufffd")
"""What stands where a character could not be shown or was lost on the way."""
LIKE_DIGITS = {
    "O": "0",
    "o": "0",
    "О": "0",
    "о": "0",
    "l": "1",
    "I": "1",
    "|": "1",
    "丨": "1",
    "Z": "2",
    "S": "5",
    "B": "8",
}
LIKE_X = frozenset("×✕✖хХΧχ*")
SIGNS = {"×": "乘号", "✕": "叉号", "✖": "叉号", "|": "竖线", "丨": "竖线", "*": "星号"}
PHONE = re.compile(r"[0-9+-]{7,20}")
MASKED = re.compile(r"[0-9]{0,6}\*{2,}[0-9Xx]{0,4}")
LONG_DIGITS = re.compile(r"[0-9]{14,17}[0-9Xx]")
SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?1[5-8]")
TEXT_DATE = re.compile(
    r"(\d{4})(?:年(\d{1,2})月(\d{1,2})[日号]?|([-./])(\d{1,2})\4(\d{1,2}))(?: ?\d{1,2}:\d\d(?::\d\d(?:\.0+)?)?)?",
    re.ASCII,
)
DIGIT_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
EXACT_DIGITS = 10**15
FIRST_SERIAL, LAST_SERIAL = 2101, 80_000  # below stands a bare year such as 1950; above, 2119 is past


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell, and where; formulas are seen and never evaluated."""

    row: int
    column: int
    value: object = None
    is_formula: bool = False
    is_error: bool = False

    @property
    def at(self) -> str:
        """F12."""
        return f"{get_column_letter(self.column)}{self.row}"

    @property
    def is_blank(self) -> bool:
        """Nothing, or nothing visible."""
        return not self.is_formula and not note(self.value)


def note(value: object) -> str:
    """Free text: full-width digits and letters to ASCII, spaces tidied, Chinese punctuation kept."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(Decimal(f"{value:.15g}"))  # 15 digits and then zeros, as Excel shows it
    if isinstance(value, datetime):
        value = value.date()
    text = str(value)
    if not text.isascii():
        text = INVISIBLE.sub("", text).translate(FULL_WIDTH)
    return " ".join(text.split())


def word(value: object) -> str:
    """A word to compare or a name: NFKC, and no spaces."""
    return "".join(unicodedata.normalize("NFKC", note(value)).split())


def phrases(value: object) -> list[str]:
    """A list written in one cell: parted by 、 , ; or /."""
    return [part for part in re.split(r"[、,;/+。]", word(value)) if part and part not in NONE_YET]


def yes_or_no(value: object, *, yes: frozenset[str] = frozenset(), no: frozenset[str] = frozenset()) -> bool:
    """是/否/有/无/√ and the column's own words; an empty cell is no, as on paper."""
    said = word(value).upper()
    if said in YES or said in yes:
        return True
    if not said or said in NO or said in no:
        return False
    raise UnreadableCell(Trouble.NOT_YES_OR_NO)


def look_alike(text: str, right: str) -> UnreadableCell:
    """The first character that only looks like the one that is meant."""
    place = next(place for place, (one, other) in enumerate(zip(text, right, strict=True)) if one != other)
    wrong = text[place]
    name = SIGNS.get(wrong, "字母")
    return UnreadableCell(Trouble.LOOK_ALIKE, place=place + 1, wrong=wrong, right=right[place], name=name)


def digits(text: str) -> str:
    """With digits where there are letters that look like them."""
    return "".join(LIKE_DIGITS.get(letter, letter) for letter in text)


def name(value: object) -> str:
    """A person's name: whatever letters, and nothing that stands for one that was lost."""
    text = word(value)
    for place, one in enumerate(text):
        if one in UNSHOWN or unicodedata.category(one) in {"Cc", "Cn", "Cs"}:
            raise UnreadableCell(Trouble.WRONG_CHARACTER, place=place + 1, wrong=one)
    return text


def phone(value: object) -> str:
    """联系电话, without the spaces within."""
    text = word(value)
    meant = digits(text)
    if meant != text and PHONE.fullmatch(meant):
        raise look_alike(text, meant)
    return text


def day(value: object) -> date | None:
    """A date as Excel has it, as a serial number, or as text; None where the cell is empty."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and FIRST_SERIAL <= value <= LAST_SERIAL:
        return _day_of_serial(int(value))
    text = unicodedata.normalize("NFKC", note(value))
    meant = digits(text)
    if meant != text and (TEXT_DATE.fullmatch(meant) or DIGIT_DATE.fullmatch(meant)):
        raise look_alike(text, meant)
    return _day_of_text(text) if text else None


def _day_of_serial(serial: int) -> date:
    moment = from_excel(serial)
    assert isinstance(moment, datetime)  # noqa: S101  # a whole number above 1 is never a time of day
    return moment.date()


def _day_of_text(text: str) -> date:
    tight = re.sub(r" *([-年月日号./]) *", r"\1", text)
    found = TEXT_DATE.fullmatch(tight) or DIGIT_DATE.fullmatch(tight)
    if found is None:
        raise UnreadableCell(Trouble.UNREADABLE_DATE)
    year, month, day_of_month = (int(part) for part in found.groups() if part and part.isdigit())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnreadableCell(Trouble.UNREADABLE_DATE)
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise UnreadableCell(Trouble.UNREADABLE_DATE) from None


def citizen_number(value: object) -> str | None:
    """身份证号码 GB 11643: 18 characters of text with a right check digit; None where there is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise UnreadableCell(Trouble.ROUNDED_NUMBER if value >= EXACT_DIGITS else Trouble.NOT_18_CHARACTERS)
    written = word(value).lstrip("'`‘’")
    text = written.upper()
    if text in NONE_YET:
        return None
    if MASKED.fullmatch(text):
        raise UnreadableCell(Trouble.MASKED)
    meant = digits(written[:-1]) + ("X" if written[-1] in LIKE_X else digits(written[-1]))
    if meant != written and fault_in(meant.upper()) is not NumberFault.NOT_18_CHARACTERS:
        raise look_alike(written, meant)
    if SCIENTIFIC.fullmatch(text):
        raise UnreadableCell(Trouble.ROUNDED_NUMBER)
    fault = fault_in(text)
    if fault is NumberFault.WRONG_CHECK_DIGIT and text.endswith("000"):
        raise UnreadableCell(Trouble.ROUNDED_NUMBER)
    if fault is not None:
        raise UnreadableCell(Trouble[fault.name])
    return text


def masked(text: str) -> str:
    """All but the last four hidden."""
    return "*" * (len(text) - 4) + text[-4:] if len(text) > 4 else "*" * len(text)  # noqa: PLR2004


def shown(value: object) -> str:
    """A cell's value as a rejection may show it: what looks like a citizen number is masked anywhere."""
    return LONG_DIGITS.sub(lambda found: masked(found[0]), note(value))
