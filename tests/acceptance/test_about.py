"""What belongs to the command itself: its version, its licence, completion in the shell."""

import os
import platform
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path
from unittest import mock

import pytest

from services.chassis.migrations.migrate import shipped
from tests.acceptance.test_cli import shouwang

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("shouwang")


def test_its_version_with_that_of_python_and_of_the_data(tmp_path: Path):
    said = shouwang("--version", data=tmp_path)
    assert said.code == 0
    assert f"守望 shouwang {metadata('shouwang')['Version']}" in said.text
    assert platform.python_version() in said.text
    assert shipped("registry")[-1].name in said.text
    assert list(tmp_path.iterdir()) == []


def test_the_licence_is_there_and_named():
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_complete(tmp_path: Path, shell: str):
    said = shouwang("--show-completion", data=tmp_path, SHELL=f"/bin/{shell}")
    assert (said.code, "_SHOUWANG_COMPLETE" in said.text) == (0, True)


def test_a_shell_that_cannot_complete_is_told_which_can(tmp_path: Path):
    said = shouwang("--show-completion", data=tmp_path, SHELL="/bin/dash")
    assert (said.code, "当前外壳不能补全" in said.text, "bash, zsh, fish" in said.text) == (2, True, True)


def test_installed_once_it_is_read_by_every_bash(tmp_path: Path):
    (tmp_path / ".bashrc").write_text("export KEPT=1\n", encoding="utf-8")
    for _ in range(2):
        with mock.patch("pathlib.Path.home", return_value=tmp_path):
            said = shouwang("--install-completion", data=tmp_path, SHELL="/bin/bash")
        assert (said.code, "命令补全" in said.text) == (0, True)
    begun = (tmp_path / ".bashrc").read_text(encoding="utf-8")
    assert (begun.count("KEPT"), begun.count("source ")) == (1, 1)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["shouwang", "rec"], {"record"}),
        (["shouwang", "record", "vis"], {"visit"}),
        (["shouwang", "record", "visit", "--check"], {"--check-up"}),
        (["shouwang", "record", "visit", "--mode", ""], {"in_person", "phone", "video"}),
        (["shouwang", "record", "visit", "--check-up", ""], {"yes", "no"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bash_offers_commands_options_and_choices(tmp_path: Path, typed: list[str], offered: set[str]):
    script = shouwang("--show-completion", data=tmp_path, SHELL="/bin/bash").text
    words = " ".join(f"'{word}'" for word in typed)
    asked = (
        f"{script}\nCOMP_WORDS=({words}); COMP_CWORD={len(typed) - 1}; _shouwang_completion '{COMMAND}'\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    shell = ["bash", "-c", asked]
    done = subprocess.run(shell, env=dict(os.environ), capture_output=True, text=True, check=True, timeout=60)
    assert set(done.stdout.split()) == offered
