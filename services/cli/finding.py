"""Whom and what a command means: an elder, one of the staff or a place, by id or by name; where several match, asks.

Names lie in the registry's own tables and beside them; no other service, log line or message gets one by this.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import typer

from services.cli.terminal.console import errors
from services.cli.terminal.plain import as_one_line
from services.cli.terminal.tables import Table
from services.house.house import House
from services.importing.register_township import names_of_staff, roster_of
from services.kernel.labels import chinese
from services.registry.elders import views as elder_views
from services.registry.villages import views as village_views
from services.visits.problems import views as problem_views

SHOWN = 20
_BETWEEN = (" ", "　", "/")
"""What may stand between a village's name and a person's."""


@dataclass(frozen=True)
class Candidate:
    """Somebody or something that may be meant: its id, its name, where it belongs, and how it stands."""

    id: str
    name: str
    where: str = ""
    stands: str = ""


def elder_meant(house: House, given: str) -> str:
    """The id of the elder who is meant; raises BadParameter with near ones where nobody is."""
    return _one_of(elders(house), given, "老人 elder", "登记册上没有 not on the register")


def staff_meant(house: House, given: str) -> str:
    """The id of one of the staff."""
    return _one_of(staff(house), given, "工作人员 staff", "花名册上没有 nobody of the staff")


def village_meant(house: House, given: str) -> str:
    """The code of a village."""
    return _one_of(villages(house), given, "村 village", "没有这个村 no such village")


def subject_meant(house: House, given: str) -> str:
    """The id of whatever has a history: an elder, a village or group, one of the staff, a problem.

    What is known by no name is taken as an id: a subject of which the register knows nothing may have a history too.
    """
    known = [*elders(house), *villages(house), *staff(house)]
    if any(one.id == given for one in known) or house.views("visits", problem_views.ONE, given):
        return given
    matches = _matching(known, given)
    if not matches:
        near = _near(known, given)
        if near:
            errors.print(f"按编号查 taken as an id; 名字相近的 names like it: {'、'.join(near)}")
        return given
    return _chosen(matches, given, "对象 subject")


def meant(house: House, field: str, given: str) -> str:
    """The id of whoever is named in a field of a command; an id stays, and the command says if it is wrong."""
    return given if given.isascii() or field not in _OF_FIELD else _OF_FIELD[field](house, given)


def elders(house: House) -> list[Candidate]:
    """Everybody who is or was on the register."""
    return [
        Candidate(
            row["elder"],
            row["name"],
            f"{row['village_name'] or row['village']} {row['village_group']}",
            f"{chinese(row['status'])} {row['since']}",
        )
        for row in house.views("registry", elder_views.PEOPLE)
    ]


def staff(house: House) -> list[Candidate]:
    """Whoever is or was appointed."""
    names, places = names_of_staff(house), {one.id: one.name for one in villages(house)}
    return [
        Candidate(person, names[person], places.get(village or "", "全乡 township"), chinese(role))
        for person, (role, village) in roster_of(house).staff.items()
    ]


def villages(house: House) -> list[Candidate]:
    """Every village."""
    rows = house.views("registry", village_views.EVERY)
    return [Candidate(row["village"], row["name"]) for row in rows]


def _one_of(known: Sequence[Candidate], given: str, what: str, none: str) -> str:
    if any(one.id == given for one in known):
        return given
    matches = _matching(known, given)
    if not matches:
        near = _near(known, given)
        more = f"；相近的 near: {'、'.join(near)}" if near else ""
        raise typer.BadParameter(f"{none}: {as_one_line(given)}{more}")
    return _chosen(matches, given, what)


def _matching(known: Sequence[Candidate], given: str) -> list[Candidate]:
    """By the whole name, else the village's and the whole name, else how names begin, else how they sound."""
    tries: tuple[Callable[[Candidate], bool], ...] = (
        lambda one: one.name == given,
        lambda one: _is_of_village(one, given),
        lambda one: one.name.startswith(given),
        lambda one: given.isascii() and given.isalpha() and _sound(one.name) == given.lower(),
    )
    for is_meant in tries:
        if matches := [one for one in known if one.name and is_meant(one)]:
            return matches
    return []


def _is_of_village(one: Candidate, given: str) -> bool:
    """王家村 张三: the village may be named by its beginning."""
    for between in _BETWEEN:
        village, _, name = given.partition(between)
        if name and one.name == name.strip() and one.where.startswith(village):
            return True
    return False


def _sound(name: str) -> str:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - wanted seldom, and its tables are large

    return "".join(lazy_pinyin(name)).lower()


def _near(known: Iterable[Candidate], given: str) -> list[str]:
    names = {one.name: one for one in known if one.name}
    close = get_close_matches(given, names, n=3, cutoff=0.5)
    return [f"{name} {names[name].id}" for name in close]


def _chosen(matches: Sequence[Candidate], given: str, what: str) -> str:
    if len(matches) == 1:
        one = matches[0]
        errors.print(
            f"{what}: {as_one_line(one.name)} = {one.id} {one.where} {one.stands}".strip(), style="dim"
        )
        return one.id
    errors.print(_listed(matches, given, what))
    if not (sys.stdin.isatty() and errors.is_terminal):
        told = f"有 {len(matches)} 个“{as_one_line(given)}”，请写编号 several are called so: give the id"
        raise typer.BadParameter(told)
    number = typer.prompt("第几个 which", type=int, err=True)
    if not 1 <= number <= len(matches):
        raise typer.BadParameter(f"应为 1 至 {len(matches)} / from 1 to {len(matches)}")
    return matches[number - 1].id


def _listed(matches: Sequence[Candidate], given: str, what: str) -> Table:
    table = Table(
        f"{what}: {as_one_line(given)}", "序号 no.", "编号 id", "姓名 name", "村组 where", "状态 stands"
    )
    for number, one in enumerate(matches[:SHOWN], 1):
        table.row(str(number), one.id, one.name, one.where, one.stands)
    if len(matches) > SHOWN:
        table.row("…", f"共 {len(matches)} all", "", "", "")
    return table


_OF_FIELD: Mapping[str, Callable[[House, str], str]] = {
    "elder": elder_meant,
    "village": village_meant,
    **dict.fromkeys(("by", "carer", "staff", "taker", "giver", "stand_in"), staff_meant),
}
