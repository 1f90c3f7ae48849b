"""Every refusal that a service can raise says itself what to do, in Chinese first."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from unittest import mock

import pytest

import services
from services.kernel import refusal
from services.kernel.refusal import Refusal, advice_again

SPOKEN_IN = ("kernel", "chassis.commands", "registry", "visits", "risk", "notify", "house")
SAID = re.compile(r"\S*[\u4e00-\u9fff].* / [A-Za-z].*")


def kinds(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for below in kind.__subclasses__():
        yield below
        yield from kinds(below)


def refusals() -> list[type[Refusal]]:
    for room in SPOKEN_IN:
        package = import_module(f"{services.__name__}.{room}")
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    ours = {kind for kind in kinds(Refusal) if kind.__module__.startswith("services.")}
    return sorted((kind for kind in ours if not kind.__subclasses__()), key=str)


@pytest.mark.parametrize("kind", refusals(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_a_refusal_says_what_to_do_in_chinese_and_english(kind: type[Refusal]):
    assert SAID.fullmatch(kind.sentence())


def test_an_answer_that_was_stored_in_english_alone_is_said_in_chinese_too():
    english = "This person is younger than the plan's age: enrol them when they reach it."
    assert "未满规定年龄" in advice_again("UnderAge", english)
    assert advice_again("GoneSince", english) == english
    assert advice_again("UnderAge", "未满年龄 / too young") == "未满年龄 / too young"


def test_an_answer_that_took_the_command_looks_for_no_refusal():
    with mock.patch.object(refusal, "_kinds", side_effect=AssertionError("looked")):
        assert not advice_again("", "")
