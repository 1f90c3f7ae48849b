"""A township in memory for tests: the four services' rules, facts passed by hand, no log."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from services.notify import policies as telling
from services.notify.domain import Telling
from services.notify.policies import NotifyPolicy
from services.notify.terms import NotifyError, NotTold, TellingRule
from services.registry.domain import Elder
from services.registry.policies import RegistryPolicy
from services.registry.terms import EndReason, RegistryError, ReturnKind
from services.risk.domain import RiskFile
from services.risk.policies import RiskPolicy, evidence_of_incident
from services.risk.terms import Evidence, RiskError
from services.visits.domain import CareRecord
from services.visits.policies import DutyPolicy
from services.visits.terms import VisitsError

SHANGHAI = timezone(timedelta(hours=8))
DUTY_FACTS = {
    "DutyMet": "met",
    "DutySuperseded": "superseded",
    "DutyWaived": "waived",
    "DutyEnded": "ended_duty",
}
REFUSALS = (NotifyError, RegistryError, RiskError, VisitsError, KeyError)


class Township:
    def __init__(self) -> None:
        self.elders: dict[str, Elder] = {}
        self.risks: dict[str, RiskFile] = {}
        self.records: dict[str, CareRecord] = {}
        self.roles: dict[str, tuple[str, str | None]] = {}
        self.facts: list[dict[str, Any]] = []
        self.log: list[tuple[Any, Any]] = []
        self.incidents: set[str] = set()
        self.tellings: list[Telling] = []
        self.notify = NotifyPolicy.gaoliang_2024()
        self.registry, self.risk, self.duties = (
            RegistryPolicy.gaoliang_2024(),
            RiskPolicy.gaoliang_2024(),
            DutyPolicy.gaoliang_2024(),
        )

    def collect(self, aggregate: Any) -> list[Any]:
        """What the aggregate decided, kept with it."""
        events = list(aggregate.collect_events())
        self.log += [(aggregate, event) for event in events]
        return events

    def holder(self, role: str, village: str) -> str | None:
        held = [(staff, where) for staff, (name, where) in self.roles.items() if name == role]
        return next((s for s, w in held if w == village), next((s for s, w in held if w is None), None))

    def run(self, lines: list[dict[str, Any]], until: date) -> list[dict[str, Any]]:
        day = date.fromisoformat(lines[0]["at"][:10])
        pending = list(enumerate(lines, 1))
        while day <= until:
            midnight = datetime.combine(day, datetime.min.time(), SHANGHAI)
            self.step_until(midnight)
            self.turn_day(midnight)
            while pending and pending[0][1]["at"][:10] == day.isoformat():
                number, line = pending.pop(0)
                self.step_until(datetime.fromisoformat(line["at"]))
                try:
                    self.enter(line, datetime.fromisoformat(line["at"]))
                except REFUSALS:
                    self.facts.append({"fact": "refused_line", "line": number, "on": day.isoformat()})
                self.step_until(datetime.fromisoformat(line["at"]))
            day += timedelta(days=1)
        self.step_until(datetime.combine(day, datetime.min.time(), SHANGHAI) - timedelta(seconds=1))
        return self.facts

    def step_until(self, moment: datetime) -> None:
        """Tellings at their own times, up to and with `moment`."""
        while due := [held for held in self.tellings if held.due is not None and held.due <= moment]:
            held = min(due, key=lambda one: one.due)
            at = held.due
            held.step(at, self.notify, self)
            shown = {key: held.matter[key] for key in held.matter if key != "village"}
            for event in self.collect(held):
                kind, fact = (
                    type(event).__name__,
                    {"at": at.isoformat(), "on": at.date().isoformat(), **shown},
                )
                if kind == "NoticesSent":
                    notice = fact | {"fact": "notice", "level": event.level}
                    self.facts += [notice | {"to": person} for person in event.to]
                elif kind == "EscalationExhausted":
                    self.facts.append(fact | {"fact": "escalation_exhausted"})

    def tell(self, matter: dict[str, Any], rule: TellingRule, owed: str | None, at: datetime) -> None:
        village = self.records[matter["subject"]].village
        people = [(level, self.holder(self.notify.levels[level], village)) for level in rule.levels if level]
        if 0 in rule.levels:
            people.insert(0, (0, owed))
        told = [(level, person) for level, person in people if person is not None]
        cause = f"{matter} {at}"
        self.tellings.append(Telling.plan(cause, matter | {"village": village}, rule, told, at, self.notify))
        self.collect(self.tellings[-1])

    def stop(self, at: datetime, **matter: str) -> None:
        for held in self.tellings:
            if all(held.matter.get(key) == value for key, value in matter.items()):
                held.stop("no longer holds", at)
                self.collect(held)

    def acknowledge(self, line: dict[str, Any], at: datetime) -> None:
        keys = ("about", "subject", "duty", "period", "incident")
        matter = {key: line[key] for key in keys if key in line}
        found = [
            held
            for held in self.tellings
            if line["by"] in held.told and all(held.matter.get(key) == value for key, value in matter.items())
        ]
        if not found:
            raise NotTold
        for held in found:
            held.acknowledge(line["by"], at)
            self.collect(held)

    def turn_day(self, at: datetime) -> None:
        for name, record in self.records.items():
            record.close_before(at, self.duties, self)
            self.elders[name].turn_day(at, self.registry)
            self.pass_on(name, at)
            self.risks[name].turn_day(at, self.risk)
            self.pass_on(name, at)
            record.turn_day(at, self.duties, self)
            self.pass_on(name, at)

    def enter(self, line: dict[str, Any], at: datetime) -> None:
        act, name = line["do"], line.get("elder", "")
        on = date.fromisoformat(line.get("on", line["at"][:10]))
        if act == "appoint":
            self.roles[line["staff"]] = (line["role"], line.get("village"))
        elif act == "enrol":
            elder = self.elders.setdefault(name, Elder.open(name, at=at))
            elder.enrol({key: line[key] for key in line if key not in {"at", "do"}}, at, self.registry)
        elif act == "acknowledge":
            self.acknowledge(line, at)
        elif act not in {"open_village", "duty_done"}:
            if self.elders[name].enrolled_on is None:
                raise KeyError(name)
            self.enter_for(self.elders[name], line, on, at)
        if name in self.elders:
            self.pass_on(name, at)

    def enter_for(self, elder: Elder, line: dict[str, Any], on: date, at: datetime) -> None:  # noqa: C901, PLR0912 - one arm a kind of line
        risk, record, by = self.risks[elder.elder], self.records[elder.elder], line.get("by", "")
        common = (at, self.duties, self)
        match line["do"]:
            case "supporter_left":
                elder.supporter_left(line["supporter"], on, at, self.registry)
            case "supporter_returned":
                elder.supporter_returned(line["supporter"], ReturnKind(line["kind"]), on, at, self.registry)
            case "observe":
                risk.observe(Evidence(line["evidence"]), on, at, self.risk)
            case "clear":
                risk.clear(Evidence(line["evidence"]), on, at)
            case "reassess":
                risk.reassess(by, self.roles[by][0], on, at, self.risk)
            case "visit":
                keys = ("by", "mode", "check_up", "confirms_facts")
                content = {key: line[key] for key in keys} | {"on": on.isoformat()}
                record.record_visit(line["visit"], content, self.roles[by][0], *common)
            case "sign_agreement":
                record.sign_agreement(by, on, *common)
            case "review_living_security":
                record.review_living_security(by, self.roles[by][0], on, *common)
            case "absent":
                begins, ends = date.fromisoformat(line["from"]), date.fromisoformat(line["to"])
                record.absent(begins, ends, *common)
            case "change_facts":
                keys = ("living", "health", "declined_institution")
                elder.change_facts({key: line[key] for key in keys if key in line}, at)
            case "enter_institution" | "leave_institution":
                elder.institution(enters=line["do"] == "enter_institution", on=on, at=at)
            case "incident":
                self.report(elder.elder, line, at)
            case "pair":
                elder.pair(line["carer"], at)
            case "died" | "moved_out":
                elder.end(EndReason(line["do"]), on, at)
            case other:
                raise AssertionError(other)

    def report(self, name: str, line: dict[str, Any], at: datetime) -> None:
        """An incident: told by its own row, and evidence where its kind is."""
        if line["incident"] in self.incidents or self.records[name].ended_on:
            raise KeyError(line["incident"])
        self.incidents.add(line["incident"])
        matter = {"about": "incident", "subject": name, "incident": line["incident"]}
        told = None if line["kind"] in self.notify.confidential_incidents else self.records[name].carer
        self.tell(matter, self.notify.incident, told, at)
        evidence = evidence_of_incident(line["kind"], self.risk)
        if evidence:
            self.risks[name].observe(evidence, at.date(), at, self.risk, "incident")

    def pass_on(self, name: str, at: datetime) -> None:
        """Each fact to those who hear it, until nobody has anything to say."""
        for event in self.collect(self.elders[name]):
            self.hear_registry(name, event, at)
        if name not in self.risks:
            return
        for event in self.collect(self.risks[name]):
            self.hear_risk(name, event, at)
        for event in self.collect(self.records[name]):
            self.tell_visits(name, event, at)

    def hear_registry(self, name: str, event: Any, at: datetime) -> None:
        kind, fact = type(event).__name__, {"on": event.on, "elder": name}
        if kind == "EnrolmentRefused":
            self.facts.append(fact | {"fact": "refused", "reason": event.reason})
        elif kind == "ElderEnrolled":
            facts = event.facts
            self.risks[name] = RiskFile.open(name, facts["born"], at=at)
            for evidence in facts["evidence"]:
                self.risks[name].observe(Evidence(evidence), at.date(), at, self.risk, "registry")
            self.records[name] = CareRecord.open(name, facts["village"], facts["born"], at=at)
            heard = ("living", "health", "declined_institution", "carer")
            self.change(name, {key: facts[key] for key in heard}, at)
        elif kind == "LeftBehindCertified":
            self.facts.append(fact | {"fact": "certified"})
            self.change(name, {"is_certified": True}, at)
            self.risks[name].certify(event.spell, at, self.risk)
        elif kind in {"StatusLapsed", "StatusEnded"}:
            final = kind == "StatusEnded"
            self.facts.append(fact | {"fact": "ended" if final else "lapsed", "reason": event.reason})
            ended = {"ended_on": event.happened_on} if final else {}
            self.stop(at, about="graded", subject=name)
            self.stop(at, about="missed", subject=name)
            self.change(name, {"is_certified": False, "grade": None, **ended}, at)
            self.risks[name].close_spell(at, is_final=final)
        elif kind == "FactsChanged":
            self.change(name, event.facts, at)
        elif kind in {"InstitutionEntered", "InstitutionLeft"}:
            self.change(name, {"in_institution": kind == "InstitutionEntered"}, at)
        elif kind == "CarerPaired":
            self.change(name, {"carer": event.carer}, at)

    def hear_risk(self, name: str, event: Any, at: datetime) -> None:
        kind, record = type(event).__name__, self.records[name]
        if kind in {"EvidenceObserved", "EvidenceCleared"}:
            held = self.risks[name].evidence
            self.change(name, {"evidence": sorted(held)}, at)
        elif kind == "Reassessed" and event.counted:
            record.reassessed(event.due and date.fromisoformat(event.due), at, self.duties, self)
        elif kind.startswith("Grade"):
            fact = {"fact": "graded", "on": event.on, "elder": name, "grade": event.grade}
            self.facts.append(fact | {"from": event.previous, "because": event.because, "cause": event.cause})
            self.stop(at, about="graded", subject=name)
            rule = telling.rule_for_grade(event.previous, event.grade, self.notify)
            if rule:
                matter = {"about": "graded", "subject": name, "grade": event.grade}
                self.tell(matter, rule, record.carer if event.carer_told else None, at)
            self.change(name, {"grade": event.grade}, at)
            record.reassessment_falls_due(event.due and date.fromisoformat(event.due), at, self.duties, self)

    def change(self, name: str, changes: dict[str, Any], at: datetime) -> None:
        self.records[name].change(changes, at, self.duties, self)

    def tell_visits(self, name: str, event: Any, at: datetime) -> None:
        kind = type(event).__name__
        if "duty" not in vars(event):
            return
        fact = {"on": event.on, "subject": name, "duty": event.duty, "period": event.period}
        if kind == "DutyOpened" and event.count:
            self.facts.append(fact | {"fact": "opened", "count": event.count})
        elif kind in DUTY_FACTS:
            self.facts.append(fact | {"fact": DUTY_FACTS[kind]})
        elif kind == "VisitMissed":
            missed = {"fact": "missed", "shortfall": event.shortfall, "responsible": event.responsible}
            self.facts.append(fact | missed)
            matter = {"about": "missed", "subject": name, "duty": event.duty, "period": event.period}
            rule = telling.rule_for_miss(
                event.grade, event.duty, missed_before=event.missed_before, policy=self.notify
            )
            if event.owed_by == "village_lead":
                rule = replace(rule, levels=tuple(level for level in rule.levels if level) or (1,))
            self.tell(matter, rule, event.responsible, at)
        elif kind == "MissReconciled":
            self.facts.append(fact | {"fact": "reconciled", "days_late": event.days_late})
            self.stop(at, about="missed", subject=name, duty=event.duty, period=event.period)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    for fact in Township().run(read(Path(sys.argv[1])), date.fromisoformat(sys.argv[2])):
        shown = {key: value for key, value in fact.items() if key not in {"on", "fact"} and value is not None}
        print(fact["on"], f"{fact['fact']:<12}", json.dumps(shown, ensure_ascii=False))
