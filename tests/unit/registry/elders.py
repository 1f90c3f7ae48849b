"""An elder of the register, for tests."""

from datetime import datetime

from services.kernel.calendar import SHANGHAI
from services.registry.elders.domain import Elder
from tests.unit.policies import REGISTRY as POLICY


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=SHANGHAI)


def enrolled(
    day: str = "2024-01-02", born: str = "1950-01-01", left: tuple[str | None, ...] = ("2023-01-01",)
) -> Elder:
    elder = Elder.open("wang", at=at(day))
    rows = [{"id": f"s{n}", "left_county_on": on} for n, on in enumerate(left)]
    elder.enrol({"born": born, "carer": "grid", "supporters": rows}, at(day), POLICY)
    return elder


def names(elder: Elder) -> list[str]:
    return [type(event).__name__ for event in elder.collect_events()][1:]
