"""Figures that people enter: kept as they were entered, corrected in the open."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from services.chassis.commands.command import Answer, Outcome
from services.house.house import House, opened
from services.house.settings import Settings
from services.kernel.calendar import SHANGHAI
from services.registry.elders.commands import Appoint
from services.registry.figures.commands import CorrectFigure, EnterFigure
from services.registry.figures.domain import figure_id
from services.registry.terms import FigureKind

AT = datetime(2024, 3, 4, 10, tzinfo=SHANGHAI)
ENTER = EnterFigure(
    figure="F1",
    kind=FigureKind.SPECIAL_FUND_BUDGET,
    value=Decimal("100000.00"),
    on=date(2024, 1, 10),
    by="office",
    note="年度预算",
)
CORRECT = CorrectFigure(figure="F1", value=Decimal(120000), on=date(2024, 1, 10), by="office", reason="追加")


@pytest.fixture
def house():
    with opened(Settings(data=None)) as house:
        for staff, role in (("office", "leading_group_office"), ("grid", "grid_worker")):
            assert house.take(Appoint(staff=staff, role=role), AT).is_taken
        yield house


def take(house: House, command: EnterFigure | CorrectFigure) -> Answer:
    return house.take(command, AT)


def stored(house: House) -> list[tuple[str, str]]:
    log = house.services["registry"].log
    return [(type(event).TOPIC, event.value) for event in log.history(figure_id("F1"))]


def test_a_correction_keeps_what_was_entered(house: House):
    assert take(house, ENTER).outcome is Outcome.ACCEPTED
    assert take(house, CORRECT).outcome is Outcome.ACCEPTED
    assert stored(house) == [("registry.FigureEntered", "100000.00"), ("registry.FigureCorrected", "120000")]
    last = house.services["registry"].log.history(figure_id("F1"))[-1]
    assert (last.by, last.reason, last.measured_on) == ("office", "追加", "2024-01-10")


def test_an_id_stands_for_one_figure_for_ever(house: House):
    take(house, ENTER)
    answer = take(house, ENTER)
    assert (answer.outcome, answer.reason) == (Outcome.REFUSED, "AlreadyEntered")
    assert len(stored(house)) == 1


def test_a_correction_that_changes_nothing_records_nothing(house: House):
    take(house, ENTER)
    assert take(house, CORRECT.model_copy(update={"value": Decimal(100000)})).is_taken
    assert len(stored(house)) == 1


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (ENTER.model_copy(update={"by": "nobody"}), "UnknownStaff"),
        (ENTER.model_copy(update={"by": "grid"}), "NotForThisRole"),
        (ENTER.model_copy(update={"on": date(2024, 3, 5)}), "NotYetHappened"),
        (CORRECT, "NoSuchFigure"),
    ],
)
def test_what_cannot_be_entered_says_why(house: House, command: EnterFigure | CorrectFigure, reason: str):
    answer = take(house, command)
    assert (answer.outcome, answer.reason) == (Outcome.REFUSED, reason)
    assert not stored(house)


def test_nobody_else_is_told(house: House):
    take(house, ENTER)
    house.settle()
    registry = house.services["registry"]
    events = [one.event for one in registry.log.events(0, 100)]
    entered = next(one for one in events if type(one).TOPIC == "registry.FigureEntered")
    assert registry.translate(entered) is None
