"""Every stored event of every service has its sentence, in both languages, and every field that matters is in it."""

import re
from collections.abc import Iterator
from inspect import get_annotations
from itertools import count
from typing import Any

import pytest
from eventsourcing.domain import Aggregate

from services.cli import main as cli
from services.history.sentences.catalogue import EVENTS, Before, Sentence, say
from services.history.sentences.patterns import WITHHELD

ABSTRACT = {
    *("registry.ElderFileEvent", "risk.Graded"),
    *("visits.CareEvent", "visits.DutyEvent", "visits.DutyBookOpened"),
    *("visits.ProblemEvent", "visits.ProblemStep"),
}
"""What is shared by events, and never recorded itself."""
UNSAID = {
    "on": "the day stands beside the sentence",
    "subject": "the history is the subject's",
    "elder": "the history is the elder's",
    "rule": "how it escalates: the policy's, step by step in what follows",
    "rank": "the level of whoever is told, who is named",
    "owed": "the policy's row; count and days are said",
    "text": "withheld, and that is said",
}
MOMENT = {"timestamp", "lost_at", "then", "until"}
HAN = re.compile(r"[\u4e00-\u9fff]")
_FRAME = set(Aggregate.Event.__annotations__) | {
    "originator_topic",
    "originator_id",
    "originator_version",
    "timestamp",
}


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)


def stored() -> dict[str, type[Any]]:
    """Topic to class, of every event that a service may record."""
    assert cli.app  # every service is imported by it
    kinds = [one for one in _below(Aggregate.Event) if one.__module__.startswith("services.")]
    found = {str(one.__dict__["TOPIC"]): one for one in kinds if "TOPIC" in one.__dict__}
    return {topic: one for topic, one in found.items() if topic not in ABSTRACT}


STORED = stored()


def fields_of(kind: type[Any]) -> dict[str, str]:
    """Name to annotation."""
    named: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("services."):
            named |= {name: str(one) for name, one in get_annotations(base).items()}
    return {name: one for name, one in named.items() if name not in _FRAME and name != "TOPIC"}


SPECIAL: dict[str, tuple[Any, str]] = {
    "differences": ([{}, {}], "2"),
    "tellings": (["t1", "t2"], "2"),
    "counts": ({"missed": 7}, "7"),
}


def value_of(topic: str, name: str, annotation: str, number: int) -> tuple[Any, str]:
    """A value of a field, and what of it must be read."""
    word = f"x-{name}"
    if name in SPECIAL:
        return SPECIAL[name]
    if name in MOMENT or (name == "due" and topic.startswith("notify.")):
        return "2024-03-05T08:07:00+08:00", "2024-03-05 08:07"
    shapes: dict[str, tuple[Any, str]] = {
        "bool": (True, ""),
        "int": (number, str(number + (name == "level"))),
        "list[dict": ([{"about": "missed", "duty": word}], word),
        "list[list": ([[0, word]], word),
        "list": ([word], word),
        "dict": ({"duty": word}, word),
    }
    return next((one for shape, one in shapes.items() if annotation.startswith(shape)), (word, word))


def made_up(topic: str, kind: type[Any]) -> dict[str, tuple[Any, str]]:
    """Every field with a value of its own."""
    numbers = count(7001)
    return {
        name: value_of(topic, name, annotation, next(numbers)) for name, annotation in fields_of(kind).items()
    }


def test_the_catalogue_has_every_stored_event():
    assert len(STORED) > 90
    lacking = set(STORED) - set(EVENTS)
    assert lacking == set(), "write its sentence in services/history/sentences, in both languages"


EVERY = sorted(STORED.keys() & EVENTS.keys())


