"""Problems over HTTP, through the whole house: who sees them, what they prove at once, who is told."""

from datetime import date

import pytest
from litestar.testing import TestClient

from services.history.timeline import history
from services.house import facts
from services.house.house import House
from services.kernel.calendar import midnight
from services.kernel.terms import Role
from services.notify.mailbox import views as mailbox_views
from services.registry.elders.commands import Appoint
from services.risk import views as graded
from services.risk.domain import RiskFile, risk_file_id
from services.visits.care.domain import CareRecord, care_record_id
from services.visits.commands import RecordVisit
from tests.unit.http.village import NOW, VILLAGE, enrol

EVERY_ROLE = [role.value for role in Role]
OTHER = "530323990298"
CONFIDENTIAL = ("abuse", "abandonment", "violence", "unlawful_harm")
TEXT = "身上有伤，疑为家人所致"


@pytest.fixture
def staffed(house: House) -> House:
    """Somebody of every role, and a lead and a worker of another village."""
    for role in EVERY_ROLE:
        house.take(Appoint.model_validate({"staff": f"a-{role}", "role": role}), NOW)
    for role in ("village_lead", "grid_worker"):
        away = {"staff": f"away-{role}", "role": role, "village": OTHER}
        house.take(Appoint.model_validate(away), NOW)
    house.settle()
    return house


def report(client: TestClient, house: House, kind: str, problem: str = "P1", elder: str = "E001") -> None:
    body = {"problem": problem, "kind": kind, "by": "grid", "on": "2024-03-04", "text": TEXT}
    assert client.post(f"/elders/{elder}/problems", json=body).status_code == 201
    house.settle()


def step(client: TestClient, house: House, path: str, **body) -> str:
    answer = client.post(f"/problems/P1/{path}", json=body)
    house.settle()
    return answer.json().get("reason") or answer.json()["outcome"]


def seers(client: TestClient) -> set[str]:
    """Whose reads name the problem, in the list and by itself: both are the same people."""
    found = set[str]()
    for staff in [f"a-{role}" for role in EVERY_ROLE] + ["away-village_lead", "away-grid_worker", "nobody"]:
        listed = client.get(f"/staff/{staff}/problems").json()["problems"]
        alone = client.get(f"/staff/{staff}/problems/P1")
        assert [one["problem"] for one in listed] == [one["problem"] for one in alone.json()["problems"]]
        if listed:
            found.add(staff)
        else:
            assert TEXT not in alone.text
    return found


def grade(house: House, elder: str = "E001") -> str:
    rows = house.views("risk", graded.GRADED)
    return next(row["grade"] for row in rows if row["elder"] == elder)


@pytest.mark.parametrize("kind", CONFIDENTIAL)
def test_a_confidential_report_is_seen_by_three_roles_and_then_by_its_handler(
    client: TestClient, staffed: House, kind: str
):
    report(client, staffed, kind)
    three = {"a-village_lead", "a-township_leader", "a-leading_group_office"}
    assert seers(client) == three
    assert step(client, staffed, "acceptance", by="a-party_service_centre") == "UnknownProblem"
    assert step(client, staffed, "acceptance", by="a-grid_worker") == "UnknownProblem"
    assert step(client, staffed, "acceptance", by="a-leading_group_office") == "accepted"
    handed = {"by": "a-leading_group_office", "units": ["clinic", "police"]}
    assert step(client, staffed, "units", **handed) == "accepted"
    assert seers(client) == three | {"a-clinic"}


def test_another_problem_is_seen_by_the_staff_of_its_village_and_of_the_township(
    client: TestClient, staffed: House
):
    report(client, staffed, "housing")
    assert seers(client) == {f"a-{role}" for role in EVERY_ROLE}


def test_what_was_done_is_shown_step_by_step_with_its_texts(client: TestClient, staffed: House):
    report(client, staffed, "housing")
    step(client, staffed, "acceptance", by="centre")
    step(client, staffed, "units", by="centre", units=["clinic"], due="2024-03-09")
    assert step(client, staffed, "units/clinic/progress", by="grid", text="已约诊") == "NotThisUnit"
    step(client, staffed, "units/clinic/progress", by="clinic", text="已约诊")
    step(client, staffed, "units/clinic/handling", by="clinic", text="已看过")
    step(client, staffed, "closing", by="centre", text="已修好")
    assert step(client, staffed, "verification", by="centre") == "NotVerifier"
    step(client, staffed, "reopening", by="lead", text="雨后仍漏")
    [shown] = client.get("/staff/lead/problems/P1").json()["problems"]
    assert [(one["step"], one["text"]) for one in shown["steps"]] == [
        ("IncidentReported", TEXT),
        ("ProblemAccepted", ""),
        ("ProblemHanded", ""),
        ("ProblemProgressNoted", "已约诊"),
        ("ProblemHandled", "已看过"),
        ("ProblemClosed", "已修好"),
        ("ProblemReopened", "雨后仍漏"),
    ]
    assert (shown["stage"], shown["reopened"], shown["closed_at"]) == ("opened", 1, None)
    assert shown["first_handled_at"] == NOW.isoformat()
    [unit] = shown["units"]
    assert (unit["unit"], unit["due"], unit["is_overdue"]) == ("clinic", "2024-03-09", False)


