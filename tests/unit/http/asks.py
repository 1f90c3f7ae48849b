"""One canonical request for each way in: what is accepted, what is refused and why, what cannot be read."""

from dataclasses import dataclass

from services.notify.deliveries.domain import Way, delivery_id
from tests.unit.http.village import VILLAGE, enrol

ON = {"on": "2024-03-04"}
FUTURE = {"on": "2024-03-06"}
BY = {"by": "grid"} | ON
ELDER = "/elders/E000"
NOBODY = "/elders/nobody"
WAY = Way("robot", "wecom")
DELIVERY = str(delivery_id(["asked"], WAY))


@dataclass(frozen=True)
class Ask:
    service: str
    method: str
    path: str
    body: dict
    refused: tuple[str, dict]
    reason: str
    other: dict
    """The body that makes the same key a conflict."""

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.path}"


def form(elder: str) -> dict:
    return enrol(elder).model_dump(mode="json", exclude_defaults=True)


AWAITING = "AwaitingEnrolment"
"""What is asked of any other service for an elder whom nobody knows waits to be heard of them."""


def _elder(service: str, path: str, body: dict, other: dict, method: str = "POST") -> Ask:
    """Of an elder: refused where nobody has the id."""
    refused = (NOBODY + path, body)
    reason = "NotOnRegister" if service == "registry" else AWAITING
    return Ask(service, method, ELDER + path, body, refused, reason, other)


PROBLEM = {"text": "屋顶漏雨"} | BY


def _problem(problem: str, step: str, body: dict, reason: str, elsewhere: str) -> Ask:
    """A step of a problem: refused for one that is at another stage."""
    refused = (f"/problems/{elsewhere}/{step}", body)
    other = body | {"by": "grid"}
    return Ask("visits", "POST", f"/problems/{problem}/{step}", body, refused, reason, other)


