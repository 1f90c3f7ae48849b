"""Visits over HTTP: visits one by one or as an offline phone uploads them, papers, absences, duties, problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.chassis.commands.command import Command
from services.chassis.http.faces import Batch, Entry, Face
from services.visits import commands as do
from services.visits.application import NAME
from services.visits.reads import READINGS

_DONE = {"by": "w-011", "on": "2024-03-01"}
_VISIT = {
    "elder": "E0001",
    "by": "w-011",
    "on": "2024-03-01",
    "mode": "in_person",
    "check_up": False,
    "confirms_facts": True,
}


def _step(path: str, kind: type[Command], summary: str, given: Mapping[str, Any] | None = None) -> Entry:
    """The way in for one step of a problem."""
    return Entry("POST", f"/problems/{{problem}}/{path}", kind, summary, {"by": "w-031"} | dict(given or {}))


_ENTRIES = (
    Entry(
        "PUT",
        "/visits/{visit}",
        do.RecordVisit,
        "走访登记 / record a visit; its id makes it one; evidence seen grades at once, findings open matters",
        _VISIT | {"done": ["talked"], "findings": ["lonely"], "evidence": ["insufficient_daily_care"]},
    ),
    Entry(
        "POST",
        "/elders/{elder}/agreements",
        do.SignAgreement,
        "签订委托照顾协议 / sign the care agreement; term and parties as far as they are known",
        _DONE
        | {
            "begins": "2024-03-01",
            "ends": "2025-02-28",
            "supporter": "S1",
            "caretaker": "李**",
            "relation": "侄子",
        },
    ),
    Entry(
        "POST",
        "/elders/{elder}/agreements/filing",
        do.FileAgreement,
        "协议报备 / the agreement that stands is filed",
        _DONE,
    ),
    Entry(
        "POST",
        "/elders/{elder}/living-security-reviews",
        do.ReviewLivingSecurity,
        "生活保障评估 / review the living security",
        {"by": "w-031", "on": "2024-03-01"},
    ),
    Entry(
        "POST",
        "/elders/{elder}/absences",
        do.NoteAbsence,
        "外出 / away, both days counted",
        {"begins": "2024-03-01", "ends": "2024-03-09", "reason": "hospital"},
    ),
    Entry(
        "POST",
        "/elders/{elder}/absences/{begins}/correction",
        do.CorrectAbsence,
        "外出更正 / the absence that began that day ends on another",
        {"ends": "2024-03-06"},
    ),
    Entry(
        "POST",
        "/elders/{elder}/needs",
        do.NoteNeed,
        "发现需求 / something that the elder needs",
        {"need": "N-2024-0001", "kind": "meals", "text": "中午无人做饭"} | _DONE,
    ),
    Entry(
        "POST",
        "/elders/{elder}/needs/{need}/meeting",
        do.MeetNeed,
        "需求办结 / what was needed was met",
        {"text": "已安排助餐点送饭"} | _DONE,
    ),
    Entry(
        "POST",
        "/elders/{elder}/incidents",
        do.ReportIncident,
        "上报突发事件 / report an incident",
        {"incident": "I-2024-0001", "kind": "fall"},
    ),
    Entry(
        "POST",
        "/elders/{elder}/problems",
        do.OpenProblem,
        "发现问题 / a problem was found, on a visit or otherwise; an incident is one too",
        {"problem": "P-2024-0001", "kind": "housing", "text": "屋顶漏雨", "visit": "V-3f2a"} | _DONE,
    ),
    _step("acceptance", do.AcceptProblem, "受理 / the one desk takes it in"),
    _step(
        "units",
        do.HandProblem,
        "交办 / hand it to one or more units",
        {"units": ["housing", "village_lead"], "due": "2024-03-20"},
    ),
    _step("units/{unit}/handling", do.HandleProblem, "办理 / what one unit did", {"text": "已修缮"}),
    _step("closing", do.CloseProblem, "办结 / closed with its solution", {"text": "屋顶已翻修"}),
    _step("verification", do.VerifyProblem, "核实 / verified by somebody other than who closed it"),
    _step("reopening", do.ReopenProblem, "重新办理 / not solved, with the reason", {"text": "雨后仍漏"}),
    Entry(
        "POST",
        "/duties",
        do.DoDuty,
        "办结工作 / a duty of a village, a group or the township is done",
        {"duty": "group_activity", "subject": "530323990201/一组"} | _DONE,
    ),
)


_UPLOAD = Batch(
    "/visits/batch",
    do.RecordVisit,
    "离线补传 / an offline phone's upload: each visit is answered by itself, in order",
    items="visits",
    id_field="visit",
    example={"visit": "V-3f2a"} | _VISIT,
)

FACE = Face(NAME, _ENTRIES, batches=(_UPLOAD,), readings=READINGS)