@pytest.mark.parametrize("kind", ["support_failure", *CONFIDENTIAL, "critical_illness"])
def test_what_a_report_proves_makes_the_grade_red_at_once(client: TestClient, staffed: House, kind: str):
    assert grade(staffed) == "green"
    report(client, staffed, kind)
    assert grade(staffed) == "red"


@pytest.mark.parametrize("kind", ["housing", "fall", "dispute"])
def test_what_proves_nothing_leaves_the_grade(client: TestClient, staffed: House, kind: str):
    report(client, staffed, kind)
    assert grade(staffed) == "green"


def told(house: House, staff: str) -> list[str]:
    house.services["notify"].advance(NOW)
    rows = house.views("notify", mailbox_views.INBOX, staff, 50)
    return [row["items"] for row in rows if "incident" in row["items"]]


def test_an_incident_is_told_as_one_whichever_way_it_was_reported(client: TestClient, staffed: House):
    report(client, staffed, "fall")
    assert len(told(staffed, "lead")) == len(told(staffed, "grid")) == 1


def test_of_a_confidential_incident_the_carer_is_told_nothing(client: TestClient, staffed: House):
    report(client, staffed, "violence")
    assert len(told(staffed, "lead")) == 1
    assert client.get("/inbox/grid").json() == {"messages": [], "cancelled": []}


def test_a_failure_to_support_is_no_incident(client: TestClient, staffed: House):
    report(client, staffed, "support_failure")
    assert told(staffed, "lead") == []


def test_an_id_is_used_once_for_problems_and_incidents(client: TestClient, staffed: House):
    report(client, staffed, "housing")
    answer = client.post("/elders/E002/incidents", json={"incident": "P1", "kind": "fall"})
    assert (answer.status_code, answer.json()["reason"]) == (422, "ProblemTwice")


@pytest.mark.parametrize("kind", ["fall", "critical_illness", "support_failure", *CONFIDENTIAL])
def test_the_familys_contacts_are_pointed_to_unless_the_family_must_not_hear_of_it(
    client: TestClient, staffed: House, kind: str
):
    report(client, staffed, kind)
    [shown] = client.get("/staff/lead/problems/P1").json()["problems"]
    assert shown["contacts"] == ("" if kind in CONFIDENTIAL else "/elders/E001/contacts")


def test_a_visit_that_it_was_found_on_must_be_recorded(client: TestClient):
    body = {"problem": "P9", "kind": "other", "by": "grid", "on": "2024-03-04", "text": "缺药", "visit": "V1"}
    assert client.post("/elders/E001/problems", json=body).json()["reason"] == "NoSuchVisit"
    visit = {"elder": "E001", "by": "grid", "on": "2024-03-04", "mode": "in_person"}
    client.put("/visits/V1", json=visit | {"check_up": False, "confirms_facts": False})
    assert client.post("/elders/E001/problems", json=body).status_code == 201
    [shown] = client.get("/staff/lead/problems/P9").json()["problems"]
    assert (shown["visit"], shown["village"], shown["found_by"]) == ("V1", VILLAGE, "grid")


def referrals(client: TestClient) -> list[tuple[str, str]]:
    shown = client.get("/staff/lead/problems").json()["problems"]
    return [(one["problem"], one["stage"]) for one in shown if one["kind"] == "referral"]


def observe(client: TestClient, house: House, evidence: str = "major_illness", elder: str = "E001") -> None:
    client.post(f"/elders/{elder}/evidence", json={"evidence": evidence, "on": "2024-03-04"})
    house.settle()


def test_a_referral_opens_by_itself_even_where_its_name_is_taken(client: TestClient, house: House):
    report(client, house, "housing", problem="referral:E001:1", elder="E000")
    report(client, house, "critical_illness")
    held = house.services["visits"].log.load(CareRecord, care_record_id("E001"))
    assert held is not None
    assert held.state.referrals == ["referral:E001:2"]


