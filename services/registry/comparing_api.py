"""Comparisons over HTTP: the result of one, the decision on a difference, and what differs."""

from __future__ import annotations

from services.chassis.http.faces import Entry, Reading
from services.registry.comparisons.commands import CompareList, DecideDifference
from services.registry.reads import Differences, differences

_ROW = {
    "kind": "on_theirs",
    "category": "disability",
    "elder": "E0001",
    "place": "Sheet1 7",
    "tail": "1224",
}

ENTRIES = (
    Entry(
        "POST",
        "/comparisons",
        CompareList,
        "数据比对 / what a department's list and the register say differently; decided one by one",
        {
            "on": "2024-03-01",
            "comparison": "2024-civil",
            "department": "民政",
            "by": "w-001",
            "same": 12,
            "differences": [_ROW],
        },
    ),
    Entry(
        "POST",
        "/comparisons/{comparison}/differences/{difference}/decision",
        DecideDifference,
        "比对结论 / a difference is accepted, rejected or to be visited; once, and again after that visit",
        {"decision": "to_be_visited", "reason": "名单日期较早 / an old list", "by": "w-001"},
    ),
)

_SHOWN = {
    "comparison": "2024-civil",
    "total": 1,
    "differences": [_ROW | {"difference": "1", "decision": None, "by": None, "reason": None}],
}

READINGS = (
    Reading(
        "/comparisons/{comparison}/differences",
        "比对差异 / the differences of a comparison, with what was decided last",
        differences,
        Differences,
        _SHOWN,
    ),
    Reading(
        "/comparisons/{comparison}/differences/after/{difference}",
        "比对差异续 / those after a number, where there are more than one answer holds",
        differences,
        Differences,
        _SHOWN,
    ),
)
