"""Whether two entries may speak of one person: the same citizen number, else names that sound alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from services.registry.policies import LikenessPolicy


@dataclass(frozen=True)
class Identity:
    """What a person is known by: empty where the form does not say."""

    name: str
    citizen_number: str
    born: str
    village: str

    @classmethod
    def of(cls, form: dict[str, Any], village: str) -> Identity:
        """As a form has it."""
        return cls(form.get("name") or "", form.get("citizen_number") or "", form.get("born", ""), village)


@dataclass(frozen=True)
class Likeness:
    """How alike two entries are: `percent` of their names, certain where the number is the same."""

    percent: int
    is_certain: bool


def likeness(one: Identity, other: Identity, policy: LikenessPolicy) -> Likeness | None:
    """None where nothing suggests that they are one person; two numbers that differ are two people."""
    if one.citizen_number and other.citizen_number:
        return Likeness(100, is_certain=True) if one.citizen_number == other.citizen_number else None
    if not (one.name and other.name):
        return None
    if (one.born, one.village) != (other.born, other.village):
        return None
    similarity = 1.0 if one.name == other.name else _sounds_like(one.name, other.name)
    if similarity < policy.name_similarity:
        return None
    return Likeness(int(similarity * 100), is_certain=False)


def _sounds_like(one: str, other: str) -> float:
    """Of 1, by pinyin without tones: what is written down by ear is written in other characters."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - wanted seldom, and its tables are large

    return fuzz.ratio(_sound(one), _sound(other)) / 100


@lru_cache(maxsize=1024)
def _sound(name: str) -> str:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - as above

    return " ".join(lazy_pinyin(name))
