"""What a text or an id may hold where it enters: its characters, its length, and how it is tidied.

Full-width digits and letters are folded, blanks around it and invisible characters fall away, rare characters stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

LONGEST_ID = 128
_DIGEST_LETTERS = 32
HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
"""Chinese characters, those beyond the basic plane too, as a part of a pattern's class."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code).isalnum()}
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_NO_CHARACTERS = "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff" + "".join(
    chr(plane + place) for plane in range(0x10000, 0x110000, 0x10000) for place in (0xFFFE, 0xFFFF)
)
_UNFIT = re.compile(f"[{_CONTROLS}{_NO_CHARACTERS}]")
_JOINERS = "\u200c\u200d"
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f"
)
_UNSEEN = re.compile(f"[{_INVISIBLE}]")
_UNSEEN_IN_A_LINE = re.compile(f"[{_INVISIBLE}{_JOINERS}]")
_BLANK = re.compile(r"\s+")
_BLANK_IN_A_LINE = re.compile(r"[^\S\n]+")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


class UnfitText(ValueError):
    """A text that cannot be taken: the message says what is allowed, in Chinese and English."""


def folded(text: str) -> str:
    """Full-width digits and letters as ASCII."""
    return text if text.isascii() else text.translate(_FULL_WIDTH)


@dataclass(frozen=True)
class TextForm:
    """One kind of text: at most `longest` characters after tidying; only those of `pattern`, where it has one.

    `allowed` says of what it is made, in Chinese and English.
    """

    longest: int
    allowed: tuple[str, str] = ("", "")
    pattern: str = ""
    has_lines: bool = False
    is_tidied: bool = True
    may_be_empty: bool = False

    def read(self, given: str) -> str:
        """The text, tidied; raises UnfitText."""
        if len(given) > self.longest * 4:
            raise UnfitText(self._too_long(len(given)))
        text = self._tidied(given) if self.is_tidied else folded(given)
        if len(text) > self.longest:
            raise UnfitText(self._too_long(len(text)))
        if not text and not self.may_be_empty:
            raise UnfitText("不能为空 / must not be empty")
        if text and self.pattern and not re.fullmatch(self.pattern, text):
            raise UnfitText(f"只能是{self.allowed[0]} / only {self.allowed[1]}")
        return text

    def _tidied(self, given: str) -> str:
        if _UNFIT.search(given):
            raise UnfitText(
                "不得含控制字符或不成字的编码 / no control characters, nothing that is no character"
            )
        text = folded(given)
        if not self.has_lines:
            return _BLANK.sub(" ", _UNSEEN_IN_A_LINE.sub("", text)).strip()
        text = _LINE_END.sub("\n", _UNSEEN.sub("", text))
        return _BLANK_IN_A_LINE.sub(" ", text).strip()

    def _too_long(self, length: int) -> str:
        return (
            f"最多 {self.longest} 个字符，现有 {length} 个 / at most {self.longest} characters, not {length}"
        )


ID = TextForm(
    LONGEST_ID,
    ("汉字、字母、数字和 - _ . : +，不能只有符号", "letters, digits, and - _ . : +, not signs alone"),
    f"[._:+-]*[0-9A-Za-z{HAN}][0-9A-Za-z{HAN}._:+-]*",
    is_tidied=False,
)
GROUP = TextForm(60, ("名称，不含斜线", "a name without a slash"), "[^/]{1,60}")
SUBJECT = TextForm(
    LONGEST_ID + 1 + GROUP.longest,
    ("编号，或“村/村小组”", "an id, or village/group"),
    f"{ID.pattern}(/{GROUP.pattern})?",
)
PERSON_NAME = TextForm(60)
SHORT_TEXT = TextForm(200)
PHONE = TextForm(60)
LONG_TEXT = TextForm(2000, has_lines=True)


def derived_id(*parts: str) -> str:
    """An id made of others, such as a referral's of an elder's; where it would be too long, it ends in a digest."""
    whole = ":".join(parts)
    if len(whole) <= LONGEST_ID:
        return whole
    digest = sha256(whole.encode()).hexdigest()[:_DIGEST_LETTERS]
    return f"{whole[: LONGEST_ID - 1 - _DIGEST_LETTERS]}:{digest}"
