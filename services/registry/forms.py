"""Parts of the registration form (登记表) that several commands share: its rows of supporters, and what must agree."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from pydantic import ValidationInfo

from services.chassis.commands.command import Command
from services.chassis.commands.fields import (
    RECORDED,
    Day,
    Id,
    LongText,
    PersonNameIfAny,
    PhoneIfAny,
    ShortTextIfAny,
    unfit,
)
from services.registry.policies import agrees_with_number


class SupporterRow(Command):
    """赡养义务人, as a row of the registration form."""

    NAME: ClassVar[str] = ""
    id: Id
    left_county_on: Day | None
    name: PersonNameIfAny = ""
    relation: ShortTextIfAny = ""
    phone: PhoneIfAny = ""
    whereabouts: ShortTextIfAny = ""


class CorrectedSupporter(Command):
    """更正后的外出日期: of a supporter of the file, or of one whom it lacked; none: in the county."""

    NAME: ClassVar[str] = ""
    id: Id
    left_county_on: Day | None


Reason = LongText
"""理由: why somebody decided so."""
R = TypeVar("R", SupporterRow, CorrectedSupporter)


def agreeing(number: str | None, info: ValidationInfo) -> str | None:
    """A number agrees with the birth date and sex beside it, where they are said."""
    born, sex = info.data.get("born"), info.data.get("sex")
    if number is None or info.context == RECORDED or born is None or sex is None:
        return number
    if not agrees_with_number(number, born.isoformat(), sex):
        raise unfit(
            "出生日期或性别与身份证号码不一致：照身份证核对 / birth date or sex disagrees with the number"
        )
    return number


def each_once(rows: list[R], info: ValidationInfo) -> list[R]:
    """Of two rows of one person, nobody knows which is right."""
    ids = [row.id for row in rows]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice and info.context != RECORDED:
        told = ", ".join(twice)
        raise unfit(f"赡养义务人编号重复：{told}，请只留一行 / named twice: {told}; keep one row each")
    return rows
