"""The kinds of field that commands are made of: every text, id and date has its limit here, the same at every door.

OpenAPI shows it too. What was recorded before a limit came is read with `RECORDED` as the context, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from services.kernel import texts
from services.kernel.calendar import FIRST_DAY, LAST_DAY, is_in_calendar
from services.kernel.citizen_number import fault_in
from services.kernel.texts import TextForm, UnfitText

RECORDED: Final = "recorded"
"""The context in which a command is made again of what was recorded: no limit of today's applies to it."""
T = TypeVar("T")


def unfit(told: str) -> PydanticCustomError:
    """What a caller is told of a field, in Chinese and English."""
    return PydanticCustomError("unfit", "{told}", {"told": told})


def _checked(check: Callable[[T], T], given: T, info: ValidationInfo) -> T:
    """What is entered is checked, what was recorded is not."""
    if info.context == RECORDED:
        return given
    try:
        return check(given)
    except UnfitText as error:
        raise unfit(str(error)) from None


@dataclass(frozen=True)
class Entered:
    """Marks a text of a command as one of a form."""

    form: TextForm

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The text, and then the check."""

        def read(given: str, info: ValidationInfo) -> str:
            return _checked(self.form.read, given, info)

        return core_schema.with_info_after_validator_function(read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The limits, as callers see them."""
        form, may_be_empty = self.form, self.form.may_be_empty
        limits: dict[str, Any] = {"maxLength": form.longest}
        if not may_be_empty:
            limits["minLength"] = 1
        if form.pattern:
            limits["pattern"] = f"^({form.pattern})?$" if may_be_empty else f"^{form.pattern}$"
        return {**handler(schema), **limits}


def _or_none(form: TextForm) -> Entered:
    return Entered(replace(form, may_be_empty=True))


def _number(given: str) -> str:
    number = "".join(texts.folded(given).split()).upper()
    fault = fault_in(number)
    if fault is not None:
        raise UnfitText(fault.value)
    return number


def _day(given: date) -> date:
    if not is_in_calendar(given):
        raise UnfitText(f"日期应在 {FIRST_DAY} 至 {LAST_DAY} 之间 / a date from {FIRST_DAY} to {LAST_DAY}")
    return given


def _number_entered(given: str, info: ValidationInfo) -> str:
    return _checked(_number, given, info)


def _day_entered(given: date, info: ValidationInfo) -> date:
    return _checked(_day, given, info)


Id = Annotated[str, Entered(texts.ID)]
IdIfAny = Annotated[str, _or_none(texts.ID)]
Subject = Annotated[str, Entered(texts.SUBJECT)]
GroupName = Annotated[str, Entered(texts.GROUP)]
PersonName = Annotated[str, Entered(texts.PERSON_NAME)]
PersonNameIfAny = Annotated[str, _or_none(texts.PERSON_NAME)]
Phone = Annotated[str, Entered(texts.PHONE)]
PhoneIfAny = Annotated[str, _or_none(texts.PHONE)]
ShortText = Annotated[str, Entered(texts.SHORT_TEXT)]
ShortTextIfAny = Annotated[str, _or_none(texts.SHORT_TEXT)]
LongText = Annotated[str, Entered(texts.LONG_TEXT)]
LongTextIfAny = Annotated[str, _or_none(texts.LONG_TEXT)]
CitizenNumber = Annotated[
    str, AfterValidator(_number_entered), Field(json_schema_extra={"pattern": "^[0-9]{17}[0-9Xx]$"})
]
Day = Annotated[date, AfterValidator(_day_entered)]
