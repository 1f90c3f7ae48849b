"""Sentences with places for an event's fields.

`{field}` is its value, `{field:form}` said in a form of `FORMS`, `{a.b}` a field within a field, `{old.field}` its value
before, `{field|text}` with a text for where it is empty, `{field?yes~no}` a choice. What stands in `[…]` falls away where
a place within it is empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from services.kernel.form_labels import name_of
from services.kernel.labels import chinese

WITHHELD = frozenset(
    {"name", "citizen_number", "phone", "address", "health_note", "whereabouts", "text", "supporters"}
)
"""What no sentence holds; that it is withheld is said."""
_IDS = frozenset(
    {"by", "carer", "elder", "entry", "group", "incident", "merged_into", "problem", "responsible", "staff"}
    | {"stand_in", "subject", "village", "visit"}
)
"""Never read as words, whatever they look like."""
_PLACE = re.compile(r"\{([\w.]+)(?::(\w+))?(?:\|([^{}]*))?(?:\?([^{}~]*)~([^{}]*))?\}")
_PART = re.compile(r"\[([^\[\]]*)\]")
_EMPTY: tuple[object, ...] = (None, "", [], {})
Fields = Mapping[str, Any]


class Tongue(NamedTuple):
    """How one language says words, names and lists."""

    word: Callable[[str], str]
    name: Callable[[str], str]
    comma: str
    yes: str
    no: str
    nothing: str
    withheld: str
    quotes: str
    within: tuple[str, str]


def _english(word: str) -> str:
    return word.replace("_", " ")


def _english_word(word: str) -> str:
    return word if chinese(word) == word else _english(word)


def _chinese_name(name: str) -> str:
    return chinese(name) if name_of(name) == name else name_of(name)


CHINESE = Tongue(chinese, _chinese_name, "、", "是", "否", "无", "不在此列出", "「」", ("（", "）"))
ENGLISH = Tongue(_english_word, _english, ", ", "yes", "no", "none", "withheld", "“”", (" (", ")"))


def filled(pattern: str, fields: Fields, tongue: Tongue) -> str:
    """The pattern with an event's fields in its places."""
    used = {place[0] for place in _PLACE.findall(pattern)}

    def part(found: re.Match[str]) -> str:
        texts = [_text(place, fields, tongue, used) for place in _PLACE.finditer(found[1])]
        return "" if any(text is None for text in texts) else _with(found[1], texts)

    while _PART.search(pattern):
        pattern = _PART.sub(part, pattern)
    return _with(pattern, [_text(one, fields, tongue, used) for one in _PLACE.finditer(pattern)])


def _with(pattern: str, texts: list[str | None]) -> str:
    """Brackets of people's texts are no pattern any more: they are kept apart until the end."""
    rest = iter(texts)
    return _PLACE.sub(lambda _: _guarded(next(rest) or ""), pattern)


_GUARDS = str.maketrans("[]{}", "\ufdd0\ufdd1\ufdd2\ufdd3")
_UNGUARDS = str.maketrans("\ufdd0\ufdd1\ufdd2\ufdd3", "[]{}")


def _guarded(text: str) -> str:
    return text.translate(_GUARDS)


def unguarded(text: str) -> str:
    """The brackets as they were."""
    return text.translate(_UNGUARDS)


def _text(place: re.Match[str], fields: Fields, tongue: Tongue, used: set[str]) -> str | None:
    """What stands in a place; None where it is empty and nothing stands for it."""
    path, form, otherwise, yes, no = place.groups()
    value = _found(path, fields)
    if yes is not None:
        return (yes if value else no) or None
    if value in _EMPTY:
        return otherwise
    text = FORMS[form or "plain"](value, fields, tongue, {field.partition(".")[2] for field in used})
    return text or otherwise


def _found(path: str, fields: Fields) -> Any:
    value: Any = fields
    for step in path.split("."):
        value = cast("Fields", value).get(step) if isinstance(value, Mapping) else None
    return value


Form = Callable[[Any, Fields, Tongue, set[str]], str]


def _plain(value: Any, _: Fields, tongue: Tongue, __: set[str]) -> str:
    if isinstance(value, bool):
        return tongue.yes if value else tongue.no
    return str(value)


def _word(value: Any, _: Fields, tongue: Tongue, __: set[str]) -> str:
    return tongue.word(str(value))


def _words(value: Any, _: Fields, tongue: Tongue, __: set[str]) -> str:
    return tongue.comma.join(tongue.word(str(one)) for one in value)