@pytest.mark.parametrize("topic", EVERY)
def test_every_field_that_matters_is_in_the_sentence(topic: str):
    made = made_up(topic, STORED[topic])
    fields = {name: value for name, (value, _) in made.items()}
    sentence = say(topic, fields)
    assert HAN.search(sentence.chinese)
    for text in sentence:
        for name, (_, read) in made.items():
            if name not in UNSAID and name != "before":
                assert read in text, (name, text)
        assert not re.search(r"[{}\[\]~]|None|True|False", text), text
    for name, (value, _) in made.items():
        if value is True:
            assert say(topic, fields | {name: False}) != sentence, name


@pytest.mark.parametrize("topic", EVERY)
def test_an_event_of_which_nothing_is_known_has_its_sentence_too(topic: str):
    for text in say(topic, {}):
        assert text
        assert not re.search(r"[{}\[\]~]|None", text), text


@pytest.mark.parametrize("topic", sorted(one for one, kind in STORED.items() if "text" in fields_of(kind)))
def test_the_text_of_a_matter_is_withheld_and_that_is_said(topic: str):
    sentence = say(topic, {"text": "身上有伤"})
    assert "身上有伤" not in "".join(sentence)
    assert "不在此列出" in sentence.chinese
    assert "withheld" in sentence.english


def test_what_is_personal_is_named_as_withheld():
    facts = {name: f"secret-{name}" for name in WITHHELD} | {"sex": "f"}
    sentence = say("registry.ElderEnrolled", {"facts": facts})
    assert "secret" not in "".join(sentence)
    assert "性别 女" in sentence.chinese
    for name in ("姓名", "身份证号码", "联系电话", "家庭住址", "不在此列出"):
        assert name in sentence.chinese


def told(before: Before, topic: str, fields: dict[str, Any]) -> Sentence:
    return say(topic, fields, before.take(fields))


def test_what_changes_is_said_with_what_it_was():
    before = Before()
    told(before, "registry.ElderEnrolled", {"facts": {"living": "couple", "village": "V1", "group": "一组"}})
    assert told(before, "registry.FactsChanged", {"facts": {"living": "alone"}}).chinese == (
        "情况更新：居住状况 空巢夫妻 → 独居"
    )
    moved = told(
        before,
        "registry.ElderTransferred",
        {"village": "V2", "group": "二组", "carer": None, "since": "2024-03-01"},
    )
    assert moved.chinese == "迁村：V1 一组 → V2 二组，自 2024-03-01 起，结对帮扶人：无，原结对终止"
    corrected = told(
        before,
        "registry.FactsCorrected",
        {"by": "lead", "reason": "录错", "facts": {"born": "1950-04-12"}, "before": {"born": "1951-04-12"}},
    )
    assert corrected.chinese == "lead 更正登记：出生日期 1951-04-12 → 1950-04-12，理由「录错」"
    assert corrected.english == "lead corrected: born 1951-04-12 → 1950-04-12, because “录错”"


def test_of_two_absences_the_one_that_is_corrected_is_said_with_its_own_end():
    before = Before()
    for begins, ends in (("2024-01-01", "2024-01-09"), ("2024-02-01", "2024-02-09")):
        told(before, "visits.AbsenceNoted", {"begins": begins, "ends": ends, "reason": "hospital"})
    said = told(before, "visits.AbsenceCorrected", {"begins": "2024-01-01", "ends": "2024-01-05"})
    assert said.chinese == "外出更正：2024-01-01 开始的外出，到 2024-01-09 → 2024-01-05 为止"


def test_brackets_and_braces_of_people_stay_theirs():
    reason = "[见附件] {a|b} ~"
    said = say("registry.KeptApart", {"by": "lead", "other": "E2", "reason": reason})
    assert f"「{reason}」" in said.chinese


def test_an_id_that_looks_like_a_word_stays_an_id():
    said = say("registry.ElderEnrolled", {"facts": {"carer": "grid_worker", "living": "alone"}})
    assert "carer grid_worker" in said.english
    assert "结对帮扶人 grid_worker" in said.chinese
    assert "居住状况 独居" in said.chinese