def test_a_serious_illness_opens_one_referral_that_the_clinic_has_at_once(client: TestClient, staffed: House):
    report(client, staffed, "critical_illness")
    assert referrals(client) == [("referral:E001:1", "handed")]
    [shown] = client.get("/staff/clinic/problems/referral:E001:1").json()["problems"]
    assert [one["unit"] for one in shown["units"]] == ["clinic"]
    report(client, staffed, "critical_illness", "P2")
    assert referrals(client) == [("referral:E001:1", "handed")]


def test_evidence_of_a_serious_illness_opens_one_and_other_evidence_none(client: TestClient, staffed: House):
    observe(client, staffed, "incapacity")
    assert referrals(client) == []
    observe(client, staffed)
    assert referrals(client) == [("referral:E001:1", "handed")]


def test_another_opens_only_when_the_first_is_closed_and_none_is_opened_beside_it(
    client: TestClient, staffed: House
):
    observe(client, staffed)
    body = {"problem": "R1", "kind": "referral", "by": "grid", "on": "2024-03-04", "text": "需转县医院"}
    assert client.post("/elders/E001/problems", json=body).json()["reason"] == "ReferralOpen"
    first = "/problems/referral:E001:1"
    client.post(f"{first}/units/clinic/handling", json={"by": "clinic", "text": "已转诊"})
    client.post(f"{first}/closing", json={"by": "centre", "text": "已入院"})
    assert client.post("/elders/E001/problems", json=body).status_code == 201
    again = client.post(f"{first}/reopening", json={"by": "lead", "text": "又发病"})
    assert again.json()["reason"] == "ReferralOpen"
    assert sorted(referrals(client)) == [("R1", "opened"), ("referral:E001:1", "closed")]


def test_who_is_not_certified_is_referred_when_they_are(client: TestClient, staffed: House):
    form = enrol("E900", evidence=["major_illness"]).model_dump(mode="json", exclude_defaults=True)
    away = {"supporters": [{"id": "S1", "left_county_on": "2024-03-01"}]}
    client.post("/elders", json=form | away)
    staffed.settle()
    assert referrals(client) == []
    certified = midnight(date(2024, 9, 1))
    staffed.services["registry"].advance(certified)
    staffed.settle()
    assert referrals(client) == [("referral:E900:1", "handed")]


def test_agreements_cover_so_many_of_those_certified(client: TestClient, staffed: House):
    def coverage() -> list[tuple[int, int]]:
        shown = client.get("/agreements/coverage").json()["villages"]
        return [(one["certified"], one["signed"]) for one in shown]

    assert coverage() == [(5, 0)]
    term = {"begins": "2024-03-04", "ends": "2024-04-04", "supporter": "S1", "relation": "侄子"}
    for elder in ("E001", "E002"):
        body = {"by": "lead", "on": "2024-03-04"} | (term if elder == "E001" else {})
        assert client.post(f"/elders/{elder}/agreements", json=body).status_code == 201
    assert coverage() == [(5, 2)]
    staffed.services["registry"].advance(midnight(date(2024, 4, 5)))
    staffed.settle()
    assert coverage() == [(5, 1)]


def test_an_agreement_covers_nobody_before_its_first_day(client: TestClient, staffed: House):
    body = {"by": "lead", "on": "2024-03-04", "begins": "2024-03-10", "supporter": "S1", "relation": "侄子"}
    assert client.post("/elders/E001/agreements", json=body).status_code == 201
    (before,) = client.get("/agreements/coverage").json()["villages"]
    staffed.services["registry"].advance(midnight(date(2024, 3, 10)))
    staffed.settle()
    (after,) = client.get("/agreements/coverage").json()["villages"]
    assert (before["signed"], after["signed"]) == (0, 1)


def test_who_signs_an_agreement_need_not_be_on_the_staff(client: TestClient):
    body = {"by": "nephew", "on": "2024-03-04"}
    assert client.post("/elders/E001/agreements", json=body).status_code == 201
    again = client.post("/elders/E001/agreements", json=body | {"on": "2024-03-03"})
    assert again.json()["reason"] == "AlreadySigned"


