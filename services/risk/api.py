"""Risk over HTTP: evidence seen and cleared, and reassessments."""

from __future__ import annotations

from services.chassis.http.faces import Entry, Face
from services.risk import commands as do
from services.risk.application import NAME

ADVICE = {
    "EvidenceNotHeld": "没有登记过此项依据，不能解除：请核对",
    "AgeIsNotCleared": "高龄依据不能解除",
    "NotReassessable": "只有已认定的留守老人才能再评估：请核对该老人的状态",
    "WrongRole": "再评估由村党总支、村委会负责",
    "NotYetHappened": "日期在将来：请在当天登记",
    "BeforeBirth": "日期早于老人的出生日期：请核对日期和出生日期",
    "FileClosed": "该老人已注销：不能再登记；报错了的，请撤销注销",
    "NotOnRegister": "没有此编号的老人：请核对编号，或先建档",
    "AppointmentOver": "该工作人员当日已离任：请核对编号和日期",
    "MergedEntry": "该档案已并入另一档案：请在保留的档案中登记",
    "UnknownStaff": "没有此编号的工作人员：请核对编号，或先任用",
}

_ENTRIES = (
    Entry(
        "POST",
        "/elders/{elder}/evidence",
        do.Observe,
        "依据成立 / evidence was seen",
        {"evidence": "disability", "on": "2024-03-01"},
    ),
    Entry(
        "POST",
        "/elders/{elder}/evidence/{evidence}/clearing",
        do.Clear,
        "依据解除 / evidence holds no longer; the grade stands until a reassessment",
        {"on": "2024-03-01"},
    ),
    Entry(
        "POST",
        "/elders/{elder}/reassessments",
        do.Reassess,
        "再评估 / reassess, by the village lead",
        {"by": "w-001", "on": "2024-03-01"},
    ),
)

FACE = Face(NAME, _ENTRIES, ADVICE)
