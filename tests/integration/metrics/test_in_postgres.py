"""The same is shown where the logs are in PostgreSQL, with its connections; and the rest where it is away."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from services.chassis.clock import SetClock
from services.chassis.metrics.databases import watched
from services.chassis.metrics.registry import Metrics
from services.chassis.stores import open_log
from services.house import house as houses
from services.house.gauges import VIEWS
from services.house.house import House, opened
from services.house.settings import Settings
from services.servers.postgres import Postgres
from services.visits.commands import RecordVisit
from tests.unit.chassis.shown import shown
from tests.unit.http.village import NOW, VILLAGE, people, visit


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def house(settings: Settings, metrics: Metrics, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    plans = houses.blueprints
    monkeypatch.setattr(houses, "blueprints", lambda *given: [metrics.measured(one) for one in plans(*given)])
    # Tells and hears by itself, as an embedded house does; only its logs are elsewhere.
    monkeypatch.setattr(houses, "open_log", lambda plan, _: open_log(plan, settings))
    with opened(Settings(data=None)) as made:
        people(made, 5)
        yield made


def test_all_of_it_is_read_from_postgresql(house: House, metrics: Metrics):
    for service in house.services.values():
        metrics.own.watch_service(service)
    metrics.show_databases(watched(house.services, VIEWS), SetClock(NOW + timedelta(seconds=90)))
    visits = house.services["visits"].log
    before = visits.size()
    assert house.take(RecordVisit.model_validate(visit(1), strict=False), NOW).is_taken
    found = shown(metrics)
    assert set(found["shouwang_database_up"].values()) == {1}
    assert found["shouwang_relay_lag_events"]["visits",] == visits.size() - before > 0
    assert found["shouwang_relay_lag_seconds"]["visits",] < 90, "its age is counted from when it was recorded"
    assert set(found["shouwang_missing_events"].values()) == {0}
    assert set(found["shouwang_parked_events"].values()) == {0}
    assert found["shouwang_elders"]["certified", VILLAGE] == 5
    assert found["shouwang_pool_connections"]["visits", "idle"] >= 1
    assert found["shouwang_pool_connections_max"]["visits",] == Settings().connections


def test_the_age_of_what_waits_is_counted_from_when_it_was_recorded_not_from_its_own_moment(
    house: House, metrics: Metrics
):
    metrics.show_databases(watched(house.services, VIEWS), SetClock(NOW + timedelta(days=22)))
    assert house.take(RecordVisit.model_validate(visit(1), strict=False), NOW).is_taken
    visits = house.services["visits"].log
    move = "UPDATE commits SET at = at - 400"
    visits.recorder.transact(lambda sql: sql.run(move), commit=True)
    assert 400 <= shown(metrics)["shouwang_relay_lag_seconds"]["visits",] < 22 * 86_400


def test_a_server_that_is_away_costs_only_what_is_read_of_it(
    house: House, metrics: Metrics, server: Postgres
):
    metrics.show_databases(watched(house.services, VIEWS), SetClock(NOW))
    server.stop_immediate()
    found = shown(metrics)
    assert 0 in found["shouwang_database_up"].values()
    assert "shouwang_log_position" not in found
    assert found["shouwang_commands_total"]["accepted", "registry"] == 11
