"""What visits shows over HTTP: problems to who may see them, needs, how far agreements cover."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import BaseModel

from contracts.words import NeedKind, ProblemKind, ProblemStage
from services.chassis.face import Reading
from services.chassis.log.event_log import EventLog
from services.visits.application import Visits
from services.visits.care import views as care_views


class UnitsPart(BaseModel):
    """一个单位的承办情况: by when, since when, done when."""

    unit: str
    due: date
    handed_at: datetime
    handled_at: datetime | None
    is_overdue: bool


class Step(BaseModel):
    """一个环节: what was done, by whom, and what they wrote, or found on a visit."""

    at: datetime
    step: str
    by: str = ""
    unit: str = ""
    units: list[str] = []
    due: date | None = None
    stage: str = ""
    text: str = ""
    findings: list[str] = []


class SeenProblem(BaseModel):
    """问题: as far as its reader may see it; steps and texts where one is asked for by itself."""

    problem: str
    elder: str
    village: str
    kind: ProblemKind
    stage: ProblemStage
    due: date | None
    found_on: date
    found_by: str
    visit: str
    opened_at: datetime
    accepted_at: datetime | None
    first_handled_at: datetime | None
    closed_at: datetime | None
    verified_at: datetime | None
    reopened: int
    overdue: int
    units: list[UnitsPart]
    contacts: str
    steps: list[Step] = []


class Coverage(BaseModel):
    """协议签订率: of a village, those certified, and those of them for whom an agreement stands."""

    village: str
    certified: int
    signed: int


class AgreementCoverage(BaseModel):
    """协议签订率: against the target of 100 %, village by village."""

    villages: list[Coverage]


class Need(BaseModel):
    """需求: of one elder; its text stays in the log."""

    elder: str
    need: str
    kind: NeedKind
    found_on: date
    found_by: str
    met_on: date | None
    met_by: str | None


class Needs(BaseModel):
    """需求台账: of a village, those not met first."""

    needs: list[Need]


class Problems(BaseModel):
    """问题: those that the reader may see."""

    problems: list[SeenProblem]


class OneProblem(BaseModel):
    """一个问题: with its steps; none where there is none that the reader may see."""

    problems: list[SeenProblem]


def _problems(visits: Visits, fields: Mapping[str, str], limit: int) -> Problems:
    found = visits.problems.seen_by(fields["staff"], limit)
    return Problems(problems=[SeenProblem(**row) for row in found])


def _problem(visits: Visits, fields: Mapping[str, str], limit: int) -> OneProblem:
    del limit
    found = visits.problems.one_seen_by(fields["staff"], fields["problem"])
    return OneProblem(problems=[SeenProblem(**row) for row in found])


def _coverage(log: EventLog, _: Mapping[str, str], limit: int) -> AgreementCoverage:
    rows = log.query(care_views.COVERAGE)[:limit]
    return AgreementCoverage(villages=[Coverage(**dict(row)) for row in rows])


def _needs(log: EventLog, fields: Mapping[str, str], limit: int) -> Needs:
    rows = log.query(care_views.NEEDS_OF_VILLAGE, fields["village"], limit)
    return Needs(needs=[Need(**dict(row)) for row in rows])


_SEEN = {
    "problem": "P-2024-0001",
    "elder": "E0001",
    "village": "530323990201",
    "kind": "housing",
    "stage": "handed",
    "due": "2024-03-20",
    "found_on": "2024-03-01",
    "found_by": "w-011",
    "visit": "V-3f2a",
    "opened_at": "2024-03-01T09:00:00+08:00",
    "accepted_at": "2024-03-01T10:00:00+08:00",
    **dict.fromkeys(("first_handled_at", "closed_at", "verified_at")),
    "reopened": 0,
    "overdue": 0,
    "units": [],
    "contacts": "/elders/E0001/contacts",
}
_NEED = {
    "elder": "E0001",
    "need": "N-2024-0001",
    "kind": "meals",
    "found_on": "2024-03-01",
    "found_by": "w-011",
    **dict.fromkeys(("met_on", "met_by")),
}
READINGS = (
    Reading(
        "/staff/{staff}/problems",
        "可查看的问题 / the problems that one of the staff may see, open ones first",
        _problems,
        Problems,
        {"problems": [_SEEN]},
        of_application=True,
    ),
    Reading(
        "/staff/{staff}/problems/{problem}",
        "一个问题及其办理过程 / one problem with its steps, for who may see it",
        _problem,
        OneProblem,
        {"problems": [_SEEN]},
        of_application=True,
    ),
    Reading(
        "/agreements/coverage",
        "协议签订率 / agreements that stand, by village, against 100 %",
        _coverage,
        AgreementCoverage,
        {"villages": [{"village": "530323990201", "certified": 40, "signed": 39}]},
    ),
    Reading(
        "/villages/{village}/needs",
        "需求台账 / what the elders of a village need, what is not met first",
        _needs,
        Needs,
        {"needs": [_NEED]},
    ),
)
