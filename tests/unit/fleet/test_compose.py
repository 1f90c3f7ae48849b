"""The compose file is a compose file, and starts what the supervisor would start: the same commands and settings."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from services.chassis.http.settings import HttpSettings, read_http_settings
from services.fleet.compose import FILE, PREFIX
from services.fleet.deploy import processes_of
from services.fleet.settings import FleetSettings, read_fleet_settings
from services.house.settings import Settings, read_settings
from services.servers import Given

ROOT = FILE.parents[1]
HOME = "/var/lib/shouwang"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - within a container: what is published says who may come in
SPECS = {spec.name: spec for spec in processes_of(FleetSettings(folder=Path(HOME)))}
HELPERS = {"rabbitmq", "postgres", "migrate"}
OWN_HOSTS = {"SHOUWANG_METRICS_HOST", "SHOUWANG_HTTP_HOST"}
SCHEMA = Path(__file__).with_name("compose-spec.json")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def environ_of(service: dict[str, Any]) -> dict[str, str]:
    """As a process sees it, with passwords put in."""
    return {key: re.sub(r"\$\{[^}]+\}", "secret", value) for key, value in service["environment"].items()}


def test_it_is_what_the_compose_specification_says(compose: dict[str, Any]):
    jsonschema.validate(compose, json.loads(SCHEMA.read_text(encoding="utf-8")))
    broken = {**compose, "services": {"api-1": {**compose["services"]["api-1"], "ports": 8600}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_it_has_every_process_of_a_fleet_and_no_other(compose: dict[str, Any]):
    assert set(compose["services"]) == set(SPECS) | HELPERS


@pytest.mark.parametrize("name", SPECS)
def test_a_process_has_the_command_and_the_settings_that_the_supervisor_gives_it(
    name: str, compose: dict[str, Any]
):
    service, spec = compose["services"][name], SPECS[name]
    assert service["command"] == ["python", *spec.command[1:]]
    environ = environ_of(service)
    assert {key: value for key, value in environ.items() if key not in OWN_HOSTS} == dict(spec.environ)
    assert {value for key, value in environ.items() if key in OWN_HOSTS} == {EVERYWHERE}
    settings = read_settings(environ | {"SHOUWANG_FLEET": ""})
    assert (settings.metrics_port, settings.metrics_host) == (
        int(spec.environ["SHOUWANG_METRICS_PORT"]),
        EVERYWHERE,
    )


@pytest.mark.parametrize("name", SPECS)
def test_a_process_waits_for_its_schema_and_servers_is_watched_and_stopped_in_time(
    name: str, compose: dict[str, Any]
):
    service = compose["services"][name]
    assert service["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "rabbitmq": {"condition": "service_healthy"},
        "postgres": {"condition": "service_healthy"},
    }
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"
    assert service["volumes"] == [f"fleet:{HOME}"]
    assert int(service["stop_grace_period"].rstrip("s")) >= 15
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    ports = {port.rpartition(":")[2] for port in service["ports"]}
    assert ports == {value for key, value in service["environment"].items() if key.endswith("_PORT")}


def test_every_variable_is_one_that_somebody_reads(compose: dict[str, Any], tmp_path: Path):
    token = tmp_path / "token"
    token.write_text("a-token-for-tests-only")
    token.chmod(0o600)
    api = environ_of(compose["services"]["api-1"]) | {"SHOUWANG_HTTP_TOKEN_FILE": str(token)}
    assert (read_http_settings(api).host, read_http_settings(api).port) == (EVERYWHERE, 8600)
    migrate = environ_of(compose["services"]["migrate"])
    assert read_fleet_settings(migrate).folder == Path(HOME)
    given = Given.by(migrate)
    assert given.amqp == "amqp://shouwang:secret@rabbitmq:5672/shouwang"
    assert given.database == "postgresql://shouwang:secret@postgres:5432/shouwang"
    known = {f"SHOUWANG_{name.upper()}" for name in Settings.model_fields}
    known |= {f"SHOUWANG_HTTP_{name.upper()}" for name in HttpSettings.model_fields}
    known |= {f"SHOUWANG_FLEET_{name.upper()}" for name in FleetSettings.model_fields}
    known |= {"SHOUWANG_FLEET", "SHOUWANG_HTTP_TOKEN_FILE", "SHOUWANG_AMQP_URL", "SHOUWANG_DATABASE_URL"}
    for name in set(SPECS) | {"migrate"}:
        assert set(compose["services"][name]["environment"]) <= known, name


def test_it_migrates_before_anything_runs_and_shows_no_password(compose: dict[str, Any]):
    migrate = compose["services"]["migrate"]
    assert migrate["command"] == ["shouwang", "migrate"]
    assert migrate["restart"] == "no"
    assert set(migrate["depends_on"]) == {"rabbitmq", "postgres"}
    asked = set(re.findall(r"\$\{(\w+)", FILE.read_text(encoding="utf-8")))
    assert asked == {f"{PREFIX}{name}" for name in ("RABBITMQ_PASSWORD", "POSTGRES_PASSWORD", "PORT")}


def test_servers_are_reached_from_no_other_machine_and_keep_what_they_hold(compose: dict[str, Any]):
    for name in ("rabbitmq", "postgres"):
        service = compose["services"][name]
        assert "ports" not in service
        assert service["volumes"][0].startswith(f"{name}:/var/lib/")
        assert service["healthcheck"]["test"][0] == "CMD"
    assert set(compose["volumes"]) == {"rabbitmq", "postgres", "fleet"}


def test_the_image_has_all_that_a_process_reads_and_runs_as_nobody_special():
    text = (FILE.parent / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert re.fullmatch(r"FROM [a-z]+:\d[\w.-]+", lines[0])
    copied = {word.rstrip("/") for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]}
    assert all((ROOT / one).exists() for one in copied)
    assert {"services", "contracts", "policies", "requirements.txt", "pyproject.toml"} <= copied
    assert "--require-hashes" in text
    assert [line for line in lines if line.startswith("USER ")] == ["USER shouwang"]
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert sent == copied
