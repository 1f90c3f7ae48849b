"""The picture: facts folded into what was the case."""

from datetime import date, datetime
from typing import Any

from services.house.settings import DEFAULT_POLICY
from services.kernel.calendar import SHANGHAI
from services.kernel.terms import Role
from services.reports.folding import picture_of
from services.reports.policies import read_rules
from services.reports.redaction import Redaction
from services.reports.sources import Fact
from services.reports.village_ledger import supporter_line

DAY = date(2024, 3, 1)


class Told:
    """Facts in the order in which they were recorded."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def __call__(self, topic: str, subject: str, **held: Any) -> str:
        service = topic.partition(".")[0]
        place = f"{service}:{len(self.facts) + 1}"
        at = datetime(2024, 3, 1, 9, tzinfo=SHANGHAI)
        self.facts.append(Fact(place, topic, subject, at, held.pop("on", DAY), held))
        return place


def owed(period: str, count: int = 1) -> dict[str, Any]:
    days = {"opens_on": "2024-03-01", "closes_on": "2024-03-31"}
    rule = {"kind": "month", "times": 1, "rounds_up": False}
    return {"duty": "home_visit", "period": period, "count": count, "owed": rule, **days}


def enrolment(told: Told) -> None:
    facts = {"village": "V1", "group": "G1", "carer": "w1", "supporters": [{"id": "S"}]}
    told("registry.ElderEnrolled", "E1", facts=facts)
    told("visits.CareRecordOpened", "E1", village="V1")


def test_an_elder_who_moves_takes_what_is_open_along_and_leaves_what_is_over():
    told = Told()
    enrolment(told)
    told("visits.DutyOpened", "E1", **owed("2024-02"))
    told("visits.VisitMissed", "E1", duty="home_visit", period="2024-02", shortfall=1, responsible="w1")
    told("visits.DutyOpened", "E1", **owed("2024-03"))
    told("registry.ElderTransferred", "E1", village="V2", group="G7", carer=None)
    told("visits.SituationChanged", "E1", changes={"village": "V2"})
    told("visits.DutyOpened", "E1", **owed("2024-04"))
    picture = picture_of(told.facts)
    elder = picture.elders["E1"]
    assert (elder.village, elder.group, elder.carer) == ("V2", "G7", None)
    assert [(one.period, one.village) for one in picture.duties] == [
        ("2024-02", "V1"),
        ("2024-03", "V2"),
        ("2024-04", "V2"),
    ]


def test_a_duty_that_opens_again_in_its_period_is_another_one():
    told = Told()
    enrolment(told)
    first = told("visits.DutyOpened", "E1", **owed("2024-03"))
    over = told("visits.DutySuperseded", "E1", duty="home_visit", period="2024-03")
    second = told("visits.DutyOpened", "E1", **owed("2024-03"))
    met = told("visits.DutyMet", "E1", duty="home_visit", period="2024-03")
    duties = picture_of(told.facts).duties
    assert [one.ids for one in duties] == [[first, over], [second, met]]
    assert [(one.stands, one.is_done) for one in duties] == [(False, False), (True, True)]


def test_a_duty_that_owes_nothing_in_its_first_period_is_left_out():
    told = Told()
    enrolment(told)
    told("visits.DutyOpened", "E1", **owed("2024-03", count=0))
    assert picture_of(told.facts).duties == []


def test_a_miss_that_is_made_up_stays_a_miss():
    told = Told()
    enrolment(told)
    told("visits.DutyOpened", "E1", **owed("2024-03"))
    told("visits.VisitMissed", "E1", duty="home_visit", period="2024-03", shortfall=1, responsible="w1")
    told("visits.MissReconciled", "E1", duty="home_visit", period="2024-03", days_late=3)
    (duty,) = picture_of(told.facts).duties
    assert (duty.ending, duty.responsible, duty.is_done) == ("missed", "w1", True)


def test_a_supporter_is_shown_as_last_reported_and_where_they_were_last_known_to_be():
    told = Told()
    rows = [{"id": "S", "left_county_on": "2023-01-01", "name": "王小明", "phone": "1"}]
    facts = {"village": "V1", "group": "G1", "carer": "w1", "born": "1950-01-01", "supporters": rows}
    told("registry.ElderEnrolled", "E1", facts=facts)
    told("registry.ContactReported", "E1", supporter="S", facts={"phone": "2"})
    corrected = {"born": "1951-01-01", "supporters": [{"id": "S", "left_county_on": "2023-02-02"}]}
    told("registry.FactsCorrected", "E1", facts=corrected, before={}, by="lead", reason="")
    elder = picture_of(told.facts).elders["E1"]
    redaction = Redaction(Role.VILLAGE_LEAD, read_rules((DEFAULT_POLICY,)).on(DAY))
    assert supporter_line(redaction, "S", elder.supporters["S"]) == "王小明 2 外出 2023-02-02"
    assert (elder.facts["born"].value, elder.facts["born"].id) == ("1951-01-01", "registry:3")
