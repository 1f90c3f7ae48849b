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

FACE = Face(NAME, _ENTRIES, readings=(_CONTACTS, _DUPLICATES, *comparing.READINGS))
