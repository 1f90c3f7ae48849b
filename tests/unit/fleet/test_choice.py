"""Where servers come from: given, else local programs, else the distribution's, else containers, else a clear error."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from services.cli import fleet as cli
from services.fleet import deploy
from services.fleet.compose import FILE, Compose
from services.fleet.settings import FleetSettings
from services.servers import ServersError, packages
from services.servers.errors import ProgramsMissing
from services.servers.sets import Servers

GIVEN = {
    "SHOUWANG_AMQP_URL": "amqp://me:secret@127.0.0.1:1/x",
    "SHOUWANG_DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/x",
}
DOCKER = """#!/bin/sh
echo "$@" >>"$0.said"
case "$1 $*" in {fails}) exit 1;; esac
"""


@pytest.fixture
def fleet(tmp_path: Path) -> FleetSettings:
    return FleetSettings(folder=tmp_path / "fleet", servers=tmp_path / "servers", port=18600)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without servers, on which nothing may be installed; its PATH is the folder given."""
    path = tmp_path / "bin"
    path.mkdir()
    monkeypatch.setattr(packages, "POSTGRESQL", tmp_path / "none")
    monkeypatch.setattr(packages, "RABBITMQ", tmp_path / "none")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(path))
    return path


def docker(path: Path, fails: str = "nothing") -> Callable[[], list[str]]:
    """A docker that notes what it is asked for, and fails at some of it."""
    program = path / "docker"
    program.write_text(DOCKER.format(fails=fails))
    program.chmod(0o755)
    said = path / "docker.said"
    return lambda: said.read_text().splitlines() if said.exists() else []


def test_servers_that_are_given_are_taken_and_nothing_else_is_asked(fleet: FleetSettings, bare: Path):
    said = docker(bare)
    with pytest.raises(ServersError, match="SHOUWANG_AMQP_URL is set, but"):
        deploy.bring_up(fleet, GIVEN)
    assert said() == []


def test_where_one_is_given_and_the_other_is_missing_containers_do_not_take_its_place(
    fleet: FleetSettings, bare: Path, monkeypatch: pytest.MonkeyPatch
):
    said = docker(bare)
    monkeypatch.setattr("services.servers.sets.check_given", lambda *_: None)
    with pytest.raises(ProgramsMissing, match="postgresql is missing"):
        deploy.bring_up(fleet, {"SHOUWANG_AMQP_URL": GIVEN["SHOUWANG_AMQP_URL"]})
    assert said() == []


def test_local_programs_come_before_the_distribution(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    del bare
    asked: list[str] = []
    monkeypatch.setattr(packages, "_install", lambda package, _: asked.append(package))
    programs = tmp_path / "pg" / "15" / "bin"
    programs.mkdir(parents=True)
    (programs / "postgres").touch()
    monkeypatch.setattr(packages, "POSTGRESQL", tmp_path / "pg")
    assert packages.postgresql() == programs
    assert asked == []
    with pytest.raises(ServersError, match="installed, but its programs are not"):
        packages.rabbitmq()
    assert asked == ["rabbitmq-server"]


def test_the_distribution_comes_before_containers(
    fleet: FleetSettings, bare: Path, monkeypatch: pytest.MonkeyPatch
):
    said, asked = docker(bare), []
    monkeypatch.setattr(packages, "_install", lambda package, _: asked.append(package))
    with pytest.raises(ServersError, match="installed, but its programs are not"):
        deploy.bring_up(fleet, {})
    assert (said(), asked) == ([], ["rabbitmq-server"])


def test_containers_are_the_last_resort_and_stay_until_they_are_erased(fleet: FleetSettings, bare: Path):
    said = docker(bare)
    deploy.bring_up(fleet, {})
    kept = fleet.folder / "compose.env"
    before = kept.read_text()
    project = f"compose --project-name shouwang-main --env-file {kept} --file {FILE} "
    up = project + "up --detach --build --wait --wait-timeout 300"
    assert said() == ["compose version", "info", up]
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "SHOUWANG_COMPOSE_PORT=18600\n" in before
    deploy.bring_up(fleet, {})
    assert said()[3:] == [up]
    deploy.bring_down(fleet, {})
    assert (said()[-1], kept.read_text()) == (project + "down", before)
    deploy.bring_down(fleet, {}, erase=True)
    assert (said()[-1], Compose(fleet).is_taken) == (project + "down --volumes", False)


def test_where_it_lives_in_containers_up_says_how_other_commands_reach_it(
    fleet: FleetSettings,
    bare: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    docker(bare)
    for name in (*GIVEN, "SHOUWANG_FLEET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHOUWANG_FLEET_FOLDER", str(fleet.folder))
    cli.up()
    said = capsys.readouterr().out
    assert f"--env-file {fleet.folder}/compose.env" in said
    assert said.rstrip().endswith("exec api-1 shouwang status")


@pytest.mark.parametrize(
    ("fails", "why"),
    [
        (None, "docker is not installed"),
        ("'compose compose version'", "docker has no compose plugin"),
        ("'info info'", "the docker daemon does not answer"),
    ],
)
def test_where_nothing_can_be_had_every_way_out_is_named(
    fleet: FleetSettings, bare: Path, fails: str | None, why: str
):
    if fails is not None:
        docker(bare, fails)
    with pytest.raises(ProgramsMissing, match=why) as refused:
        deploy.bring_up(fleet, {})
    for way in ("apt-get install rabbitmq-server", "SHOUWANG_AMQP_URL", "containers"):
        assert way in str(refused.value)
    assert not Compose(fleet).is_taken


def test_containers_that_do_not_come_up_are_told(fleet: FleetSettings, bare: Path):
    docker(bare, "*up*--detach*")
    with pytest.raises(ServersError, match="docker compose up failed"):
        deploy.bring_up(fleet, {})


def test_another_spread_than_the_compose_files_is_refused(fleet: FleetSettings, bare: Path):
    docker(bare)
    with pytest.raises(ServersError, match=r"compose\.yaml"):
        deploy.bring_up(fleet.model_copy(update={"workers": (("registry",),)}), {})


def test_a_set_of_local_programs_is_never_containers(fleet: FleetSettings, monkeypatch: pytest.MonkeyPatch):
    def up(_: Servers) -> None:
        raise ServersError("RabbitMQ did not come up")

    monkeypatch.setattr(Servers, "up", up)
    with pytest.raises(ServersError, match="did not come up"):
        deploy.bring_up(fleet, {})
    assert not Compose(fleet).is_taken
