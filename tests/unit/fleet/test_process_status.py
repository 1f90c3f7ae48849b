"""What a status says of processes and queues is what is so now, not what somebody wrote last."""

import json
from pathlib import Path

from services.fleet import process_status
from services.fleet.settings import FleetSettings
from services.house.settings import Settings


def test_where_the_supervisor_is_gone_no_process_runs_whatever_it_wrote_last(tmp_path: Path):
    held = {"worker-1": {"pid": 1, "starts": 3, "since": "2024-03-01T08:00:00+08:00", "log": "worker-1.log"}}
    (tmp_path / "fleet.json").write_text(json.dumps(held))
    found = process_status.processes(FleetSettings(folder=tmp_path))
    assert {name: one["pid"] for name, one in found.items()} == {"supervisor": None, "worker-1": None}
    assert found["worker-1"]["starts"] == 3


def test_where_no_fleet_ever_was_there_are_no_processes(tmp_path: Path):
    assert process_status.processes(FleetSettings(folder=tmp_path)) == {}


def test_a_house_in_one_process_has_no_queues(tmp_path: Path):
    assert process_status.queues(FleetSettings(folder=tmp_path), Settings(), {}) == {}


def test_a_broker_that_is_away_is_told_and_the_rest_is_shown(tmp_path: Path):
    settings = Settings(roles=tmp_path / "roles.json", amqp_url="amqp://me:secret@127.0.0.1:1/x")
    found = process_status.queues(FleetSettings(folder=tmp_path, servers=tmp_path), settings, {})
    assert (found["queues"], found["dead_letters"]) == ([], None)
    assert found["broker"].startswith("ConnectionRefusedError")
    assert "secret" not in found["broker"]
