"""What a lot of commands, or a night, will look at is read together, and not one by one."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.chassis.commands.command import Asked, Desk
from services.house.house import opened
from services.registry.elders.commands import Pair
from services.visits.commands import RecordVisit
from tests.unit.chassis.test_cache import counted
from tests.unit.http.village import BEGIN, NOW, enrol, peopled, visit

ELDERS = 30


def visits() -> list[Asked]:
    bodies = [visit(number, f"E{number:03}") for number in range(ELDERS)]
    return [Asked(RecordVisit.model_validate(body, strict=False), NOW) for body in bodies]


def pairings() -> list[Asked]:
    pairs = [Pair(elder=f"E{number:03}", carer="grid") for number in range(ELDERS)]
    return [Asked(pair, NOW, asked_as=f"k{number}") for number, pair in enumerate(pairs)]


def enrolments() -> list[Asked]:
    return [Asked(enrol(f"N{number:03}"), NOW, asked_as=f"n{number}") for number in range(ELDERS)]


@pytest.mark.parametrize(
    ("service", "asked"), [("visits", visits()), ("registry", pairings()), ("registry", enrolments())]
)
def test_a_lot_of_commands_asks_for_its_answers_and_its_aggregates_once(
    tmp_path: Path, service: str, asked: list[Asked]
):
    with opened(peopled(tmp_path, ELDERS)) as house:
        held = house.services[service]
        desk = Desk(held.log, held.application.decisions, held.application.needs)
        reads = counted(held.log)
        assert {answer.outcome for answer in desk.take_many(asked)} == {"accepted"}
        assert len(reads) == 2
        assert {answer.outcome for answer in desk.take_many(asked)} == {"repeat"}
        assert len(reads) == 3


def reads_of_nights(data: Path, elders: int) -> int:
    """How often a registry that holds none of its elders reads until all of them are certified, half a year on."""
    settings = peopled(data, 0)
    left = [{"id": "S1", "left_county_on": "2024-02-01"}]
    with opened(settings) as house:
        forms = [enrol(f"N{number:03}", supporters=left) for number in range(elders)]
        house.take_many([Asked(form, BEGIN) for form in forms])
    with opened(settings) as house:
        registry = house.services["registry"]
        registry.advance(BEGIN)
        reads = counted(registry.log)
        assert registry.advance(BEGIN + timedelta(days=200)) >= elders
        return len(reads)


def test_nights_ask_as_often_for_many_elders_as_for_a_few(tmp_path: Path):
    assert reads_of_nights(tmp_path / "many", ELDERS) == reads_of_nights(tmp_path / "few", 3)
