"""The township as the register has it, and what of a township file differs from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import cast

from contracts.words import Role
from services.house.house import House
from services.importing.township import HOW_TO_BEGIN, StaffRow, Township, TownshipError, VillageEntry
from services.kernel.labels import chinese
from services.kernel.roster import Roster, roster_id
from services.registry.application import Registry
from services.registry.villages import views as village_views
from services.registry.villages.domain import NamedTownship, Village, township_id, village_id

STAFF_NAMES = "staff-names.json"
MISSING = (
    "登记册还是空的,不知道有哪些村:请加 --township 乡镇文件.toml(乡名、村、村小组、工作人员);"
    "没有的,先用 {how} 做一份,改成本乡的 / the register is empty: name the township file with --township"
    " (villages, groups, staff); {how} makes one to begin with"
)
ELSEWHERE = (
    "什么都没有写入,请核对 --township 和数据目录(SHOUWANG_DATA)"
    " / nothing was written: check the file and the data folder"
)


def township_of(house: House) -> Township:
    """The register's own: its staff by id, with their names as the last township files had them, else the id."""
    log, known = house.services["registry"].log, _names_kept(house)
    roster, named = roster_of(house), named_in(house)
    staff: dict[str | None, list[StaffRow]] = {}
    for person, (role, village) in roster.staff.items():
        row = StaffRow.model_construct(id=person, name=known.get(person, person), role=cast("Role", role))
        staff.setdefault(village, []).append(row)
    villages = [
        log.load(Village, village_id(row["village"])) for row in house.views("registry", village_views.EVERY)
    ]
    return Township.model_construct(
        name=named.name if named else "",
        demonstration=named is not None and named.is_demonstration,
        staff=staff.get(None, []),
        villages=[
            VillageEntry.model_construct(
                code=village.subject,
                name=village.name,
                groups=village.groups,
                staff=staff.get(village.subject, []),
            )
            for village in villages
            if village is not None
        ],
    )


def keep_names(house: House, file: Township) -> None:
    """What staff are called: the register has their ids alone, and a ledger names them."""
    names = _names_kept(house) | {person.id: person.name for person, _ in file.everybody()}
    path = house.folder / STAFF_NAMES
    path.touch(mode=0o600)
    path.write_text(json.dumps(names, ensure_ascii=False, indent=0), encoding="utf-8")


def names_of_staff(house: House) -> dict[str, str]:
    """Whoever is appointed, by id, with the name that township files gave last; the id where none did."""
    names = _names_kept(house)
    return {person: names.get(person, person) for person in roster_of(house).staff}


def _names_kept(house: House) -> dict[str, str]:
    path = house.folder / STAFF_NAMES
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def roster_of(house: House) -> Roster:
    """The register's; empty where nobody is appointed."""
    return house.services["registry"].log.load(Roster, roster_id("registry")) or Roster.empty()


def named_in(house: House) -> NamedTownship | None:
    """What the register calls its township; None where nobody has named it."""
    return house.services["registry"].log.load(NamedTownship, township_id())


def differences_told(house: House, file: Township | None, day: date) -> list[str]:
    """What an import with this file opens, and what it leaves as it is; raises TownshipError where it must not be."""
    register = township_of(house)
    if file is None:
        if not register.villages:
            raise TownshipError(MISSING.format(how=HOW_TO_BEGIN))
        return []
    application = cast("Registry", house.services["registry"].application)
    foreign = [v for v in file.villages if not application.is_of_township(v.code, day)]
    reasons = [
        *_another_township(file, register, is_named=named_in(house) is not None),
        *(f"{v.name} {v.code}: 不是本乡的区划代码 / not a code of this township" for v in foreign),
        *_renamed(file, register),
    ]
    if reasons:
        raise TownshipError("; ".join((*reasons, ELSEWHERE)))
    return list(_told(file, register, roster_of(house)))


def _another_township(file: Township, register: Township, *, is_named: bool) -> Iterator[str]:
    """Made up and real are never mixed, and no township that has nothing in common with the one that is there."""
    ours, theirs = ({village.code for village in one.villages} for one in (register, file))
    if not ours:
        return
    if file.demonstration != register.demonstration and (is_named or ours - theirs):
        yield (
            "乡镇文件是示范用的,登记册是真实的 / the file is of a demonstration, the register is not"
            if file.demonstration
            else "登记册是示范用的,乡镇文件是真实的 / the register is of a demonstration, the file is not"
        )
    elif not ours & theirs:
        yield (
            f"登记册上是另一个乡镇的村({_names(register.villages)})/ the register has another township's villages"
        )


def _renamed(file: Township, register: Township) -> Iterator[str]:
    names = {village.code: village.name for village in register.villages}
    codes = {village.name: village.code for village in register.villages}
    for village in file.villages:
        ours = names.get(village.code)
        if ours is not None and ours != village.name:
            yield f"{village.code} 登记册上是{ours},文件里是{village.name} / the register calls it {ours}"
        elif ours is None and village.name in codes:
            yield (
                f"{village.name}登记册上的代码是 {codes[village.name]},文件里是 {village.code}"
                f" / the register has {village.name} under {codes[village.name]}"
            )


def _told(file: Township, register: Township, roster: Roster) -> Iterator[str]:
    ours = {village.code: village for village in register.villages}
    if file.name != register.name:
        what = "示范乡镇,人和事都是虚构的 a demonstration, all of it made up" if file.demonstration else ""
        yield f"乡镇 township: {file.name} {what}".strip()
    if new := [village for village in file.villages if village.code not in ours]:
        yield f"新设 {len(new)} 个村 opens villages: {_names(new)}"
    theirs = {village.code for village in file.villages}
    if left := [village for village in register.villages if village.code not in theirs]:
        yield f"文件里没有、登记册上照旧 not in the file, left as they are: {_names(left)}"
    for village in file.villages:
        if village.code in ours and village.groups != ours[village.code].groups:
            groups = "、".join(ours[village.code].groups) or "无"
            yield f"{village.name}的村小组以登记册为准 groups stay as the register has them: {groups}"
    everybody = list(file.everybody())
    if new_staff := sum(person.id not in roster.staff for person, _ in everybody):
        yield f"任用 appoints: {new_staff}"
    for person, village in everybody:
        if person.id in roster.staff and roster.staff[person.id] != (person.role, village):
            role, where = roster.staff[person.id]
            place = ours[where].name if where in ours else where or "全乡"
            yield (
                f"编号 {person.id} 登记册上是{place}{chinese(role)},没有改动;换了人或职务的,请用新编号"
                " / the register has this id for another post: left as it is, use a new id"
            )


def _names(villages: list[VillageEntry]) -> str:
    return "、".join(village.name for village in villages)
