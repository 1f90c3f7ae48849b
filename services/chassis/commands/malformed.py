"""What is wrong with a field, said to whoever filled it in: Chinese first, English beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from services.kernel.form_labels import name_of
from services.kernel.labels import chinese

HAN = re.compile(r"[\u4e00-\u9fff]")
_QUOTED = re.compile(r"'([^']*)'")
_OURS = re.compile(r"^(Value error|Assertion failed), ")
_CHOICES = frozenset({"literal_error", "enum"})
_SAID: Mapping[str, str] = {
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "date_from_datetime_inexact": "应为不带时刻的日期，如 2024-03-01",
    "date_from_datetime_parsing": "应为日期，如 2024-03-01",
    "date_future": "应在今天之后",
    "date_parsing": "应为日期，如 2024-03-01",
    "date_past": "应在今天之前",
    "date_type": "应为日期，如 2024-03-01",
    "datetime_from_date_parsing": "应为时刻，如 2024-03-01T08:00:00+08:00",
    "datetime_object_invalid": "应为时刻，如 2024-03-01T08:00:00+08:00",
    "datetime_parsing": "应为时刻，如 2024-03-01T08:00:00+08:00",
    "datetime_type": "应为时刻，如 2024-03-01T08:00:00+08:00",
    "decimal_max_digits": "最多 {max_digits} 位数字",
    "decimal_max_places": "小数点后最多 {decimal_places} 位",
    "decimal_parsing": "应为数字",
    "decimal_type": "应为数字",
    "decimal_whole_digits": "小数点前最多 {whole_digits} 位",
    "dict_type": "应为 JSON 对象",
    "extra_forbidden": "没有这一项，请删去",
    "finite_number": "应为有限的数字",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "int_from_float": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "整数过大",
    "int_type": "应为整数",
    "invalid_key": "项目名应为文字",
    "is_instance_of": "类型不对",
    "json_invalid": "不是有效的 JSON",
    "json_type": "不是有效的 JSON",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "list_type": "应为列表",
    "missing": "缺少这一项",
    "model_attributes_type": "应为 JSON 对象",
    "model_type": "应为 JSON 对象",
    "multiple_of": "应为 {multiple_of} 的倍数",
    "none_required": "应为空",
    "recursion_depth_exceeded": "嵌套过深",
    "recursion_loop": "嵌套过深",
    "set_type": "应为列表",
    "string_not_ascii": "只能用 ASCII 字符",
    "string_pattern_mismatch": "格式不对",
    "string_too_long": "最多 {max_length} 个字符",
    "string_too_short": "不能为空，至少 {min_length} 个字符",
    "string_type": "应为文字",
    "string_unicode": "含有无法识别的字符",
    "timezone_aware": "应带时区，如 +08:00",
    "timezone_naive": "不应带时区",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "tuple_type": "应为列表",
    "uuid_parsing": "应为 UUID 编号",
    "uuid_type": "应为 UUID 编号",
    "uuid_version": "应为另一版本的 UUID 编号",
}
OTHERWISE = "内容有误"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: the field by its place in what was sent, by its name on the form, and why."""

    field: str
    name: str
    message: str

    def __str__(self) -> str:
        """出生日期 born: 缺少这一项 / Field required."""
        called = self.field if self.name in {"", self.field} else f"{self.name} {self.field}"
        return f"{called}: {self.message}" if called else self.message


def faults_of(error: ValidationError, kind: type[BaseModel]) -> list[Fault]:
    """Everything that pydantic found wrong with what was to be one of `kind`."""
    found = error.errors(include_input=False, include_url=False)
    return [
        Fault(".".join(map(str, one["loc"])), _called(kind, one["loc"]), message_of(one)) for one in found
    ]


def said(faults: Sequence[Fault]) -> str:
    """All of them in one line."""
    return "; ".join(map(str, faults))


def message_of(error: Any) -> str:
    """One of pydantic's errors in Chinese, then in English."""
    english = _OURS.sub("", error["msg"])
    if HAN.match(english):
        return english
    context = error.get("ctx", {})
    if error["type"] in _CHOICES:
        return one_of(context["expected"])
    return f"{_SAID.get(error['type'], OTHERWISE).format_map(context)} / {english}"


def one_of(expected: str) -> str:
    """What may be chosen, as libraries list it ('a', 'b' or 'c'), with what each means."""
    words = _QUOTED.findall(expected)
    known = "、".join(f"{chinese(word)} {word}" if chinese(word) != word else word for word in words)
    return f"应为其中之一：{known} / one of: {', '.join(words)}"


def _called(kind: type[BaseModel], place: Sequence[int | str]) -> str:
    """赡养义务人 第 1 项 外出日期."""
    names: list[str] = []
    models: list[type[BaseModel]] = [kind]
    for step in place:
        if isinstance(step, int):
            names.append(f"第 {step + 1} 项")
            continue
        field = next((one.model_fields[step] for one in models if step in one.model_fields), None)
        names.append((field and field.title) or name_of(step))
        models = list(_models_in(field.annotation)) if field else []
    return " ".join(names)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a field may hold, in lists and unions too."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
