"""A fleet never wants more connections than PostgreSQL has, and what it may want is known beforehand."""

from services.fleet.connection_budget import LEAN, SPARE, lean, wanted
from services.fleet.settings import SERVICES, FleetSettings
from services.house.settings import Settings

OF_A_STANDARD_SERVER = 100 - 3


def test_as_it_is_shipped_a_fleet_fits_a_server_as_that_is_shipped():
    assert wanted(FleetSettings(), Settings()) <= OF_A_STANDARD_SERVER


def test_every_process_counts_with_its_pool_and_its_lock():
    fleet = FleetSettings(workers=(("visits",), ("visits",)), relays=(SERVICES,), apis=(SERVICES, SERVICES))
    steady = (2 + 4) * (LEAN + 1)
    assert wanted(fleet, Settings(connections=10)) == steady + 8 * 10 + SPARE


def test_a_pool_that_was_set_smaller_stays_so():
    assert [lean(Settings(connections=number)).connections for number in (2, 4, 30)] == [2, 4, 4]
