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

ADVICE = {
    "CommandConflict": "此编号已用于其他内容：请换一个编号",
    "ConflictingVisit": "此走访编号已用于其他内容：请换一个编号",
    "NotYetHappened": "日期在将来：请在当天登记",
    "BeforeBirth": "日期早于老人的出生日期：请核对日期和出生日期",
    "LongAbsence": "外出一次最多登记一年，到期续登：请填更早的结束日期",
    "AfterTheEnd": "当日该老人已注销：请核对日期",
    "AlreadySigned": "这段时间已有协议：续签应在原协议到期之后开始",
    "BackwardTerm": "协议到期早于开始：请核对两个日期",
    "NoAgreement": "没有有效的协议：请先签订",
    "AlreadyFiled": "现有协议已报备",
    "UnknownAbsence": "没有这一天开始的外出：请核对日期，或先登记外出",
    "NeedTwice": "此需求编号已登记：请换一个编号",
    "UnknownNeed": "没有此编号的需求：请核对编号",
    "AlreadyMet": "此需求已办结",
    "ReferralOpen": "已有未办结的转诊：请接着办理",
    "WrongRole": "生活保障评估由党群服务中心负责",
    "WrongRoleForDuty": "此项工作由其他岗位负责：请由该岗位人员登记",
    "NotOwedHere": "此对象没有这项工作：请核对工作和对象",
    "BackwardAbsence": "外出结束早于开始：请核对两个日期",
    "NotOnRegister": "没有此编号的老人：请核对编号，或先建档",
    "ProblemTwice": "此问题或突发事件编号已上报：请换一个编号",
    "UnknownProblem": "没有您可以查看的这一问题：请核对编号",
    "NoSuchVisit": "没有此次走访的记录：请先登记走访，或不填走访编号",
    "NotAtThisStage": "问题不在这一环节：依次为受理、交办、办理、办结、核实",
    "NotTheDesk": "受理、交办和办结由受理窗口负责：请由受理窗口办理",
    "UnknownUnit": "没有这个单位：请填政策表中所列的单位",
    "NotForCarers": "保密事项不得交给结对帮扶人：请换一个单位",
    "BackwardDeadline": "期限已过：请填今天或以后的日期",
    "AlreadyHandled": "此单位已接办或已办完",
    "NotThisUnit": "此事未交给该单位，或应由他人答复",
    "UnitsPending": "还有单位没有办完：全部办完后再办结",
    "NotVerifier": "由村、包保乡领导或领导小组办公室核实",
    "SameHand": "办结人不能核实自己办结的问题：请由他人核实",
    "StatusEnded": "该老人已注销：不能再登记；报错了的，请撤销注销",
    "UnknownSubject": "没有此村、村小组或乡：请核对，或先设村",
    "AppointmentOver": "该工作人员当日已离任：请核对编号和日期",
    "MergedEntry": "该档案已并入另一档案：请在保留的档案中登记",
    "UnknownStaff": "没有此编号的工作人员：请核对编号，或先任用",
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

FACE = Face(NAME, _ENTRIES, ADVICE, batches=(_UPLOAD,), readings=READINGS)
