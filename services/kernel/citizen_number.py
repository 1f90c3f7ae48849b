"""Citizen numbers (公民身份号码, GB 11643-1999): 18 characters, of which the last checks the others.

The area code is not looked up: no table holds every retired county and every new one.
"""

from __future__ import annotations

import re
from datetime import date
from enum import Enum

from stdnum.cn import ric

_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_BORN, _SEX_DIGIT = slice(6, 14), 16
FIRST_YEAR, LAST_YEAR = 1900, 2100


class NumberFault(Enum):
    """What is wrong with a number, in Chinese and English."""

    NOT_18_CHARACTERS = "身份证号码应为 18 位：照身份证改正 / a citizen number has 18 characters"
    WRONG_CHECK_DIGIT = "身份证号码校验码不对，至少有一位录错：照身份证核对 / the check digit is wrong"
    NO_SUCH_BIRTH_DATE = (
        "身份证号码中的出生日期不存在：照身份证改正 / the birth date within the number does not exist"
    )


def fault_in(number: str) -> NumberFault | None:
    """The first fault of a number, whose X is upper case; None where it is right."""
    if not _NUMBER.fullmatch(number):
        return NumberFault.NOT_18_CHARACTERS
    if ric.calc_check_digit(number) != number[-1]:
        return NumberFault.WRONG_CHECK_DIGIT
    return NumberFault.NO_SUCH_BIRTH_DATE if _born(number) is None else None


def born_by(number: str) -> date:
    """The birth date within a number that has no fault."""
    born = _born(number)
    if born is None:
        raise ValueError(NumberFault.NO_SUCH_BIRTH_DATE.value)
    return born


def sex_by(number: str) -> str:
    """`f` or `m`, as a number says."""
    return "m" if int(number[_SEX_DIGIT]) % 2 else "f"


def _born(number: str) -> date | None:
    try:
        born = date.fromisoformat(number[_BORN])
    except ValueError:
        return None
    return born if FIRST_YEAR <= born.year <= LAST_YEAR else None
