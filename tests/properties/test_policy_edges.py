"""A policy at the edges of what is allowed is carried out; one step beyond it is refused by line."""

import json
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.chassis.policy.files import PolicyError, PolicyFile, line_of
from services.house.house import House
from services.house.scenario import rehearse
from services.house.settings import Settings
from services.policy_lab.versions import faults_in
from tests.properties.policy_rows import LIMITED, OWN, RANGES, Row, beyond, every_row, with_row, written

EXAMPLES = max(settings().max_examples // 10, 1)
MOST = 1_000_000
BEGINS, ENDS = "2024-01-20", date(2024, 3, 3)
STAFF = {
    "office": "leading_group_office",
    "leader": "township_leader",
    "lead": "village_lead",
    "grid": "grid_worker",
    "cadre": "group_cadre",
    "clinic": "clinic",
    "centre": "party_service_centre",
}
EVIDENCE = {"wang": [], "li": ["disability"], "zhao": ["incapacity"]}


def line(at: str, do: str, **fields: Any) -> dict[str, Any]:
    return {"at": f"{at}+08:00", "do": do, **fields}


def enrol(elder: str, evidence: list[str]) -> dict[str, Any]:
    return line(
        f"{BEGINS}T09:00:00",
        "enrol",
        elder=elder,
        born="1913-02-14",
        sex="f",
        village="V1",
        group="G1",
        living="alone",
        evidence=evidence,
        health=["hypertension"],
        declined_institution=True,
        supporters=[{"id": f"{elder}-1", "left_county_on": "2010-08-31"}],
        carer="grid",
    )


LINES = [
    line(f"{BEGINS}T07:00:00", "open_village", village="V1", name="高良村", groups=["G1"]),
    *(line(f"{BEGINS}T08:00:00", "appoint", staff=name, role=role) for name, role in STAFF.items()),
    *(enrol(elder, evidence) for elder, evidence in EVIDENCE.items()),
    line("2024-01-22T22:10:00", "incident", incident="i1", elder="wang", kind="abuse"),
    line("2024-01-23T10:00:00", "incident", incident="i2", elder="li", kind="fall"),
    line("2024-01-29T10:00:00", "absent", elder="zhao", **{"from": "2024-01-29", "to": "2024-02-09"}),
    line("2024-02-05T10:00:00", "supporter_returned", elder="li", supporter="li-1", kind="temporary"),
    line(
        "2024-02-10T10:00:00",
        "visit",
        visit="v1",
        elder="zhao",
        by="grid",
        mode="in_person",
        confirms_facts=True,
    ),
    line("2024-02-29T10:00:00", "reassess", elder="zhao", by="lead"),
]


def simulated(file: PolicyFile) -> list[dict[str, Any]]:
    """What the scenario comes to under a policy; more than a million steps and events are an endless loop."""
    done = [0]
    settle: Callable[[House], int] = House.settle

    def counted(house: House) -> int:
        done[0] += 1 + settle(house)
        assert done[0] <= MOST, "no end"
        return done[0]

    with TemporaryDirectory() as folder, mock.patch.object(House, "settle", counted):
        path = Path(folder) / "edge.toml"
        path.write_text(file.text, encoding="utf-8")
        return rehearse(LINES, ENDS, Settings(data=None, policy=(path,))).facts


def names_a_line(file: PolicyFile, row: Row) -> bool:
    """Whether what is wrong with a file is said of the row's own line, by its name."""
    wanted = line_of(file.text, list(row))
    return any(fault.line == wanted and ".".join(row) in fault.said for fault in faults_in(file))


def edges(which: list[bool | None]) -> PolicyFile:
    """Each row at its lowest or highest, or as it is; a value that contradicts another row is refused by line."""
    file = OWN
    for (row, limit), is_highest in zip(RANGES.items(), which, strict=True):
        if is_highest is None:
            continue
        tried = with_row(file, row, written(limit.highest if is_highest else limit.lowest))
        faults = faults_in(tried)
        assert all(fault.line > 0 for fault in faults)
        file = file if faults else tried
    return file


@settings(max_examples=EXAMPLES)
@given(st.lists(st.sampled_from([None, False, True]), min_size=len(RANGES), max_size=len(RANGES)))
@example([False] * len(RANGES))
@example([True] * len(RANGES))
def test_a_policy_at_the_edges_is_carried_out_without_an_error_and_to_an_end(which: list[bool | None]):
    facts = simulated(edges(which))
    assert facts
    assert [fact for fact in facts if (fact.get("at") or fact["on"])[:10] < BEGINS] == []


@pytest.mark.parametrize("row", RANGES, ids=".".join)
def test_a_step_beyond_an_edge_is_refused_by_its_line(row: Row):
    for value in (*beyond(RANGES[row]), 10**30, -(10**30), "六十", "", True):
        text = str(value).lower() if isinstance(value, bool) else written(value)
        assert names_a_line(with_row(OWN, row, text), row), value
    for text in ("nan", "inf", "1e400", "[]", "{}", "2024-01-26", '"08:00:00+08:00"'):
        assert names_a_line(with_row(OWN, row, text), row), text


@pytest.mark.parametrize(
    "row", [row for row in LIMITED if row not in {*RANGES, ("effective_on",)}], ids=".".join
)
def test_a_text_that_is_none_is_refused_by_its_line(row: Row):
    for value in ("\n", " x", "x\u200b", "字" * 1000, "x\x85"):
        assert names_a_line(with_row(OWN, row, json.dumps(value)), row), value
    for text in ("3", "true", "[]"):
        assert names_a_line(with_row(OWN, row, text), row), text


def test_every_row_has_its_limit():
    """A bare number or text in a declaration would let anything in."""
    bare = {row: limit for row, limit in every_row() if row not in LIMITED and not _is_closed(limit)}
    assert bare == {}


def _is_closed(kind: Any) -> bool:
    inner = [one for one in getattr(kind, "__args__", (kind,)) if one is not Ellipsis]
    return all(
        hasattr(one, "__metadata__") or one is bool or (isinstance(one, type) and issubclass(one, StrEnum))
        for one in inner
    )


@pytest.mark.parametrize(
    "text", ["a = " + "9" * 5000, "a = " + "[" * 5000, "a" * 2_000_000, "\x00", "a = 1\na = 2"]
)
def test_what_is_no_policy_at_all_is_refused(text: str):
    with pytest.raises(PolicyError, match=r"cannot be read|too large"):
        with_row(OWN, ("title",), '"x"\n' + text)
