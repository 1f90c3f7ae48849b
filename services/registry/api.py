"""The registry over HTTP: enrolment, supporters, circumstances, carers, and the end of a status."""

from __future__ import annotations

from services.chassis.http.faces import Entry, Face, Reading
from services.registry import comparing_api as comparing
from services.registry.application import NAME
from services.registry.elders import commands as do
from services.registry.figures.commands import CorrectFigure, EnterFigure
from services.registry.reads import Contacts, Suspected, contacts, duplicates

_ON = {"on": "2024-03-01"}
_SUPPORTER = "/elders/{elder}/supporters/{supporter}"

ADVICE = {
    "AlreadyOnRegister": "该老人已建档：请更新情况，不要重复建档",
    "NotOnRegister": "没有此编号的老人：请核对编号，或先建档",
    "IdTaken": "此编号已用于乡、村或老人：请换一个编号",
    "AlreadyOpened": "该村代码已启用：请核对代码",
    "ForeignVillage": "该村代码不属于本乡：请核对代码，或到所属乡设村",
    "UnknownVillage": "没有此代码的村：请核对代码，或先设村",
    "StatusHasEnded": "该老人已注销：不能再登记；报错了的，请撤销注销",
    "StatusHasNotEnded": "该老人并未注销：没有可撤销的注销",
    "NotTheirsToUndo": "注销由村党总支/村委会或党群服务中心撤销：请由其办理",
    "UnknownSupporter": "档案中没有此赡养义务人：请核对编号",
    "SupporterNotAway": "该赡养义务人并未外出：请先登记外出",
    "AlreadyTemporarilyBack": "该赡养义务人已登记暂时返乡：请登记长期返乡或外出",
    "InstitutionMismatch": "重复入住，或并未入住养老机构：请核对",
    "AlreadyEntered": "此编号已填报：请更正，或换一个编号",
    "NoSuchFigure": "没有此编号的填报数：请核对编号，或先填报",
    "NotForThisRole": "此角色不能填报全乡数据：请由有权填报的人员填报",
    "NotYetHappened": "日期在将来：请在当天登记",
    "BeforeBirth": "日期早于老人的出生日期：请核对日期和出生日期",
    "BeforeEnrolment": "注销日期早于建档日期：请核对日期；建档前已不在的，请按误登注销",
    "NoSupporters": "没有赡养义务人：不属于留守老人，应按特困人员供养；不予建档，已记录在案",
    "UnderAge": "未满规定年龄：到龄后再建档；不予建档，已记录在案",
    "UnknownStaff": "没有此编号的工作人员：请核对编号，或先任用",
    "AppointmentOver": "该工作人员已离任：请核对编号",
    "BackwardLeave": "请假结束早于开始：请核对两个日期",
    "NotACarer": "只有五类结对帮扶人可以结对、请假由他人代管、代管：请核对编号",
    "StandsInForThemselves": "代管人须是另一人：请核对两个编号",
    "AlreadyOnLeave": "这些日期内已有请假：请先销假，或核对日期",
    "StandInAway": "代管人这些日期内也在请假：请另选一人",
    "NotOnLeave": "当日没有请假：请核对编号和日期",
    "StandsIn": "该工作人员届时正在为他人代管：请先结束那次请假，或改日期",
    "StillPaired": "还有老人与其结对：请先交接",
    "NothingToCorrect": "登记册上已是如此：请核对要更正的内容",
    "NumberDisagrees": "更正后的出生日期或性别与身份证号码不符：请核对三者",
    "MergedEntry": "该档案已并入另一档案：请在保留的档案中登记，或撤销并档",
    "SameEntry": "两个编号是同一档案：请核对",
    "NotMerged": "该档案并未并入其他档案：请核对编号",
    "NotSuspected": "这两份档案未被列为疑似重复：请核对两个编号",
    **comparing.ADVICE,
    "AlreadyThere": "该老人已住在此村此组：请核对村和组",
    "UnknownGroup": "该村没有此村小组：请核对组名",
    "BeforeThePairing": "现结对人在此日期之后才结对：请填写其照看期间的日期",
    "NotTheirElder": "所列老人中有人不与移交人结对：请核对编号，或先结对",
    "NobodyToHandOver": "没有老人与移交人结对：请核对其编号",
    "SameCarer": "移交人与接收人是同一人：请核对两个编号",
    "AlreadyAppointed": "此工作人员编号已使用：请换一个编号",
}

