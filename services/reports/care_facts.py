"""What the facts of visits do to the picture: what is owed and done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.reports.people import DutyRecord, Said, Visit
from services.reports.picture import DutyKey, Picture, Take
from services.reports.sources import Fact


def open_book(picture: Picture, fact: Fact) -> None:
    """立卡, or a place's duties begin."""
    picture.where[fact.subject or fact["elder"]] = fact["village"]


def open_duty(picture: Picture, fact: Fact) -> None:
    """应办; what owes nothing is left out."""
    if not fact["count"]:
        return
    subject, duty, period = _key(fact)
    days = date.fromisoformat(fact["opens_on"]), date.fromisoformat(fact["closes_on"])
    where = picture.where.get(subject, "")
    rule = fact["owed"]
    often = (rule["kind"], rule["times"]) if rule else None
    one = DutyRecord(subject, where, duty, period, *days, fact["count"], fact.id, often)
    picture.duties.append(one)
    picture.owed.setdefault(subject, []).append(one)
    picture.last[subject, duty, period] = one


def move_duties(picture: Picture, fact: Fact) -> None:
    """What is open goes with an elder who moves; what is over stays with the village of its day."""
    village = fact["changes"].get("village")
    if village:
        picture.where[fact.subject] = village
        for duty in picture.owed.get(fact.subject, ()):
            if duty.ending is None:
                duty.village = village


def end_duty(picture: Picture, fact: Fact) -> None:
    """办结, 改期, 免办, 终止, 漏访."""
    duty = picture.last.get(_key(fact))
    if duty is not None:
        duty.ending = _ENDINGS[fact.topic]
        duty.ended = Said(duty.ending, fact.on, fact.id)
        duty.shortfall = fact.held.get("shortfall", 0)
        duty.responsible = fact.held.get("responsible")


def reconcile(picture: Picture, fact: Fact) -> None:
    """补录."""
    duty = picture.last.get(_key(fact))
    if duty is not None:
        duty.reconciled = Said(fact["days_late"], fact.on, fact.id)


def visit(picture: Picture, fact: Fact) -> None:
    """走访登记."""
    seen: dict[str, Any] = fact["content"]
    flags = bool(seen.get("check_up")), bool(seen.get("confirms_facts")), tuple(fact["counts_for"])
    days = fact.on, fact.recorded_at.date(), fact.id
    done, found, evidence = (tuple(seen.get(name) or ()) for name in ("done", "findings", "evidence"))
    noted = done, seen.get("mood") or "", found, evidence
    one = Visit(fact["visit"], seen["by"], seen["mode"], *flags, *days, *noted)
    picture.elder(fact.subject).visits.append(one)


def sign(picture: Picture, fact: Fact) -> None:
    """签订委托照顾协议; one that begins on a later day stands from then."""
    if fact["begins"] <= fact.recorded_at.date().isoformat():
        picture.elder(fact.subject).signed = Said(fact["by"], fact.on, fact.id)


def begin_agreement(picture: Picture, fact: Fact) -> None:
    """协议生效."""
    picture.elder(fact.subject).signed = Said(fact["by"], fact.on, fact.id)


def end_agreement(picture: Picture, fact: Fact) -> None:
    """协议到期."""
    picture.elder(fact.subject).signed = None


def review(picture: Picture, fact: Fact) -> None:
    """生活保障评估."""
    picture.elder(fact.subject).reviews.append(Said(fact["by"], fact.on, fact.id))


def be_absent(picture: Picture, fact: Fact) -> None:
    """外出."""
    away = (fact["begins"], fact["ends"])
    picture.elder(fact.subject).absences.append(Said(away, fact.on, fact.id))


def _key(fact: Fact) -> DutyKey:
    return fact.subject, fact["duty"], fact["period"]


_ENDINGS = {
    "visits.DutyMet": "met",
    "visits.DutySuperseded": "superseded",
    "visits.DutyWaived": "waived",
    "visits.DutyEnded": "ended",
    "visits.VisitMissed": "missed",
}
TAKES: Mapping[str, Take] = {
    "visits.CareRecordOpened": open_book,
    "visits.TerritoryOpened": open_book,
    "visits.SituationChanged": move_duties,
    "visits.DutyOpened": open_duty,
    **dict.fromkeys(_ENDINGS, end_duty),
    "visits.MissReconciled": reconcile,
    "visits.VisitRecorded": visit,
    "visits.AgreementSigned": sign,
    "visits.AgreementEnded": end_agreement,
    "visits.AgreementBegan": begin_agreement,
    "visits.LivingSecurityReviewed": review,
    "visits.AbsenceNoted": be_absent,
}