def _quote(value: Any, _: Fields, tongue: Tongue, __: set[str]) -> str:
    opens, closes = tongue.quotes
    return f"{opens}{' '.join(str(value).split())}{closes}"


def _names(value: Any, _: Fields, tongue: Tongue, __: set[str]) -> str:
    """Of ids, as they are."""
    return tongue.comma.join(map(str, value))


def _others(value: Any, fields: Fields, tongue: Tongue, _: set[str]) -> str:
    """Of ids, where they are not those who were told."""
    return "" if value == fields.get("to") else tongue.comma.join(map(str, value))


def _moment(value: Any, _: Fields, __: Tongue, ___: set[str]) -> str:
    return f"{datetime.fromisoformat(value):%Y-%m-%d %H:%M}"


def _count(value: Any, _: Fields, __: Tongue, ___: set[str]) -> str:
    return str(len(value))


def _next(value: Any, _: Fields, __: Tongue, ___: set[str]) -> str:
    return str(value + 1)


def _people(value: Any, _: Fields, tongue: Tongue, __: set[str]) -> str:
    """Of pairs of a level and somebody."""
    return tongue.comma.join(str(person) for _, person in value)


def _facts(value: Any, fields: Fields, tongue: Tongue, _: set[str]) -> str:
    """Name by name with old → new; what is withheld is named as that."""
    return _listed(value, fields.get("before") or fields.get("old", {}), tongue)


def _form(value: Any, fields: Fields, tongue: Tongue, used: set[str]) -> str:
    """What a registration form says: what it leaves blank or answers with no is not repeated."""
    return _rest({key: one for key, one in value.items() if one is not False}, fields, tongue, used)


def _rest(value: Any, _: Fields, tongue: Tongue, used: set[str]) -> str:
    """What no other place says."""
    return _listed(
        {key: one for key, one in value.items() if key not in used and one not in _EMPTY}, {}, tongue
    )


def _matter(value: Any, _: Fields, tongue: Tongue, __: set[str]) -> str:
    """漏访（应办事项 走访、期间 2024-03）."""
    opens, closes = tongue.within
    held = {key: one for key, one in value.items() if key not in {"about", "village"} and one not in _EMPTY}
    return f"{tongue.word(value.get('about', ''))}{opens}{_listed(held, {}, tongue)}{closes}"


def _matters(value: Any, fields: Fields, tongue: Tongue, used: set[str]) -> str:
    return tongue.comma.join(_matter(one, fields, tongue, used) for one in value)


def _listed(held: Fields, before: Fields, tongue: Tongue) -> str:
    told = [
        f"{tongue.name(key)} {_change(before.get(key), one, tongue if key not in _IDS else _as_it_is(tongue))}"
        for key, one in held.items()
        if key not in WITHHELD
    ]
    hidden = [tongue.name(key) for key in held if key in WITHHELD]
    if not hidden:
        return tongue.comma.join(told)
    opens, closes = tongue.within
    return f"{tongue.comma.join(told)}{opens}{tongue.comma.join(hidden)} {tongue.withheld}{closes}".strip()


def _as_it_is(tongue: Tongue) -> Tongue:
    return tongue._replace(word=str)


def _change(old: Any, new: Any, tongue: Tongue) -> str:
    if old is None or old == new:
        return _value(new, tongue)
    return f"{_value(old, tongue)} → {_value(new, tongue)}"


def _value(value: Any, tongue: Tongue) -> str:
    if value in _EMPTY:
        return tongue.nothing
    if isinstance(value, Mapping):
        return _listed(cast("Fields", value), {}, tongue)
    if isinstance(value, list):
        return tongue.comma.join(_value(one, tongue) for one in cast("list[Any]", value))
    if isinstance(value, bool):
        return tongue.yes if value else tongue.no
    return tongue.word(str(value))


def _decision(value: Any, _: Fields, tongue: Tongue, __: set[str]) -> str:
    """采纳: of a difference, where `accepted` is no 受理."""
    return "采纳" if value == "accepted" and tongue is CHINESE else tongue.word(str(value))


FORMS: Mapping[str, Form] = {
    "plain": _plain,
    "word": _word,
    "words": _words,
    "quote": _quote,
    "moment": _moment,
    "count": _count,
    "decision": _decision,
    "next": _next,
    "names": _names,
    "others": _others,
    "people": _people,
    "facts": _facts,
    "form": _form,
    "rest": _rest,
    "matter": _matter,
    "matters": _matters,
}
