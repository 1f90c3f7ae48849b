"""Versions of the township's policy: checked, compared row by row, listed, published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from services.chassis.policy.files import (
    PolicyError,
    PolicyFault,
    PolicyFaults,
    PolicyFile,
    comment_of,
    faults_of,
    line_of,
    read_file,
)
from services.chassis.policy.published import Publication, Published, refuse_publication
from services.house.settings import Settings
from services.notify.policies import NotifyPolicy
from services.registry.policies import RegistryPolicy
from services.reports.policies import ReportPolicy
from services.risk.policies import RiskPolicy
from services.visits.policies import REASSESSMENT, DutyPolicy

SECTIONS: Mapping[str, type[Any]] = {
    "registry": RegistryPolicy,
    "risk": RiskPolicy,
    "visits": DutyPolicy,
    "notify": NotifyPolicy,
    "reports": ReportPolicy,
}
"""Every section that a policy file has, and what its rows must be."""


class NotPublished(PolicyError):
    """The version cannot be published; the message says why and what to do."""


@dataclass(frozen=True)
class Change:
    """改动: one row that two versions differ in; None where a version has no such row."""

    row: str
    clause: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Version:
    """版本: one version that is in force at some time, and who published it when (empty: it came with the software)."""

    version: str
    effective_on: date
    source: str
    by: str = ""
    at: str = ""


def check(path: Path) -> list[PolicyFault]:
    """Everything that is wrong with a file, by line; empty where it can be published. Raises PolicyError."""
    try:
        found = read_file(path)
    except PolicyFaults as error:
        return error.faults
    return faults_in(found)


def faults_in(file: PolicyFile) -> list[PolicyFault]:
    """As `check`, of a file that is TOML."""
    return faults_of(file, SECTIONS) or sorted(_between_sections(file))


def _between_sections(found: PolicyFile) -> Iterator[PolicyFault]:
    """What two services read in two sections has to agree."""
    register, risk = found.section("registry", RegistryPolicy), found.section("risk", RiskPolicy)
    duties, notices = found.section("visits", DutyPolicy), found.section("notify", NotifyPolicy)
    reports = found.section("reports", ReportPolicy)

    def fault(setting: str, chinese: str, english: str) -> PolicyFault:
        return PolicyFault(line_of(found.text, setting.split(".")), f"{setting}: {chinese} / {english}")

    if risk.reassessed_by.value != (owner := duties.owed_by[REASSESSMENT].value):
        told = (
            f"应与 visits.owed_by.reassessment 相同 ({owner})",
            f"must be as visits.owed_by.reassessment: {owner}",
        )
        yield fault("risk.reassessed_by", *told)
    if listed := ", ".join(sorted(notices.confidential_incidents ^ duties.problems.confidential)):
        told = (
            f"与 visits.problems.confidential 不一致: {listed}",
            f"must be as visits.problems.confidential: {listed}",
        )
        yield fault("notify.confidential_incidents", *told)
    if blind := ", ".join(sorted(reports.confidential - duties.problems.seen_by)):
        told = (
            f"visits.problems.seen_by 里没有 {blind}",
            f"these are not among visits.problems.seen_by: {blind}",
        )
        yield fault("reports.confidential", *told)
    for setting, age in (("risk", risk.advanced_age), ("visits", duties.advanced_age)):
        if age < register.age:
            told = (
                f"不得小于 registry.age ({register.age}), 现为 {age}",
                f"must be at least registry.age, is {age}",
            )
            yield fault(f"{setting}.advanced_age", *told)


def diff(old: PolicyFile, new: PolicyFile) -> list[Change]:
    """Row by row, in the order of the files, with the clause that each row names."""
    before, after = dict(rows_of(old.content)), dict(rows_of(new.content))
    rows = [*after, *(row for row in before if row not in after)]
    return [
        Change(".".join(row), clause_of(new if row in after else old, row), before.get(row), after.get(row))
        for row in rows
        if before.get(row) != after.get(row)
    ]


def clause_of(file: PolicyFile, row: tuple[str, ...]) -> str:
    """What a row's own line says of its clause, and, above it, its table's, or the table's `clause`."""
    table: Any = file.content
    said: list[str] = []
    for depth, name in enumerate(row):
        said.append(comment_of(file.text, line_of(file.text, list(row[: depth + 1]))))
        if isinstance(table.get("clause"), str):
            said.append(table["clause"])
        table = table[name] if isinstance(table[name], Mapping) else {}
    told = [one for one, following in pairwise([*said, ""]) if one and one != following]
    return "; ".join(told[-2:])


def rows_of(held: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every row of a file with its path, in the file's order."""
    for key, value in held.items():
        if isinstance(value, Mapping):
            yield from rows_of(value, (*above, key))
        else:
            yield (*above, key), value


def files(settings: Settings) -> list[tuple[PolicyFile, Version]]:
    """Every version of this township, the earliest first."""
    found = [(read_file(path), path) for path in settings.policy]
    held = [(file, Version(file.version, file.effective_on, str(path))) for file, path in found]
    if settings.data is not None:
        published = Published(settings.data)
        held += [(published.file(one), _version(one)) for one in published.all()]
    return sorted(held, key=lambda pair: pair[1].effective_on)


def _version(one: Publication) -> Version:
    return Version(one.version, date.fromisoformat(one.effective_on), one.sha256, one.by, one.at)


def publish(path: Path, day: date, by: str, settings: Settings, *, turned: date, at: datetime) -> Publication:
    """Publishes a file from `day`; `turned` is the last day that has begun. Raises NotPublished, PolicyError."""
    if settings.data is None:
        raise NotPublished("没有数据文件夹 / no data folder to keep it in: set SHOUWANG_DATA")
    if faults := check(path):
        raise PolicyFaults(path.name, faults)
    published = Published(settings.data)
    with published.writing():
        held = [version for _, version in files(settings)]
        file = read_file(path).dated(day)
        refusal = refuse_publication(day, held[-1].effective_on, turned)
        if file.version in {one.version for one in held}:
            refusal = (
                f"版本名已用 / a version is called {file.version} already: give this one a name of its own"
            )
        if refusal is not None:
            raise NotPublished(f"{path.name}: {refusal}")
        return published.add(file, by, at)
