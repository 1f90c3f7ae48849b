"""Village life, made up for demonstrations: what carers, clinics and leads do on a day.

The same seed on the same day with the same people does the same: a day that was cut short can be done again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from services.chassis.commands.command import Asked, Command
from services.house.house import House
from services.importing.township import Township
from services.kernel.calendar import SHANGHAI
from services.notify import commands as told
from services.notify.tellings import views as telling_views
from services.registry.elders import commands as register
from services.registry.elders import views as elder_views
from services.risk import commands as assess
from services.risk import views as graded
from services.visits import commands as care
from services.visits.duties import views as duty_views

BY_CARER = frozenset({"home_visit", "follow_up", "look_in", "information_update"})
BY_CLINIC = frozenset({"health_follow_up", "health_check"})
OBSERVED = ("insufficient_daily_care", "economic_hardship", "disability", "major_illness", "incapacity")
INCIDENTS = ("fall", "fraud", "unreachable", "critical_illness", "major_hardship", "abuse")
MORNING = time(8, 20)
WORKING_MINUTES = 570


@dataclass
class DemoElder:
    """An elder as the day finds them: what is open, until when."""

    elder: str
    village: str
    carer: str | None
    open: dict[str, date] = field(default_factory=dict[str, date])


@dataclass(frozen=True)
class Staff:
    """Who does what where: role and village (empty for the township) to staff ids."""

    by_role: dict[tuple[str, str], list[str]]

    @classmethod
    def of_township(cls, township: Township) -> Staff:
        """Everybody whom a township file appoints."""
        by_role: dict[tuple[str, str], list[str]] = {}
        for person in township.staff:
            by_role.setdefault((person.role, ""), []).append(person.id)
        for village in township.villages:
            for person in village.staff:
                by_role.setdefault((person.role, village.code), []).append(person.id)
        return cls(by_role)

    def of(self, role: str, village: str, chance: Random) -> str | None:
        """Somebody of that role, of the village or of the township."""
        held = self.by_role.get((role, village)) or self.by_role.get((role, ""))
        return chance.choice(held) if held else None


class Life:
    """A township's days."""

    def __init__(self, house: House, staff: Staff, seed: int) -> None:
        self._house = house
        self._staff = staff
        self._seed = seed

    def day(self, day: date) -> list[Asked]:
        """Everything that people do on `day`, in the order of the clock."""
        done: list[Asked] = []
        for person in self._people(day):
            chance = Random(f"{self._seed}:{day}:{person.elder}")  # noqa: S311 - made-up life, no secret
            moments = self._moments(day, chance)
            done += [Asked(command, next(moments)) for command in self._around(person, day, chance)]
        chance = Random(f"{self._seed}:{day}")  # noqa: S311 - as above
        moments = self._moments(day, chance)
        done += [Asked(command, next(moments)) for command in self._elsewhere(day, chance)]
        return sorted(done, key=lambda asked: asked.at)

    def _people(self, day: date) -> list[DemoElder]:
        rows = self._house.views("registry", elder_views.CERTIFIED)
        people = {row["elder"]: DemoElder(row["elder"], row["village"], row["carer"]) for row in rows}
        for row in self._house.views("visits", duty_views.TO_DO, day.isoformat()):
            if row["subject"] in people:
                people[row["subject"]].open[row["duty"]] = date.fromisoformat(row["closes_on"])
        return list(people.values())

    def _moments(self, day: date, chance: Random) -> Iterator[datetime]:
        at = datetime.combine(day, MORNING, SHANGHAI) + timedelta(minutes=chance.randrange(WORKING_MINUTES))
        while True:
            yield at
            at += timedelta(minutes=1 + chance.randrange(3))

    def _around(self, person: DemoElder, day: date, chance: Random) -> Iterator[Command]:
        yield from self._visits(person, day, chance)
        yield from self._papers(person, day, chance)
        yield from self._fortunes(person, day, chance)

    def _visits(self, person: DemoElder, day: date, chance: Random) -> Iterator[Command]:
        is_neglected = Random(f"{self._seed}:{person.elder}").random() < 0.04  # noqa: S311 - as above
        zeal = 0.25 if is_neglected else 1.6
        mine = [until for duty, until in person.open.items() if duty in BY_CARER]
        if person.carer and mine and chance.random() < _likelihood(min(mine), day, zeal):
            mode = chance.choices(("in_person", "phone", "video"), (92, 6, 2))[0]
            yield _visit(person.elder, person.carer, day, mode, confirms=chance.random() < 0.4)
        if person.carer and chance.random() < 0.006:
            late = day - timedelta(days=chance.randrange(1, 13))
            yield _visit(person.elder, person.carer, late, "in_person", confirms=False, recorded=day)
        clinic = self._staff.of("clinic", person.village, chance)
        theirs = [until for duty, until in person.open.items() if duty in BY_CLINIC]
        if clinic and theirs and chance.random() < _likelihood(min(theirs), day, 1.4):
            yield _visit(person.elder, clinic, day, "in_person", check_up=chance.random() < 0.5)

    def _papers(self, person: DemoElder, day: date, chance: Random) -> Iterator[Command]:
        lead = self._staff.of("village_lead", person.village, chance)
        centre = self._staff.of("party_service_centre", person.village, chance)
        until = person.open.get("care_agreement")
        if lead and until and chance.random() < _likelihood(until, day, 1.5):
            yield care.SignAgreement(elder=person.elder, by=lead, on=day)
        until = person.open.get("reassessment")
        if lead and until and until <= day and chance.random() < 0.8:
            yield assess.Reassess(elder=person.elder, by=lead, on=day)
        until = person.open.get("living_security_review")
        if centre and until and chance.random() < _likelihood(until, day, 1.2):
            yield care.ReviewLivingSecurity(elder=person.elder, by=centre, on=day)

    def _fortunes(self, person: DemoElder, day: date, chance: Random) -> Iterator[Command]:
        elder, drawn = person.elder, chance.random()
        if drawn < 0.0005:
            yield assess.Observe(
                elder=elder, evidence=chance.choice(OBSERVED), on=day, source="visit finding"
            )
        elif drawn < 0.0008:
            yield care.ReportIncident(
                incident=f"life-{day}-{elder}", elder=elder, kind=chance.choice(INCIDENTS)
            )
        elif drawn < 0.0012:
            ends = day + timedelta(days=chance.randrange(5, 40))
            yield care.NoteAbsence(elder=elder, begins=day, ends=ends)
        elif drawn < 0.0016:
            kind = chance.choice(("temporary", "temporary", "permanent"))
            yield register.NoteSupporterReturned(elder=elder, supporter="S1", on=day, kind=kind)
        elif drawn < 0.0017:
            yield register.NoteDeath(elder=elder, on=day)
        elif drawn < 0.0018:
            yield register.EnterInstitution(elder=elder, on=day)
        elif drawn < 0.0024:
            yield register.ChangeFacts(
                elder=elder, living=chance.choice(("alone", "couple", "with_relatives"))
            )

    def _elsewhere(self, day: date, chance: Random) -> Iterator[Command]:
        """Duties of places, and reassessments overdue."""
        for row in self._house.views("visits", duty_views.TO_DO, day.isoformat()):
            if row["kind"] == "elder":
                continue
            until = date.fromisoformat(row["closes_on"])
            by = self._staff.of(_OWED_BY[row["duty"]], row["village"], chance)
            if by and chance.random() < _likelihood(until, day, 1.5):
                yield care.DoDuty(duty=row["duty"], subject=row["subject"], by=by, on=day)
        for row in self._house.views("risk", graded.GRADED):
            if row["due"] and row["due"] < day.isoformat() and chance.random() < 0.2:
                lead = self._staff.of("village_lead", self._village_of(row["elder"]), chance)
                if lead:
                    yield assess.Reassess(elder=row["elder"], by=lead, on=day)

    def taken_up(self, at: datetime) -> list[Asked]:
        """Notices that somebody acknowledges at `at`."""
        chance = Random(f"{self._seed}:{at}")  # noqa: S311 - as above
        keys = ("about", "subject", "duty", "period", "incident")
        return [
            Asked(told.Acknowledge(by=row["recipient"], **{key: row[key] for key in keys}), at)
            for row in self._house.views("notify", telling_views.WAITING)
            if chance.random() < (0.5 if row["about"] == "incident" else 0.15)
        ]

    def _village_of(self, elder: str) -> str:
        rows: list[Any] = self._house.views("registry", elder_views.ELDER, elder)
        return rows[0]["village"] if rows else ""


_OWED_BY = {
    "full_screening": "group_cadre",
    "group_activity": "village_lead",
    "health_education": "clinic",
    "dispute_screening": "village_lead",
    "spot_check": "party_service_centre",
    "data_comparison": "leading_group_office",
    "dispatch_meeting": "leading_group_office",
    "study_meeting": "leading_group_office",
    "rights_report": "leading_group_office",
    "commendation": "leading_group_office",
}


def _likelihood(until: date, day: date, zeal: float) -> float:
    """The nearer the last day, the likelier."""
    return min(0.6, zeal / ((until - day).days + 2))


def _visit(
    elder: str,
    by: str,
    on: date,
    mode: Any,
    *,
    confirms: bool = False,
    check_up: bool = False,
    recorded: date | None = None,
) -> Command:
    name = f"life-{recorded or on}-{on}-{elder}-{by}"
    return care.RecordVisit(
        visit=name, elder=elder, by=by, on=on, mode=mode, check_up=check_up, confirms_facts=confirms
    )
