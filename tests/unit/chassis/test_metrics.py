"""What a process shows: what happened in it, as it happened; bounded, and about nobody in particular."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError
from prometheus_client.parser import text_string_to_metric_families

from contracts.registry import StaffAppointed
from services.chassis.clock import SetClock
from services.chassis.log.event_log import LostRace
from services.chassis.metrics import names
from services.chassis.metrics.databases import watched
from services.chassis.metrics.registry import Metrics
from services.house import house as houses
from services.house.gauges import VIEWS
from services.house.house import House, opened
from services.house.settings import Settings
from services.kernel.calendar import midnight
from services.visits.commands import RecordVisit
from tests.unit.chassis.shown import EVERY, shown
from tests.unit.http.village import NOW, VILLAGE, people, visit

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| `(shouwang_\w+)` \| (\w+) \| (.+?) \| (.+?) \| (\w+) \|$", re.MULTILINE)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def house(metrics: Metrics, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[House]:
    """Every service measured, five elders enrolled, everything heard."""
    plans = houses.blueprints
    monkeypatch.setattr(houses, "blueprints", lambda *given: [metrics.measured(one) for one in plans(*given)])
    with opened(Settings(data=tmp_path)) as made:
        people(made, 5)
        yield made


@pytest.fixture
def kept(metrics: Metrics, house: House, clock: SetClock) -> House:
    """The house, all of it shown."""
    for service in house.services.values():
        metrics.own.watch_service(service)
    metrics.own.watch_disk("data", ROOT)
    metrics.own.watch_queue("visits", lambda: 7, 2000)
    metrics.observe_request("GET", "/elders/{elder}", 200, 0.01)
    metrics.show_databases(watched(house.services, VIEWS), clock)
    return house


def record(number: int, elder: str = "E000", **given) -> RecordVisit:
    return RecordVisit.model_validate(visit(number, elder, **given), strict=False)


def test_the_table_in_the_docs_is_what_there_is():
    text = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    there = [
        (one.name, one.kind.value, ", ".join(one.labels) or "–", one.help, one.shown.name.lower())
        for one in EVERY
    ]
    assert ROW.findall(text) == there


def test_nothing_is_shown_that_is_not_in_the_table(metrics: Metrics, kept: House):
    kept.take(record(1), NOW)
    known = {one.name.removesuffix("_total"): one for one in EVERY}
    found = text_string_to_metric_families(metrics.page().body.decode())
    for family in [one for one in found if one.name.startswith("shouwang_")]:
        spec = known.pop(family.name)
        assert (family.type, family.documentation) == (spec.kind.value, spec.help)
        assert {frozenset(one.labels) - {"le"} for one in family.samples} <= {frozenset(spec.labels)}
    assert not known


def test_names_have_a_prefix_and_counters_a_suffix():
    for spec in EVERY:
        assert re.fullmatch(r"shouwang_[a-z_]+", spec.name)
        assert spec.name.endswith("_total") == (spec.kind is names.MetricType.COUNTER)
    assert len({spec.name for spec in EVERY}) == len(EVERY)


def test_commands_are_counted_by_service_and_outcome(metrics: Metrics, house: House):
    house.take(record(1), NOW)
    house.take(record(1), NOW)
    house.take(record(1, mode="phone"), NOW)
    house.take(record(2, by="nobody"), NOW)
    counted = shown(metrics)["shouwang_commands_total"]
    assert {outcome: number for (outcome, service), number in counted.items() if service == "visits"} == {
        "accepted": 1,
        "repeat": 1,
        "conflict": 1,
        "refused": 1,
        "waiting": 0,
    }
    assert counted["accepted", "registry"] == 11


def test_a_commit_counts_once_with_all_that_it_held(metrics: Metrics, house: House):
    found = shown(metrics)
    assert found["shouwang_commit_commands_sum"]["registry",] == 11
    assert found["shouwang_commit_commands_count"]["registry",] == 1
    assert found["shouwang_commit_events_sum"]["registry",] == house.services["registry"].log.size()
    assert found["shouwang_commit_seconds_count"]["registry",] == 1


def test_handlers_are_counted_by_event_type(metrics: Metrics, kept: House):
    kept.settle()
    found = shown(metrics)
    assert found["shouwang_handler_seconds_count"]["registry.ElderEnrolled", "visits"] == 5
    assert found["shouwang_inbox_taken_total"]["risk", "registry"] == 15
    assert found["shouwang_relay_told_total"]["registry",] == 15
    assert found["shouwang_last_heard_timestamp_seconds"]["visits", "registry"] > 0
    assert ("risk", "visits") in found["shouwang_inbox_taken_total"]


def test_a_handler_that_raises_is_counted_and_still_raises(metrics: Metrics, house: House):
    hear = house.services["risk"].application.handlers[StaffAppointed]
    with pytest.raises(AttributeError):
        hear(None, None, NOW)
    assert shown(metrics)["shouwang_handler_errors_total"]["registry.StaffAppointed", "risk"] == 1


def test_a_lost_race_is_counted_and_no_commit_of_it(metrics: Metrics, house: House):
    log = house.services["visits"].log
    before = shown(metrics)["shouwang_commit_events_count"]["visits",]
    with pytest.raises(LostRace), log.unit() as unit:
        unit.reached("registry", 0, log.position("registry", 0) or 1)
        with log.unit() as first:
            first.reached("registry", 0, 10**6)
    found = shown(metrics)
    assert found["shouwang_lost_races_total"]["visits",] == 1
    assert found["shouwang_commit_events_count"]["visits",] == before + 1


def test_ticks_are_counted(metrics: Metrics, house: House):
    house.services["registry"].advance(NOW)
    assert shown(metrics)["shouwang_tick_seconds_count"]["registry",] == 1


def test_who_is_up_to_date_has_no_lag(metrics: Metrics, kept: House):
    found = shown(metrics)
    assert found["shouwang_log_position"]["registry",] == kept.services["registry"].log.size()
    assert set(found["shouwang_relay_lag_events"].values()) == {0}
    assert set(found["shouwang_relay_lag_seconds"].values()) == {0}
    assert set(found["shouwang_inbox_lag_events"].values()) == {0}
    assert set(found["shouwang_missing_events"].values()) == {0}
    assert set(found["shouwang_parked_events"].values()) == {0}
    assert set(found["shouwang_database_up"].values()) == {1}


def committed_before(house: House, seconds: int) -> None:
    """As if what visits recorded last had been committed so long ago."""
    log = house.services["visits"].log
    move = "UPDATE commits SET at = at - ? WHERE position > ?"
    log.recorder.transact(lambda sql: sql.run(move, seconds, log.relayed() - 1), commit=True)


def test_what_is_not_told_yet_is_lag_by_number_and_age(metrics: Metrics, kept: House):
    before = kept.services["visits"].log.size()
    kept.take(record(1), NOW)
    committed_before(kept, 90)
    found = shown(metrics)
    assert found["shouwang_relay_lag_events"]["visits",] == kept.services["visits"].log.size() - before > 0
    assert 90 <= found["shouwang_relay_lag_seconds"]["visits",] < 190, (
        "of the commit, years after the visit's day"
    )


def test_what_was_told_and_not_heard_is_lag_of_its_partition(metrics: Metrics, kept: House):
    kept.take(record(1), NOW)
    kept.services["visits"].publish()
    committed_before(kept, 30)
    found = shown(metrics)
    behind = {labels for labels, number in found["shouwang_inbox_lag_events"].items() if number}
    assert {labels[1:] for labels in behind} == {("notify", "visits"), ("risk", "visits")}
    for labels in behind:
        partition, _, upstream = labels
        assert 30 <= found["shouwang_inbox_lag_seconds"][labels] < 130
        assert found["shouwang_inbox_position"][labels] < found["shouwang_told_position"][partition, upstream]


def test_a_position_that_the_upstream_never_told_is_missing(metrics: Metrics, kept: House):
    with kept.services["risk"].log.unit() as unit:
        unit.reached("registry", 0, 10**6)
    assert shown(metrics)["shouwang_missing_events"]["risk", "registry"] == 1


def test_the_last_day_turned_and_what_is_overdue(metrics: Metrics, kept: House, clock: SetClock):
    kept.services["registry"].advance(NOW)
    kept.settle()
    clock.set(midnight(NOW.date()) + timedelta(days=1, hours=2))
    found = shown(metrics)
    day = midnight(NOW.date()).timestamp()
    assert found["shouwang_last_day_turned_timestamp_seconds"] == {
        ("registry",): day,
        ("risk",): day,
        ("visits",): day,
    }
    assert found["shouwang_due_overdue_seconds"]["registry",] == 2 * 3600


def test_read_models_are_shown_as_counts(metrics: Metrics, kept: House):
    found = shown(metrics)
    assert found["shouwang_elders"]["certified", VILLAGE] == 5
    assert sum(found["shouwang_graded_elders"].values()) == 5
    assert set(found["shouwang_graded_elders"]) == {("red",), ("yellow",), ("green",)}
    assert found["shouwang_duties"]["open", VILLAGE] > 0
    assert found["shouwang_duties_reconciled"][VILLAGE,] == 0
    assert found["shouwang_notices"][()] == kept.views("notify", "SELECT COUNT(*) AS n FROM notices")[0]["n"]


def test_only_who_leads_shows_what_is_read(metrics: Metrics, house: House, clock: SetClock):
    leads = {"visits"}
    metrics.show_databases(watched(house.services, VIEWS), clock, leads.__contains__)
    assert set(shown(metrics)["shouwang_log_position"]) == {("visits",)}
    leads.clear()
    found = shown(metrics)
    assert "shouwang_log_position" not in found
    assert len(found["shouwang_database_up"]) == 4


def test_nobody_is_named(metrics: Metrics, kept: House):
    kept.take(record(1), NOW)
    kept.settle()
    body = metrics.page().body.decode()
    for word in ("E000", "grid", "V1", "试村", "一组", "clinic"):
        assert word not in body


def test_a_database_that_is_away_costs_the_scrape_its_own_rows_only(metrics: Metrics, kept: House):
    def away(*_: object, **__: object) -> None:
        raise OperationalError

    kept.services["risk"].log.recorder.max_notification_id = away
    found = shown(metrics)
    assert found["shouwang_database_up"]["risk",] == 0
    assert ("risk",) not in found["shouwang_log_position"]
    assert found["shouwang_database_up"]["visits",] == 1
    assert ("accepted", "risk") in found["shouwang_commands_total"]
