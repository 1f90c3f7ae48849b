"""The store that a command works on: opened here and nowhere else, so that whoever asks is told whose data it is.

It is told on standard error, in one line before anything else: what was asked for stays alone on standard output.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import which

from services.cli.terminal.console import errors
from services.cli.terminal.plain import as_one_line
from services.fleet.settings import read_fleet_settings
from services.house.house import House, opened
from services.house.settings import PREFIX, Settings, read_settings
from services.importing.register_township import named_in
from services.notify.channels import Channel

CHOOSES = ("TOWNSHIP", "DATA", "FLEET", "FLEET_FOLDER", "NAMESPACE")
"""The variables by which a store is chosen, without their prefix."""
_NAMED = re.compile(r"((?:SHOUWANG_\w+=\S* )*)\bshouwang (?=[a-z])")


@contextmanager
def open_store(
    settings: Settings | None = None, channels: tuple[Channel, ...] = (), *, is_import: bool = False
) -> Generator[House]:
    """The house of these settings, else of the environment's; first says which store and township it is."""
    settings = settings or read_settings(os.environ)
    with opened(settings, channels) as house:
        for line in told_of(house, settings, os.environ, is_import=is_import):
            errors.print(line, style="dim", soft_wrap=True)
        yield house


def told_of_store() -> list[str]:
    """As `open_store` says it, of the environment's."""
    settings = read_settings(os.environ)
    with opened(settings) as house:
        return told_of(house, settings, os.environ)


def told_of(
    house: House, settings: Settings, environ: Mapping[str, str], *, is_import: bool = False
) -> list[str]:
    """Which store and township; what else there is that somebody may have meant. No import is told to import first."""
    named = named_in(house)
    is_empty = not any(service.log.size() for service in house.services.values())
    township = as_one_line(named.name) if named else "乡镇未命名 township not named yet"
    if named and named.is_demonstration:
        township += "（示范，虚构 a demonstration, made up）"
    lines = [f"数据 data: {_where(settings)} · {'空的 empty' if is_empty else township}"]
    if is_empty and not is_import:
        first = pasteable("import", "登记表.xlsx", "--township", "乡镇文件.toml")
        lines += ["还没有任何记录，先导入 nothing is recorded yet, first import:", f"  {first}"]
    fleet = read_fleet_settings(environ)
    if settings.roles is None and environ.get(f"{PREFIX}FLEET") != "" and fleet.roles.exists():
        stopped = f"{_short(fleet.folder)}（停着 stopped）"
        lines.append(f"另一份数据在 another store is {stopped}; 起动后命令改用它 asked once it is up:")
        lines.append(f"  {pasteable('up')}")
    return lines


def _where(settings: Settings) -> str:
    if settings.roles is not None:
        return f"各进程共用的数据库 the running fleet's, {_short(settings.data)}"
    return f"{_short(settings.data)}（单进程 embedded）"


def _short(path: Path | None) -> str:
    if path is None:
        return "内存 memory"
    return (
        str(path.relative_to(Path.cwd()))
        if path.is_absolute() and path.is_relative_to(Path.cwd())
        else str(path)
    )


def pasteable(*words: str) -> str:
    """A command as it can be pasted here, that asks the same store as this one did."""
    return " ".join([*_chosen(), _program(), *map(shlex.quote, words)])


def with_pasteable(text: str) -> str:
    """The text, in which every `shouwang …` can be pasted here; a variable that is set in it stays."""

    def here(found: re.Match[str]) -> str:
        others = [one for one in _chosen() if f"{one.partition('=')[0]}=" not in found[1]]
        return found[1] + " ".join([*others, _program(), ""])

    return _NAMED.sub(here, text)


def _chosen() -> list[str]:
    names = [f"{PREFIX}{name}" for name in CHOOSES]
    return [
        f"{name}={os.environ[name] and shlex.quote(os.environ[name])}" for name in names if name in os.environ
    ]


def _program() -> str:
    mine = Path(sys.argv[0])
    if which(mine.name) == str(mine.absolute()):
        return mine.name
    return shlex.quote(_short(mine))
