"""The picture: the facts folded into what was the case. It decides nothing; the services have decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from services.kernel.words import INCIDENTS
from services.reports.people import Duty, Elder, Entered, Grading, Incident, Said, Village, Visit
from services.reports.sources import Fact

DutyKey = tuple[str, str, str]


class Picture:
    """The township by the facts that it was made from."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.villages: dict[str, Village] = {}
        self.elders: dict[str, Elder] = {}
        self.duties: list[Duty] = []
        self.incidents: dict[str, Incident] = {}
        self.entered: dict[str, Entered] = {}
        self._where: dict[str, str] = {}
        self._last: dict[DutyKey, Duty] = {}
        self._owed: dict[str, list[Duty]] = {}
        for fact in facts:
            take = _TAKES.get(fact.topic)
            if take is not None:
                take(self, fact)

    @property
    def enrolled(self) -> list[Elder]:
        """Everybody who was put on the register."""
        return [one for one in self.elders.values() if one.status is not None]

    def elder(self, name: str) -> Elder:
        """The elder, from the first thing that is said of them."""
        return self.elders.setdefault(name, Elder(name))

    def village_name(self, code: str) -> str:
        """The name; the code where no such village is known, 全乡 for none."""
        held = self.villages.get(code)
        return held.name if held else code or "全乡"

    def owed_for(self, subject: str) -> list[Duty]:
        """Its duties, by opening, name and last day."""
        return sorted(self._owed.get(subject, ()), key=lambda one: (one.opens_on, one.duty, one.closes_on))

    # the register

    def open_village(self, fact: Fact) -> None:
        """设村."""
        code = fact.subject
        self.villages[code] = Village(code, fact["name"], list(fact["groups"]), fact.id)

    def enrol(self, fact: Fact) -> None:
        """建档."""
        elder = self.elder(fact.subject)
        elder.status = Said("enrolled", fact.on, fact.id)
        self._learn(elder, fact)
        elder.carer = Said(fact["facts"]["carer"], fact.on, fact.id) if fact["facts"]["carer"] else None
        for row in fact["facts"]["supporters"]:
            elder.supporters[row["id"]] = [Said(row, fact.on, fact.id)]

    def change_facts(self, fact: Fact) -> None:
        """更新."""
        self._learn(self.elder(fact.subject), fact)

    def _learn(self, elder: Elder, fact: Fact) -> None:
        for name, value in fact["facts"].items():
            elder.facts[name] = Said(value, fact.on, fact.id)

    def correct_facts(self, fact: Fact) -> None:
        """更正: so all along; what was believed before is in an earlier report."""
        elder = self.elder(fact.subject)
        self._learn(elder, fact)
        for row in elder.facts.pop("supporters").value if "supporters" in fact["facts"] else ():
            elder.supporters.setdefault(row["id"], []).append(Said(row, fact.on, fact.id))

    def report_contact(self, fact: Fact) -> None:
        """联系方式更新."""
        told = Said(fact["facts"], fact.on, fact.id)
        self.elder(fact.subject).supporters.setdefault(fact["supporter"], []).append(told)

    def change_status(self, fact: Fact) -> None:
        """认定, 不再留守, 注销, 并档; a merge that is undone says how the entry stands again."""
        elder = self.elder(fact.subject)
        status = _STATUSES.get(fact.topic) or fact["status"]
        elder.status = Said(status, fact.on, fact.id)
        elder.reason = fact.held.get("reason", "")
        if fact.topic == "registry.LeftBehindCertified":
            elder.certified.append(elder.status)

    def pair(self, fact: Fact) -> None:
        """结对."""
        self.elder(fact.subject).carer = Said(fact["carer"], fact.on, fact.id)

    def transfer(self, fact: Fact) -> None:
        """迁村: another village and group; without a carer the pairing has ended."""
        elder = self.elder(fact.subject)
        for name in ("village", "group"):
            elder.facts[name] = Said(fact[name], fact.on, fact.id)
        elder.carer = Said(fact["carer"], fact.on, fact.id) if fact["carer"] else None

    def institution(self, fact: Fact) -> None:
        """入住, 离开养老机构."""
        is_in = fact.topic.endswith("Entered")
        self.elder(fact.subject).in_institution = Said(is_in, fact.on, fact.id) if is_in else None

    def move_supporter(self, fact: Fact) -> None:
        """赡养义务人外出, 返乡."""
        self.elder(fact.subject).supporters.setdefault(fact["supporter"], []).append(
            Said(dict(fact.held), fact.on, fact.id)
        )

    # figures of the township

    def enter(self, fact: Fact) -> None:
        """填报."""
        one = Said(dict(fact.held), fact.on, fact.id)
        self.entered[fact["figure"]] = Entered(fact["figure"], fact["kind"], [one])

    def correct(self, fact: Fact) -> None:
        """更正; one whose first entry is dated later than what is asked about is left out with it."""
        held = self.entered.get(fact["figure"])
        if held is not None:
            held.entries.append(Said(dict(fact.held), fact.on, fact.id))

    # the grades

    def grade(self, fact: Fact) -> None:
        """定级, 升级, 降级."""
        elder = self.elder(fact.subject)
        kind = {"risk.GradeSet": "set", "risk.GradeRaised": "raised"}.get(fact.topic, "lowered")
        because, due = tuple(fact["because"]), fact["due"]
        told = (fact["carer_told"], fact.on, fact.id)
        elder.gradings.append(
            Grading(kind, fact["grade"], fact["previous"], because, fact["cause"], due, *told)
        )
        elder.is_graded = True
        elder.standing.append(Said(fact["grade"], fact.on, fact.id))
        elder.due = Said(due, fact.on, fact.id) if due else None

    def observe(self, fact: Fact) -> None:
        """依据成立."""
        self.elder(fact.subject).evidence[fact["evidence"]] = Said(fact["source"], fact.on, fact.id)

    def clear(self, fact: Fact) -> None:
        """依据解除."""
        self.elder(fact.subject).evidence.pop(fact["evidence"], None)

    def reassess(self, fact: Fact) -> None:
        """再评估."""
        elder = self.elder(fact.subject)
        elder.reassessments.append(Said(dict(fact.held), fact.on, fact.id))
        elder.due = Said(fact["due"], fact.on, fact.id) if fact["due"] else None

    def close_spell(self, fact: Fact) -> None:
        """终止定级."""
        elder = self.elder(fact.subject)
        elder.is_graded, elder.due = False, None
        elder.standing.append(Said(None, fact.on, fact.id))

    # what is owed and done

    def open_book(self, fact: Fact) -> None:
        """立卡, or a place's duties begin."""
        self._where[fact.subject or fact["elder"]] = fact["village"]

    def open_duty(self, fact: Fact) -> None:
        """应办; what owes nothing is left out."""
        if not fact["count"]:
            return
        subject, duty, period = _key(fact)
        days = date.fromisoformat(fact["opens_on"]), date.fromisoformat(fact["closes_on"])
        where = self._where.get(subject, "")
        rule = fact["owed"]
        often = (rule["kind"], rule["times"]) if rule else None
        one = Duty(subject, where, duty, period, *days, fact["count"], fact.id, often)
        self.duties.append(one)
        self._owed.setdefault(subject, []).append(one)
        self._last[subject, duty, period] = one

    def move_duties(self, fact: Fact) -> None:
        """What is open goes with an elder who moves; what is over stays with the village of its day."""
        village = fact["changes"].get("village")
        if village:
            self._where[fact.subject] = village
            for duty in self._owed.get(fact.subject, ()):
                if duty.ending is None:
                    duty.village = village

    def end_duty(self, fact: Fact) -> None:
        """办结, 改期, 免办, 终止, 漏访."""
        duty = self._last.get(_key(fact))
        if duty is not None:
            duty.ending = _ENDINGS[fact.topic]
            duty.ended = Said(duty.ending, fact.on, fact.id)
            duty.shortfall = fact.held.get("shortfall", 0)
            duty.responsible = fact.held.get("responsible")

    def reconcile(self, fact: Fact) -> None:
        """补录."""
        duty = self._last.get(_key(fact))
        if duty is not None:
            duty.reconciled = Said(fact["days_late"], fact.on, fact.id)

    def visit(self, fact: Fact) -> None:
        """走访登记."""
        seen: dict[str, Any] = fact["content"]
        flags = bool(seen.get("check_up")), bool(seen.get("confirms_facts")), tuple(fact["counts_for"])
        days = fact.on, fact.recorded_at.date(), fact.id
        self.elder(fact.subject).visits.append(Visit(fact["visit"], seen["by"], seen["mode"], *flags, *days))

    def sign(self, fact: Fact) -> None:
        """签订委托照顾协议."""
        self.elder(fact.subject).signed = Said(fact["by"], fact.on, fact.id)

    def end_agreement(self, fact: Fact) -> None:
        """协议到期."""
        self.elder(fact.subject).signed = None

    def review(self, fact: Fact) -> None:
        """生活保障评估."""
        self.elder(fact.subject).reviews.append(Said(fact["by"], fact.on, fact.id))

    def be_absent(self, fact: Fact) -> None:
        """外出."""
        away = (fact["begins"], fact["ends"])
        self.elder(fact.subject).absences.append(Said(away, fact.on, fact.id))

    # incidents

    def report(self, fact: Fact) -> None:
        """上报突发事件; what is no incident is not among them."""
        name = fact["problem"]
        if fact["kind"] not in INCIDENTS:
            return
        self.incidents[name] = Incident(name, fact.subject, fact["kind"], fact.recorded_at, fact.id)

    def tell(self, fact: Fact) -> None:
        """The first notice of an incident."""
        incident = self._told_of(fact)
        if incident is not None and incident.told_at is None:
            incident.told_at, incident.told_id = fact.recorded_at, fact.id

    def take_up(self, fact: Fact) -> None:
        """签收."""
        incident = self._told_of(fact)
        if incident is not None and incident.taken_at is None:
            incident.taken_at, incident.taken_id = fact.recorded_at, fact.id

    def _told_of(self, fact: Fact) -> Incident | None:
        matter = fact["matter"]
        return self.incidents.get(matter.get("incident") or "") if matter["about"] == "incident" else None


