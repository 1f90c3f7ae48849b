"""What is known, refused and told without a server."""

import os
import subprocess
from pathlib import Path

import pytest

from services.servers import Given, Servers, ServersError, packages
from services.servers.processes import OwnProcess


def test_a_process_is_known_by_pid_and_command_line_together(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    assert OwnProcess(file, ("x",)).pid() is None
    file.write_text("")
    assert OwnProcess(file, ("x",)).pid() is None
    child = subprocess.Popen(["/bin/sleep", "600"])
    file.write_text(str(child.pid))
    try:
        assert OwnProcess(file, ("/bin/sleep", "600")).pid() == child.pid
        assert OwnProcess(file, ("/bin/sleep", "60")).pid() is None
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert OwnProcess(file, ("/bin/sleep", "600")).pid() is None, "a zombie is gone"
    finally:
        child.kill()
        child.wait()


def test_a_given_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    given = Given.by(
        {"SHOUWANG_DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/x", "SHOUWANG_AMQP_URL": ""}
    )
    with pytest.raises(
        ServersError, match=r"SHOUWANG_DATABASE_URL is set, but postgresql://127\.0\.0\.1:1/x"
    ) as refused:
        Servers(tmp_path, "given", given).up()
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["", "../x", "A", "-x", "x" * 32])
def test_a_name_that_is_no_folder_of_its_own_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ServersError, match="a set's name"):
        Servers(tmp_path, name)


def test_a_set_never_brought_up_has_nothing_to_stop(tmp_path: Path) -> None:
    Servers(tmp_path, "never").down()
    assert list(tmp_path.iterdir()) == []
    assert {standing.trouble for standing in Servers(tmp_path, "never").status()} == {"never brought up"}
    with pytest.raises(ServersError, match="bring it up first"):
        Servers(tmp_path, "never").rabbit.kill()


def test_what_may_not_be_installed_is_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "POSTGRESQL", tmp_path)
    monkeypatch.setattr(packages, "RABBITMQ", tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServersError, match=r"apt-get install rabbitmq-server.*SHOUWANG_AMQP_URL"):
        packages.rabbitmq()
    with pytest.raises(ServersError, match=r"apt-get install postgresql-15.*SHOUWANG_DATABASE_URL"):
        packages.postgresql("15")