_CONTACT = {
    "supporter": "S1",
    "name": "王小明",
    "relation": "儿子",
    "phone": "13800000000",
    "whereabouts": "广东省东莞市",
    "is_away": True,
    "reported_on": "2024-03-01",
}

_PAIR = {
    "elder": "E0001",
    "other": "E0002",
    "is_certain": False,
    "percent": 92,
    "suspected_on": "2024-03-01",
    "villages": ["530323990201", "530323990201"],
}

_ENTRIES = (
    Entry(
        "POST",
        "/villages",
        do.OpenVillage,
        "设村 / open a village",
        {"village": "530323990201", "name": "平川村", "groups": ["一组", "二组"]},
    ),
    Entry(
        "POST",
        "/staff",
        do.Appoint,
        "任用 / appoint somebody to a role",
        {"staff": "w-011", "role": "grid_worker", "village": "530323990201"},
    ),
    Entry(
        "POST",
        "/staff/{staff}/leaves",
        do.GoOnLeave,
        "请假 / a carer's leave, both days counted; the stand-in is told and owes meanwhile",
        {"stand_in": "w-012", "begins": "2024-03-01", "ends": "2024-03-15"},
    ),
    Entry(
        "POST",
        "/staff/{staff}/return",
        do.ReturnFromLeave,
        "销假 / back from a leave on this day, earlier than was said",
        _ON,
    ),
    Entry(
        "POST",
        "/staff/{staff}/ending",
        do.EndAppointment,
        "离任 / the last day of an appointment; refused while elders are paired with them",
        _ON,
    ),
    Entry(
        "POST",
        "/elders",
        do.Enrol,
        "建档 / enrol; where a rule is not met that is recorded and answered 422, `recorded`",
        {
            "elder": "E0001",
            "born": "1950-04-12",
            "sex": "f",
            "village": "530323990201",
            "group": "一组",
            "living": "alone",
            "evidence": ["economic_hardship"],
            "health": ["hypertension"],
            "declined_institution": False,
            "supporters": [{"id": "S1", "left_county_on": "2023-02-01"}],
            "carer": "w-011",
        },
    ),
    Entry(
        "POST",
        f"{_SUPPORTER}/leaving",
        do.NoteSupporterLeft,
        "赡养义务人外出 / a supporter left",
        _ON,
    ),
    Entry(
        "POST",
        f"{_SUPPORTER}/return",
        do.NoteSupporterReturned,
        "赡养义务人返乡 / a supporter came back",
        _ON | {"kind": "temporary"},
    ),
    Entry(
        "PATCH",
        f"{_SUPPORTER}/contact",
        do.ReportContact,
        "联系方式 / how a supporter is reached and where they are: each named one gets its whole new value",
        {"phone": "13800000000", "whereabouts": "广东省东莞市"},
        accepted=200,
    ),
    Entry(
        "PATCH",
        "/elders/{elder}/facts",
        do.ChangeFacts,
        "更新情况 / circumstances changed: each named one gets its whole new value",
        {"living": "couple", "health": ["type2_diabetes"]},
        accepted=200,
    ),
    Entry(
        "PUT",
        "/elders/{elder}/carer",
        do.Pair,
        "结对 / pair a carer from today",
        {"carer": "w-012"},
        accepted=200,
    ),
    Entry(
        "POST",
        "/elders/{elder}/transfer",
        do.TransferElder,
        "迁村 / lives in another village or group since a day; the pairing ends unless a carer is named",
        _ON | {"village": "530323990202", "group": "三组", "carer": "w-021"},
    ),
    Entry(
        "POST",
        "/handovers",
        do.HandOver,
        "交接 / elders go from one carer to another; without `elders` every one of theirs",
        _ON | {"giver": "w-011", "taker": "w-012", "elders": ["E0001", "E0002"]},
    ),
    Entry(
        "POST",
        "/duplicates/search",
        do.SearchDuplicates,
        "查重 / look for entries of one person in the whole register",
        {"by": "w-001"},
    ),
    Entry(
        "POST",
        "/duplicates/{elder}/{other}/keeping",
        do.KeepApart,
        "并非重复 / somebody looked: they are two people",
        {"by": "w-001", "reason": "同名不同人 / namesakes"},
    ),
    Entry(
        "POST",
        "/merges",
        do.MergeElders,
        "并档 / two entries are one person: `kept` goes on, `merged` stays to be read",
        {"by": "w-001", "reason": "同一人 / one person", "kept": "E0001", "merged": "E0002"},
    ),
    Entry(
        "POST",
        "/merges/{merged}/undoing",
        do.UndoMerge,
        "撤销并档 / two people after all: what was owed is owed again",
        {"by": "w-001", "reason": "不是同一人 / two people"},
    ),
    Entry(
        "POST",
        "/elders/{elder}/institution",
        do.EnterInstitution,
        "入住养老机构 / entered an institution",
        _ON,
    ),
    Entry(
        "POST",
        "/elders/{elder}/institution/leaving",
        do.LeaveInstitution,
        "离开养老机构 / left it",
        _ON,
    ),
    Entry(
        "POST",
        "/elders/{elder}/corrections",
        do.CorrectFacts,
        "更正 / what was believed was wrong all along; it is kept, and decided again from today",
        {
            "by": "w-001",
            "reason": "户口簿核对 / the household book",
            "born": "1951-04-12",
            "supporters": [{"id": "S1", "left_county_on": "2023-05-01"}],
        },
    ),
    Entry(
        "POST",
        "/elders/{elder}/removal",
        do.RemoveForError,
        "误登注销 / should never have been on the register",
        {"by": "w-001", "reason": "非本乡户籍 / lives elsewhere"},
    ),
    Entry(
        "POST",
        "/elders/{elder}/end/undoing",
        do.UndoEnd,
        "撤销注销 / a death, a move or a removal was reported by mistake; on the register again from today",
        {"by": "w-001", "reason": "报错了人 / another person"},
    ),
    *comparing.ENTRIES,
    Entry("POST", "/elders/{elder}/death", do.NoteDeath, "去世 / died", _ON),
    Entry("POST", "/elders/{elder}/move", do.NoteMove, "迁出本乡 / moved out of the township", _ON),
    Entry(
        "POST",
        "/figures",
        EnterFigure,
        "填报 / enter a figure of the township: coverage in per cent, money in yuan",
        {
            "figure": "F2024-01",
            "kind": "special_fund_budget",
            "value": "100000",
            "on": "2024-01-10",
            "by": "office",
            "note": "年度预算",
        },
    ),
    Entry(
        "POST",
        "/figures/{figure}/correction",
        CorrectFigure,
        "更正 / correct it; what was entered stays in the history",
        {"value": "120000", "on": "2024-01-10", "by": "office", "reason": "追加"},
    ),
)

_CONTACTS = Reading(
    "/elders/{elder}/contacts",
    "紧急联系人 / the family's emergency contacts, as last reported",
    contacts,
    Contacts,
    {"elder": "E0001", "contacts": [_CONTACT]},
)

_DUPLICATES = Reading(
    "/duplicates",
    "疑似重复 / suspected duplicates that nobody has decided yet, the certain ones first",
    duplicates,
    Suspected,
    {"suspected": [_PAIR]},
)

FACE = Face(NAME, _ENTRIES, ADVICE, readings=(_CONTACTS, _DUPLICATES, *comparing.READINGS))
