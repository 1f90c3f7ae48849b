"""Settings: given an environment, when it is read, then one object, or the name of what is wrong."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.chassis.settings import SettingsError
from services.house.settings import DEFAULT_POLICY, Settings, read_settings

NO_FLEET = {"SHOUWANG_FLEET": ""}
"""So that a fleet which happens to run here does not matter."""


def test_an_empty_environment_is_a_township_of_its_own():
    expected = Settings(
        data=Path("var/township"), amqp_url="memory://", policy=(DEFAULT_POLICY,), log_level="INFO"
    )
    assert expected == read_settings(NO_FLEET)


def test_every_setting_is_read_from_its_variable():
    environ = {
        "SHOUWANG_DATA": "/srv/gaoliang",
        "SHOUWANG_AMQP_URL": "amqp://rabbit",
        "SHOUWANG_NAMESPACE": "gaoliang",
        "SHOUWANG_POLICY": "/etc/2024.toml:/etc/2025.toml",
        "SHOUWANG_LOG_LEVEL": "DEBUG",
    }
    read = read_settings(NO_FLEET | environ | {"PATH": "/bin", "HOME": "/root"})
    assert (read.data, read.amqp_url, read.namespace) == (Path("/srv/gaoliang"), "amqp://rabbit", "gaoliang")
    assert read.policy == (Path("/etc/2024.toml"), Path("/etc/2025.toml"))
    assert read.log_level == "DEBUG"


def test_a_wrong_value_names_its_variable_and_what_it_should_be():
    with pytest.raises(SettingsError, match=r"correct the environment: SHOUWANG_LOG_LEVEL: .*DEBUG\|INFO"):
        read_settings(NO_FLEET | {"SHOUWANG_LOG_LEVEL": "LOUD"})


def test_settings_do_not_change_and_know_no_others():
    with pytest.raises(ValidationError):
        Settings().data = None  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Settings.model_validate({"colour": "red"})


def test_the_environment_stands_above_what_a_fleet_left(tmp_path: Path):
    left = tmp_path / "fleet.json"
    left.write_text('{"namespace": "fleet", "amqp_url": "amqp://fleet"}', encoding="utf-8")
    read = read_settings({"SHOUWANG_FLEET": str(left), "SHOUWANG_NAMESPACE": "mine"})
    assert (read.namespace, read.amqp_url) == ("mine", "amqp://fleet")


def test_where_no_fleet_runs_its_file_is_not_missed(tmp_path: Path):
    assert read_settings(NO_FLEET) == read_settings({"SHOUWANG_FLEET": str(tmp_path / "none.json")})


def test_a_half_written_file_of_a_fleet_is_named(tmp_path: Path):
    left = tmp_path / "fleet.json"
    left.write_text('{"namespace": "fl', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"fleet\.json"):
        read_settings({"SHOUWANG_FLEET": str(left)})
