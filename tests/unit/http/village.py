"""A small village whose services know each other's facts, for tests of what HTTP does with them."""

from datetime import datetime
from pathlib import Path

from services.chassis.commands.command import Asked, Command
from services.chassis.http.settings import HttpSettings
from services.house.house import House, opened
from services.house.settings import Settings
from services.kernel.calendar import SHANGHAI
from services.registry.elders.commands import Appoint, Enrol, OpenVillage
from services.registry.villages.commands import NameTownship

VILLAGE = "530323990299"
TOKEN = "a-token-for-tests-only"  # noqa: S105 - opens nothing but these tests
BEGIN = datetime(2024, 3, 1, 7, tzinfo=SHANGHAI)
NOW = datetime(2024, 3, 5, 10, tzinfo=SHANGHAI)
STAFF = {"lead": "village_lead", "grid": "grid_worker", "centre": "party_service_centre", "clinic": "clinic"}


def http_settings(**given) -> HttpSettings:
    return HttpSettings.model_validate({"token": TOKEN} | given)


def enrol(elder: str, **given) -> Enrol:
    form = {
        "elder": elder,
        "born": "1950-03-01",
        "sex": "f",
        "village": VILLAGE,
        "group": "一组",
        "living": "alone",
        "evidence": [],
        "health": [],
        "declined_institution": False,
        "supporters": [{"id": "S1", "left_county_on": "2023-01-01"}],
        "carer": "grid",
    }
    return Enrol.model_validate(form | given, strict=False)


def people(house: House, elders: int) -> None:
    """Opens the village, appoints its staff and enrols `E000` and following; everybody has heard of it."""
    commands: list[Command] = [NameTownship(name="试乡")]
    commands += [OpenVillage(village=VILLAGE, name="试村", groups=["一组", "二组", "三组"])]
    commands += [Appoint.model_validate({"staff": one, "role": role}) for one, role in STAFF.items()]
    commands += [enrol(f"E{number:03}") for number in range(elders)]
    answers = house.take_many([Asked(command, BEGIN) for command in commands])
    assert all(answer.is_taken for answer in answers)
    house.settle()


def peopled(data: Path, elders: int) -> Settings:
    """The same in files, left closed."""
    settings = Settings(data=data)
    with opened(settings) as house:
        people(house, elders)
    return settings


def visit(number: int, elder: str = "E000", **given) -> dict:
    """The body of a visit, with its id."""
    body = {"visit": f"V{number}", "elder": elder, "by": "grid", "on": "2024-03-04", "mode": "in_person"}
    return body | {"check_up": False, "confirms_facts": False} | given