VISIT = {"elder": "E000", "mode": "in_person", "check_up": False, "confirms_facts": False} | BY
DECIDED = {"decision": "rejected", "reason": "名单已过时", "by": "lead"}
COMPARED = {
    "department": "民政",
    "same": 0,
    "differences": [
        {"kind": "on_theirs", "category": "disability", "elder": "E000", "place": "名单 2", "tail": "1224"},
        {"kind": "not_registered", "category": "incapacity", "place": "名单 3", "tail": "0015"},
    ],
} | ON
ACCEPTED = (
    Ask(
        "registry",
        "PUT",
        "/township",
        {"name": "新乡"},
        ("/township", {"name": "新乡", "demonstration": True}),
        "MadeUpAndReal",
        {"name": "又一乡"},
    ),
    Ask(
        "registry",
        "POST",
        "/villages",
        {"village": "530323990298", "name": "新村", "groups": []},
        ("/villages", {"village": VILLAGE, "name": "又一", "groups": []}),
        "AlreadyOpened",
        {"village": "530323990297", "name": "新村", "groups": []},
    ),
    Ask(
        "registry",
        "POST",
        "/staff",
        {"staff": "new", "role": "clinic"},
        ("/staff", {"staff": "grid", "role": "clinic"}),
        "AlreadyAppointed",
        {"staff": "new", "role": "auditor"},
    ),
    Ask(
        "registry",
        "POST",
        "/staff/grid/leaves",
        {"stand_in": "cadre", "begins": "2024-03-10", "ends": "2024-03-12"},
        ("/staff/grid/leaves", {"stand_in": "clinic", "begins": "2024-03-10", "ends": "2024-03-12"}),
        "NotACarer",
        {"stand_in": "cadre", "begins": "2024-03-11", "ends": "2024-03-12"},
    ),
    Ask(
        "registry",
        "POST",
        "/staff/cadre/return",
        ON,
        ("/staff/grid/return", ON),
        "NotOnLeave",
        {"on": "2024-03-05"},
    ),
    Ask(
        "registry",
        "POST",
        "/staff/lead/ending",
        ON,
        ("/staff/grid/ending", ON),
        "StillPaired",
        {"on": "2024-03-03"},
    ),
    Ask(
        "registry",
        "POST",
        "/elders",
        form("E900"),
        ("/elders", form("E901") | {"village": "530323990296"}),
        "UnknownVillage",
        form("E902"),
    ),
    _elder("registry", "/supporters/S1/leaving", ON, {"on": "2024-03-03"}),
    _elder(
        "registry",
        "/supporters/S1/return",
        ON | {"kind": "temporary"},
        ON | {"kind": "permanent"},
    ),
    _elder("registry", "/supporters/S1/contact", {"phone": "13800000000"}, {"whereabouts": "广东"}, "PATCH"),
    _elder("registry", "/facts", {"living": "couple"}, {"living": "alone"}, "PATCH"),
    _elder("registry", "/carer", {"carer": "cadre"}, {"carer": "grid"}, "PUT"),
    _elder(
        "registry",
        "/transfer",
        ON | {"village": VILLAGE, "group": "二组"},
        ON | {"village": VILLAGE, "group": "三组"},
    ),
    Ask(
        "registry",
        "POST",
        "/handovers",
        ON | {"giver": "grid", "taker": "cadre", "elders": ["E000", "E001"]},
        ("/handovers", ON | {"giver": "cadre", "taker": "grid", "elders": ["E002"]}),
        "NotTheirElder",
        ON | {"giver": "grid", "taker": "cadre", "elders": ["E000"]},
    ),
    _elder(
        "registry",
        "/corrections",
        {"by": "lead", "reason": "户口簿", "born": "1951-03-01"},
        {"by": "lead", "reason": "户口簿", "born": "1952-03-01"},
    ),
    _elder(
        "registry",
        "/removal",
        {"by": "lead", "reason": "误登"},
        {"by": "lead", "reason": "重登"},
    ),
    Ask(
        "registry",
        "POST",
        "/elders/E008/end/undoing",
        {"by": "lead", "reason": "报错了人"},
        ("/elders/E000/end/undoing", {"by": "lead", "reason": "报错了人"}),
        "StatusHasNotEnded",
        {"by": "centre", "reason": "报错了人"},
    ),
    Ask(
        "registry",
        "POST",
        "/duplicates/search",
        {"by": "lead"},
        ("/duplicates/search", {"by": "nobody"}),
        "UnknownStaff",
        {"by": "grid"},
    ),
    Ask(
        "registry",
        "POST",
        "/duplicates/E006/E007/keeping",
        {"by": "lead", "reason": "同名"},
        ("/duplicates/E003/E002/keeping", {"by": "lead", "reason": "同名"}),
        "NotSuspected",
        {"by": "lead", "reason": "双胞胎"},
    ),
    Ask(
        "registry",
        "POST",
        "/merges",
        {"by": "lead", "reason": "一人", "kept": "E003", "merged": "E004"},
        ("/merges", {"by": "lead", "reason": "一人", "kept": "E003", "merged": "E003"}),
        "SameEntry",
        {"by": "lead", "reason": "一人", "kept": "E004", "merged": "E003"},
    ),
    Ask(
        "registry",
        "POST",
        "/merges/E005/undoing",
        {"by": "lead", "reason": "两人"},
        ("/merges/E004/undoing", {"by": "lead", "reason": "两人"}),
        "NotMerged",
        {"by": "lead", "reason": "不同"},
    ),
    Ask(
        "registry",
        "POST",
        "/comparisons",
        COMPARED | {"comparison": "C2", "by": "lead"},
        ("/comparisons", COMPARED | {"comparison": "C3", "by": "nobody"}),
        "UnknownStaff",
        COMPARED | {"comparison": "C2", "by": "lead", "same": 1},
    ),
    Ask(
        "registry",
        "POST",
        "/comparisons/C1/differences/1/decision",
        DECIDED,
        ("/comparisons/C1/differences/3/decision", DECIDED),
        "UnknownDifference",
        DECIDED | {"decision": "accepted"},
    ),
    _elder("registry", "/institution", ON, {"on": "2024-03-03"}),
    Ask(
        "registry",
        "POST",
        "/elders/E001/institution/leaving",
        ON,
        ("/elders/E002/institution/leaving", ON),
        "InstitutionMismatch",
        {"on": "2024-03-03"},
    ),
    Ask(
        "registry",
        "POST",
        "/figures",
        {"figure": "F2", "kind": "special_fund_budget", "value": "100000", "by": "centre"} | ON,
        ("/figures", {"figure": "F1", "kind": "special_fund_spent", "value": "1", "by": "centre"} | ON),
        "AlreadyEntered",
        {"figure": "F2", "kind": "special_fund_budget", "value": "90000", "by": "centre"} | ON,
    ),
    Ask(
        "registry",
        "POST",
        "/figures/F1/correction",
        {"value": "120000", "by": "centre", "reason": "追加"} | ON,
        ("/figures/F9/correction", {"value": "120000", "by": "centre", "reason": "追加"} | ON),
        "NoSuchFigure",
        {"value": "110000", "by": "centre", "reason": "追加"} | ON,
    ),
    _elder("registry", "/death", ON, {"on": "2024-03-03"}),
    _elder("registry", "/move", ON, {"on": "2024-03-03"}),
    _elder("risk", "/evidence", ON | {"evidence": "disability"}, ON | {"evidence": "violence"}),
    Ask(
        "risk",
        "POST",
        "/elders/E001/evidence/disability/clearing",
        ON,
        ("/elders/E002/evidence/disability/clearing", ON),
        "EvidenceNotHeld",
        {"on": "2024-03-03"},
    ),
    Ask(
        "risk",
        "POST",
        "/elders/E000/reassessments",
        {"by": "lead"} | ON,
        ("/elders/E000/reassessments", BY),
        "WrongRole",
        {"by": "lead", "on": "2024-03-03"},
    ),
    Ask(
        "visits",
        "PUT",
        "/visits/V1",
        VISIT,
        ("/visits/V2", VISIT | FUTURE),
        "NotYetHappened",
        VISIT | {"mode": "phone"},
    ),
    _elder("visits", "/agreements", BY, BY | {"on": "2024-03-03"}),
    _elder("visits", "/living-security-reviews", BY | {"by": "centre"}, BY | {"by": "lead"}),
    _elder(
        "visits",
        "/absences",
        {"begins": "2024-03-01", "ends": "2024-03-04"},
        {"begins": "2024-03-01", "ends": "2024-03-05"},
    ),
    Ask(
        "visits",
        "POST",
        "/elders/E004/absences/2024-03-01/correction",
        {"ends": "2024-03-03"},
        ("/elders/E004/absences/2024-03-02/correction", {"ends": "2024-03-03"}),
        "UnknownAbsence",
        {"ends": "2024-03-04"},
    ),
    Ask(
        "visits",
        "POST",
        "/elders/E004/agreements/filing",
        BY,
        ("/elders/E002/agreements/filing", BY),
        "NoAgreement",
        BY | {"on": "2024-03-03"},
    ),
    _elder(
        "visits",
        "/needs",
        {"need": "N2", "kind": "meals", "text": "中午无人做饭"} | BY,
        {"need": "N2", "kind": "company", "text": "中午无人做饭"} | BY,
    ),
    Ask(
        "visits",
        "POST",
        "/elders/E004/needs/N1/meeting",
        {"text": "已送饭"} | BY,
        ("/elders/E004/needs/N9/meeting", {"text": "已送饭"} | BY),
        "UnknownNeed",
        {"text": "已送饭"} | BY | {"on": "2024-03-03"},
    ),
    _elder(
        "visits",
        "/incidents",
        {"incident": "I1", "kind": "fall"},
        {"incident": "I1", "kind": "fraud"},
    ),
    _elder(
        "visits",
        "/problems",
        PROBLEM | {"problem": "P1", "kind": "housing"},
        PROBLEM | {"problem": "P1", "kind": "relief"},
    ),
    _problem("P-opened", "acceptance", {"by": "centre"}, "NotAtThisStage", "P-accepted"),
    _problem("P-accepted", "units", {"by": "centre", "units": ["housing"]}, "NotAtThisStage", "P-opened"),
    _problem(
        "P-handed", "units/clinic/handling", {"by": "clinic", "text": "已办"}, "NotAtThisStage", "P-opened"
    ),
    _problem(
        "P-handed", "units/clinic/progress", {"by": "clinic", "text": "已约诊"}, "NotAtThisStage", "P-opened"
    ),
    _problem("P-handled", "closing", {"by": "centre", "text": "已办结"}, "UnitsPending", "P-handed"),
    _problem("P-closed", "verification", {"by": "lead"}, "NotAtThisStage", "P-handled"),
    _problem("P-closed", "reopening", {"by": "lead", "text": "未解决"}, "NotAtThisStage", "P-handled"),
    Ask(
        "visits",
        "POST",
        "/duties",
        {"duty": "dispute_screening", "subject": VILLAGE, "by": "lead"} | ON,
        ("/duties", {"duty": "dispute_screening", "subject": "nowhere", "by": "lead"} | ON),
        "UnknownSubject",
        {"duty": "dispute_screening", "subject": VILLAGE, "by": "lead", "on": "2024-03-03"},
    ),
    Ask(
        "notify",
        "POST",
        "/acknowledgements",
        {"by": "lead", "about": "incident", "subject": "E003", "incident": "I3"},
        ("/acknowledgements", {"by": "grid", "about": "incident", "subject": "E004", "incident": "I9"}),
        "NotTold",
        {"by": "lead", "about": "incident", "subject": "E003"},
    ),
    Ask(
        "notify",
        "POST",
        "/resends",
        {"delivery": DELIVERY, "by": "lead"},
        ("/resends", {"delivery": "7d3c2a64-6f0e-5b3e-9b55-0d4f1c5f2b11"}),
        "NoDelivery",
        {"delivery": DELIVERY},
    ),
)
