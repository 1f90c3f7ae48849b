"""`shouwang --version`, and completion in the shell: what belongs to the command itself."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated

import typer
from typer._completion_classes import completion_init
from typer._completion_shared import get_completion_script, install

from services.chassis.migrations.migrate import shipped
from services.cli.terminal.console import console

PROGRAM = "shouwang"
VARIABLE = "_SHOUWANG_COMPLETE"
SHELLS = ("bash", "zsh", "fish")


def _say_version(wanted: bool) -> None:
    if wanted:
        layout = shipped("registry")[-1].name
        console.print(f"守望 shouwang {version_of('shouwang')}")
        console.print(f"Python {platform.python_version()}；数据布局 store layout {layout}")
        raise typer.Exit


def _shell() -> str:
    """The shell that the user logs in with; raises BadParameter for one that cannot complete."""
    name = Path(os.environ.get("SHELL", "")).name
    if name not in SHELLS:
        told = f"当前外壳不能补全，可用 / this shell cannot complete, but these can: {', '.join(SHELLS)} (SHELL={name})"
        raise typer.BadParameter(told)
    return name


def _show(wanted: bool) -> None:
    if wanted:
        typer.echo(get_completion_script(prog_name=PROGRAM, complete_var=VARIABLE, shell=_shell()))
        raise typer.Exit


def _install(wanted: bool) -> None:
    if wanted:
        shell, path = install(_shell(), PROGRAM, VARIABLE)
        console.print(f"已装入 {shell} 的命令补全 completion is installed: {path}")
        console.print("新开的终端中按 Tab 生效 press Tab in a new terminal")
        raise typer.Exit


def about(
    version: Annotated[
        bool, typer.Option("--version", help="版本 version", is_eager=True, callback=_say_version)
    ] = False,
    install_completion: Annotated[
        bool,
        typer.Option(
            "--install-completion",
            help="装入命令补全，按 Tab 补全命令、选项和可选的词 install completion by Tab for your shell",
            is_eager=True,
            callback=_install,
        ),
    ] = False,
    show_completion: Annotated[
        bool,
        typer.Option(
            "--show-completion",
            help="显示补全脚本，自行安装 show its script, to install it yourself",
            is_eager=True,
            callback=_show,
        ),
    ] = False,
) -> None:
    """Takes what belongs to no one command; each of them is done when it is read."""
    del version, install_completion, show_completion


def answer_the_shell() -> None:
    """What a shell asks when Tab is pressed is asked in typer's manner."""
    if VARIABLE in os.environ:
        completion_init()
