"""How many workers share a service's queues: as many as groups name it."""

from services.fleet.settings import FleetSettings
from services.fleet.wiring import workers_of


def test_a_service_that_two_groups_name_has_two_workers():
    groups = (("registry", "risk"), ("visits",), ("notify",), ("notify", "visits"))
    assert [workers_of(name, groups) for name in ("registry", "risk", "visits", "notify")] == [1, 1, 2, 2]


def test_a_worker_beside_the_fleet_is_one():
    assert workers_of("notify", (("registry",),)) == 1
    assert workers_of("notify", FleetSettings().workers) == 1
