"""Visits over HTTP: visits one by one or as an offline phone uploads them, agreements, reviews, absences, duties."""

from __future__ import annotations

from services.chassis.http.faces import Batch, Entry, Face
from services.visits import commands as do
from services.visits.application import NAME

_DONE = {"by": "w-011", "on": "2024-03-01"}
_VISIT = {
    "elder": "E0001",
    "by": "w-011",
    "on": "2024-03-01",
    "mode": "in_person",
    "check_up": False,
    "confirms_facts": True,
}

ADVICE = {
    "CommandConflict": "此编号已用于其他内容：请换一个编号",
    "ConflictingVisit": "此走访编号已用于其他内容：请换一个编号",
    "NotYetHappened": "日期在将来：请在当天登记",
    "AfterTheEnd": "当日该老人已注销：请核对日期",
    "AlreadySigned": "协议已签订",
    "WrongRole": "生活保障评估由党群服务中心负责",
    "WrongRoleForDuty": "此项工作由其他岗位负责：请由该岗位人员登记",
    "NotOwedHere": "此对象没有这项工作：请核对工作和对象",
    "BackwardAbsence": "外出结束早于开始：请核对两个日期",
    "NotOnRegister": "没有此编号的老人：请核对编号，或先建档",
    "IncidentTwice": "此突发事件编号已上报：请换一个编号",
    "StatusEnded": "该老人已注销：不能再登记",
    "UnknownSubject": "没有此村、村小组或乡：请核对，或先设村",
    "AppointmentOver": "该工作人员当日已离任：请核对编号和日期",
    "MergedEntry": "该档案已并入另一档案：请在保留的档案中登记",
    "UnknownStaff": "没有此编号的工作人员：请核对编号，或先任用",
}

_ENTRIES = (
    Entry("PUT", "/visits/{visit}", do.RecordVisit, "走访登记 / record a visit; its id makes it one", _VISIT),
    Entry(
        "POST",
        "/elders/{elder}/agreements",
        do.SignAgreement,
        "签订委托照顾协议 / sign the care agreement",
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
        {"begins": "2024-03-01", "ends": "2024-03-09"},
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

FACE = Face(NAME, _ENTRIES, ADVICE, batches=(_UPLOAD,))