def test_needs_are_listed_by_village_until_they_are_met_and_after(client: TestClient):
    body = {"need": "N1", "kind": "meals", "by": "grid", "on": "2024-03-04", "text": TEXT}
    client.post("/elders/E001/needs", json=body)
    client.post("/elders/E002/needs", json=body | {"kind": "bathing"})
    client.post("/elders/E001/needs/N1/meeting", json={"by": "lead", "on": "2024-03-05", "text": "已送饭"})
    answer = client.get(f"/villages/{VILLAGE}/needs")
    assert TEXT not in answer.text
    shown = [(one["elder"], one["kind"], one["met_on"]) for one in answer.json()["needs"]]
    assert shown == [("E002", "bathing", None), ("E001", "meals", "2024-03-05")]
    assert client.get(f"/villages/{OTHER}/needs").json() == {"needs": []}


def test_what_a_visit_held_is_kept_and_a_visit_without_it_is_the_same_as_ever(
    client: TestClient, staffed: House
):
    bare = {"elder": "E001", "by": "grid", "on": "2024-03-04", "mode": "in_person"}
    bare |= {"check_up": False, "confirms_facts": False}
    held = {"done": ["talked", "checked_medicine"], "mood": "low", "findings": ["lonely"]}
    client.put("/visits/V1", json=bare)
    client.put("/visits/V2", json=bare | held)
    record = staffed.services["visits"].log.load(CareRecord, care_record_id("E001"))
    assert record is not None
    kept = {key: value for key, value in bare.items() if key != "elder"}
    assert record.state.visits == {"V1": kept, "V2": kept | held}
    assert RecordVisit.model_validate({"visit": "V1"} | bare, strict=False).model_dump(mode="json") == (
        {"visit": "V1"} | bare
    ), "a form without the new fields is the same command as before there were any"
    assert client.put("/visits/V3", json=bare | {"mood": "furious"}).status_code == 400


def test_evidence_on_a_visit_is_taken_by_both_doors_and_grades_at_once(client: TestClient, staffed: House):
    bare = {"elder": "E001", "by": "grid", "on": "2024-03-04", "mode": "phone"}
    bare |= {"check_up": False, "confirms_facts": False}
    seen = bare | {"evidence": ["violence", "disability", "violence"]}
    assert client.put("/visits/V1", json=bare | {"evidence": []}).status_code == 201
    assert client.put("/visits/V2", json=seen).status_code == 201
    assert client.put("/visits/V2", json=seen | {"evidence": ["disability", "violence"]}).status_code == 200
    assert client.put("/visits/V2", json=seen | {"evidence": ["violence"]}).status_code == 409
    for wrong in (["advanced_age"], ["gloom"], "violence"):
        assert client.put("/visits/V3", json=bare | {"evidence": wrong}).status_code == 400
    upload = {"visits": [bare | {"visit": "V4", "elder": "E002", "evidence": ["incapacity"]}]}
    assert client.post("/visits/batch", json=upload).status_code == 200
    staffed.settle()
    files = [staffed.services["risk"].log.load(RiskFile, risk_file_id(elder)) for elder in ("E001", "E002")]
    assert [(file.grade, sorted(file.evidence)) for file in files if file is not None] == [
        ("red", ["disability", "violence"]),
        ("red", ["incapacity"]),
    ]
    told = [one for one in facts.of(staffed.services["risk"]) if one["elder"] == "E001"]
    assert [one["grade"] for one in told] == ["green", "red"], "two at once are one grading"


def test_the_history_shows_the_visit_as_what_raised_the_grade(client: TestClient, staffed: House):
    seen = {"elder": "E001", "by": "grid", "on": "2024-03-04", "mode": "phone", "evidence": ["violence"]}
    client.put("/visits/V1", json=seen | {"check_up": False, "confirms_facts": False})
    staffed.settle()
    lines = {line.event: line for line in history(staffed, "E001")}
    told = lines["EvidenceSeen"]
    assert (told.cause, told.details["visit"], told.happened_on) == ("visit:V1", "V1", date(2024, 3, 4))
    for event in ("EvidenceObserved", "GradeRaised"):
        assert lines[event].cause == "visits.EvidenceSeen"
    assert lines["EvidenceObserved"].details["source"] == "visit"


def test_no_text_leaves_the_service(client: TestClient, staffed: House):
    report(client, staffed, "housing")
    step(client, staffed, "acceptance", by="centre")
    service = staffed.services["visits"]
    told = [service.translate(one.event) for one in service.log.events(0, 1000)]
    assert TEXT not in str([one.told.model_dump_json() for one in told if one is not None])
    columns = [dict(row) for row in service.log.query("SELECT * FROM problems")]
    assert TEXT not in str(columns)