def _key(fact: Fact) -> DutyKey:
    return fact.subject, fact["duty"], fact["period"]


_STATUSES = {
    "registry.LeftBehindCertified": "certified",
    "registry.StatusLapsed": "lapsed",
    "registry.StatusEnded": "ended",
    "registry.ElderMerged": "merged",
}
_ENDINGS = {
    "visits.DutyMet": "met",
    "visits.DutySuperseded": "superseded",
    "visits.DutyWaived": "waived",
    "visits.DutyEnded": "ended",
    "visits.VisitMissed": "missed",
}
_TAKES: dict[str, Callable[[Picture, Fact], None]] = {
    "registry.VillageOpened": Picture.open_village,
    "registry.ElderEnrolled": Picture.enrol,
    "registry.FactsChanged": Picture.change_facts,
    "registry.FactsCorrected": Picture.correct_facts,
    "registry.ContactReported": Picture.report_contact,
    **dict.fromkeys((*_STATUSES, "registry.MergeUndone"), Picture.change_status),
    "registry.CarerPaired": Picture.pair,
    "registry.ElderTransferred": Picture.transfer,
    "registry.InstitutionEntered": Picture.institution,
    "registry.InstitutionLeft": Picture.institution,
    "registry.SupporterLeft": Picture.move_supporter,
    "registry.SupporterReturned": Picture.move_supporter,
    "registry.FigureEntered": Picture.enter,
    "registry.FigureCorrected": Picture.correct,
    "risk.GradeSet": Picture.grade,
    "risk.GradeRaised": Picture.grade,
    "risk.GradeLowered": Picture.grade,
    "risk.EvidenceObserved": Picture.observe,
    "risk.EvidenceCleared": Picture.clear,
    "risk.Reassessed": Picture.reassess,
    "risk.SpellClosed": Picture.close_spell,
    "visits.CareRecordOpened": Picture.open_book,
    "visits.TerritoryOpened": Picture.open_book,
    "visits.SituationChanged": Picture.move_duties,
    "visits.DutyOpened": Picture.open_duty,
    **dict.fromkeys(_ENDINGS, Picture.end_duty),
    "visits.MissReconciled": Picture.reconcile,
    "visits.VisitRecorded": Picture.visit,
    "visits.AgreementSigned": Picture.sign,
    "visits.AgreementEnded": Picture.end_agreement,
    "visits.LivingSecurityReviewed": Picture.review,
    "visits.AbsenceNoted": Picture.be_absent,
    "visits.IncidentReported": Picture.report,
    "notify.NoticesSent": Picture.tell,
    "notify.NoticeAcknowledged": Picture.take_up,
}
