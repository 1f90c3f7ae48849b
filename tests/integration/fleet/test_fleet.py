"""The same services as processes of their own, over the real broker and the real database."""

import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from amqp import Message
from kombu import Connection

from services.chassis.messaging.amqp import connected
from services.chassis.migrations.migrate import shipped
from services.fleet.connection_budget import audit_connections
from services.fleet.settings import SERVICES
from services.fleet.wiring import Refused
from services.house.house import opened
from services.house.settings import Settings
from services.servers import Servers
from tests.integration.channels.servers import SECRET, Seen
from tests.integration.fleet.conftest import Fleet, becomes_true

VILLAGE = "530323990299"
TODAY_IS_ANY = "2024-03-01"
ABSENCE = {"begins": "2024-03-10", "ends": "2024-03-12", "reason": "hospital"}
STAFF = {
    "office": ("leading_group_office", None),
    "lead": ("village_lead", VILLAGE),
    "leader": ("township_leader", VILLAGE),
    "grid": ("grid_worker", VILLAGE),
}


def enrolment(elder: str) -> dict:
    return {
        "elder": elder,
        "born": "1950-03-01",
        "sex": "f",
        "village": VILLAGE,
        "group": "一组",
        "living": "alone",
        "evidence": ["incapacity"],
        "health": [],
        "declined_institution": True,
        "supporters": [{"id": "S1", "left_county_on": "2023-01-01"}],
        "carer": "grid",
    }


def visit(elder: str) -> dict:
    return {
        "elder": elder,
        "by": "grid",
        "on": TODAY_IS_ANY,
        "mode": "in_person",
        "check_up": False,
        "confirms_facts": True,
    }


@pytest.fixture(scope="package")
def township(fleet: Fleet) -> Fleet:
    assert fleet.call("POST", "/villages", {"village": VILLAGE, "name": "试村", "groups": ["一组"]})[0] == 201
    for staff, (role, village) in STAFF.items():
        body = {"staff": staff, "role": role} | ({"village": village} if village else {})
        assert fleet.call("POST", "/staff", body)[0] == 201
    for number in range(8):
        assert fleet.call("POST", "/elders", enrolment(f"E{number}"))[0] == 201
    assert becomes_true(fleet.is_settled), fleet.shouwang("status").stdout
    return fleet


def test_what_is_posted_is_told_heard_and_read_by_two_dates(township: Fleet):
    assert township.call("PUT", "/visits/v-1", visit("E1"))[0] in {200, 201}
    assert becomes_true(township.is_settled)
    history = township.shouwang("history", "E1")
    assert history.returncode == 0
    for event in ("ElderEnrolled", "GradeSet", "DutyOpened", "VisitRecorded", "NoticesSent"):
        assert event in history.stdout

    def lead_is_told() -> bool:
        messages = township.call("GET", "/inbox/lead")[1].get("messages", [])
        return any(item["subject"] == "E1" for message in messages for item in message["items"])

    assert becomes_true(lead_is_told)
    assert township.shouwang("verify").returncode == 0


def test_evidence_seen_on_a_visit_makes_the_grade_red_and_its_people_hear_of_it(township: Fleet):
    assert township.call("POST", "/elders", enrolment("green") | {"evidence": []})[0] == 201
    assert becomes_true(township.is_settled)
    seen = visit("green") | {"mode": "phone", "evidence": ["guardianship_failure"], "findings": ["lonely"]}
    assert township.call("PUT", "/visits/v-seen", seen)[0] in {200, 201}

    def leader_is_told() -> bool:
        messages = township.call("GET", "/inbox/leader")[1].get("messages", [])
        items = [item for message in messages for item in message["items"] if item["subject"] == "green"]
        return any(item.get("grade") == "red" for item in items)

    assert becomes_true(leader_is_told)
    assert becomes_true(township.is_settled)
    history = township.shouwang("history", "green").stdout
    assert [event for event in ("EvidenceSeen", "GradeRaised", "NeedFound") if event not in history] == []
    assert township.shouwang("verify").returncode == 0


def test_what_is_posted_right_after_an_enrolment_is_taken_or_waits_and_is_decided(township: Fleet):
    elders = [f"NEW{number}" for number in range(20)]
    for elder in elders:
        assert township.call("POST", "/elders", enrolment(elder))[0] == 201
        assert township.call("PUT", f"/visits/v-{elder}", visit(elder))[0] in {201, 202}
        need = {"need": f"n-{elder}", "kind": "meals", "by": "grid", "on": TODAY_IS_ANY, "text": "无人做饭"}
        assert township.call("POST", f"/elders/{elder}/needs", need)[0] in {201, 202}

    def all_are_recorded() -> bool:
        with opened(Settings(roles=township.settings.roles, data=township.settings.folder)) as house:
            seen = house.views("visits", "SELECT elder FROM visits WHERE elder LIKE 'NEW%'")
            found = house.views("visits", "SELECT elder FROM needs WHERE elder LIKE 'NEW%'")
            waiting = house.views("visits", "SELECT elder FROM awaited")
        return (len(seen), len(found), len(waiting)) == (len(elders), len(elders), 0)

    assert becomes_true(all_are_recorded)
    assert township.call("PUT", f"/visits/v-{elders[-1]}", visit(elders[-1])) == (200, {"outcome": "repeat"})


def test_what_names_nobody_waits_and_says_so(township: Fleet):
    status, answer = township.call("PUT", "/visits/v-nobody", visit("NOBODY"))
    assert (status, answer["outcome"], answer["reason"]) == (202, "waiting", "AwaitingEnrolment")


def test_what_is_urgent_leaves_by_the_fleets_own_sender_signed_once_and_names_nobody(township: Fleet):
    body = {"incident": "fall-1", "kind": "fall"}
    assert township.call("POST", "/elders/E7/incidents", body)[0] == 201

    receiver = township.receiver
    assert receiver is not None

    def told() -> list[Seen]:
        return [one for one in receiver.seen if "紧急事件" in one.content["text"]]

    assert becomes_true(lambda: bool(told()))
    assert becomes_true(township.is_settled)
    (seen,) = told()
    stamp = seen.headers["X-Shouwang-Timestamp"]
    signed = hmac.new(SECRET.encode(), stamp.encode() + b"." + seen.body, hashlib.sha256).hexdigest()
    assert seen.headers["X-Shouwang-Signature"] == f"sha256={signed}"
    assert not any(word in seen.content["text"] for word in ("E7", "跌倒", "fall"))
    assert "sent" in township.shouwang("notices", "failed").stdout


def test_of_two_workers_of_notify_one_keeps_the_time_and_none_raises(township: Fleet):
    """Findings one after the other: each is told at once, by whoever keeps the time."""
    for number in range(8):
        body = {"evidence": "major_illness", "on": TODAY_IS_ANY}
        assert township.call("POST", f"/elders/E{number}/evidence", body)[0] == 201
    assert becomes_true(township.is_settled)
    logs = [township.settings.folder / f"worker-{number}.log" for number in (3, 4)]
    raised = [line for log in logs for line in log.read_text().splitlines() if "handler_raised" in line]
    starting = "UpstreamAway"  # at the start the others may not be there yet, which is asked again
    assert [line for line in raised if starting not in line] == []
    assert township.shouwang("verify").returncode == 0


def test_more_connections_than_the_server_has_are_refused_before_anything_starts(township: Fleet):
    url = Servers(township.settings.servers, township.settings.name).up().database
    fleet = township.settings.model_copy(update={"apis": (SERVICES,) * 20})
    with pytest.raises(Refused, match=r"raise max_connections by \d+, or give SHOUWANG_CONNECTIONS"):
        audit_connections(url, fleet, Settings())
    audit_connections(url, township.settings, Settings())


def test_no_role_can_read_another_services_schema(township: Fleet):
    roles = json.loads(township.settings.roles.read_text())
    assert set(roles) == {"registry", "risk", "visits", "notify"}
    assert len(set(roles.values())) == 4
    assert Path(township.settings.roles).stat().st_mode & 0o077 == 0


def test_the_status_shows_every_process_queue_relay_and_inbox(township: Fleet):
    assert becomes_true(township.is_settled)

    def shown() -> dict:
        return json.loads(township.shouwang("status", "--json").stdout)

    def is_quiet() -> bool:
        return all(one["ready"] == one["unacked"] == 0 for one in shown()["queues"])

    assert becomes_true(is_quiet)
    found = shown()
    assert set(found["processes"]) == {
        "supervisor",
        "worker-1",
        "worker-2",
        "worker-3",
        "worker-4",
        "relay-1",
        "api-1",
        "sender-1",
    }
    assert all(one["pid"] for one in found["processes"].values())
    heard = {(one["consumer"], one["upstream"]) for one in found["queues"]}
    assert heard == {(one["service"], one["upstream"]) for one in found["inboxes"]}
    assert {(one["consumers"], one["missing"]) for one in found["queues"]} == {(8, 0)}
    assert (found["broker"], found["dead_letters"]) == (None, 0)
    assert set(found["relays"]) == set(found["services"])
    assert {tuple(one.values()) for one in found["relays"].values()} == {(0, 0.0)}
    assert len(found["inboxes"]) == 8 * len(heard)
    assert {(one["events"], one["seconds"]) for one in found["inboxes"]} == {(0, 0.0)}
    said = township.shouwang("status").stdout
    for word in ("supervisor", "visits←registry", "dead letters: 0", "unacked"):
        assert word in said


def test_the_verdict_names_a_relay_that_stands_and_the_age_is_of_the_recording(township: Fleet):
    assert becomes_true(township.is_settled)
    assert becomes_true(lambda: township.shouwang("status").returncode == 0, 90), township.shouwang(
        "status"
    ).stdout
    assert township.shouwang("status").stdout.startswith("正常")
    relay = township.processes()["relay-1"]["pid"]
    os.kill(relay, signal.SIGSTOP)
    try:
        assert township.call("POST", "/elders/E2/absences", ABSENCE)[0] == 201
        (age,) = aged(township, "visits", 7_200)
        status = township.shouwang("status")
        said = status.stdout
        assert status.returncode == 1
        assert said.startswith("有问题")
        assert "relay_stands" in said
        assert "2 小时" in said
        assert age >= 7_200
        assert becomes_true(lambda: township.call("GET", "/readyz")[1].get("well") is False, 30)
        kinds = {(one["kind"], one["about"]) for one in township.call("GET", "/readyz")[1]["findings"]}
        assert ("relay_stands", "visits") in kinds
    finally:
        os.kill(relay, signal.SIGCONT)
    assert becomes_true(township.is_settled)
    assert becomes_true(lambda: township.shouwang("status").returncode == 0)


def aged(fleet: Fleet, service: str, seconds: int) -> list[float]:
    """As if what was recorded last had been recorded so long ago; how long the relay is behind then."""
    roles = json.loads(fleet.settings.roles.read_text())
    with psycopg.connect(roles[service], autocommit=True) as connection:
        connection.execute(
            "UPDATE commits SET at = at - %s WHERE position >"
            " (SELECT notification_id FROM tracking WHERE application_name = 'relay')",
            (seconds,),
        )
    return [json.loads(fleet.shouwang("status", "--json").stdout)["relays"][service]["seconds"]]


def test_what_the_broker_gave_up_is_listed_shown_and_handed_in_again(township: Fleet):
    assert becomes_true(township.is_settled)
    left = json.loads(township.settings.left.read_text())
    settings = Settings(roles=township.settings.roles, data=township.settings.folder)
    with opened(settings) as house:
        partition, (told, *_) = next(
            (part, held) for part in range(8) if (held := house.services["registry"].relay.pull(part, 0))
        )
        before = house.services["risk"].log.size()
    queue = f"shouwang.risk.registry.{partition}"
    with connected(Connection(left["amqp_url"])) as made:
        headers = {"x-first-death-queue": queue, "x-first-death-reason": "delivery_limit"}
        body = told.model_dump_json().encode()
        channel = made.channel()
        channel.basic_publish(Message(body, application_headers=headers), "shouwang.dead", "")
        channel.close()
    assert json.loads(township.shouwang("status", "--json").stdout)["dead_letters"] == 1
    listed = township.shouwang("parked", "list").stdout
    assert f"dead letter of {queue}: delivery_limit" in listed
    assert json.loads(township.shouwang("status", "--json").stdout)["dead_letters"] == 0
    place = next(word for word in listed.split() if "/dead-" in word)
    shown = township.shouwang("parked", "show", "risk", place)
    assert (told.id in shown.stdout, queue in shown.stderr) == (True, True)
    again = township.shouwang("parked", "retry", "risk", place)
    assert (again.returncode, again.stdout) == (0, "已处理 handled: 1\n")
    with opened(settings) as house:
        assert house.services["risk"].log.size() == before
        assert house.services["risk"].parked.list() == []


def test_migrating_again_says_that_there_is_nothing_to_do_and_refuses_a_newer_database(township: Fleet):
    assert township.shouwang("migrate").stdout == "已是最新 nothing to do\n"
    roles = json.loads(township.settings.roles.read_text())
    with psycopg.connect(roles["risk"], autocommit=True) as connection:
        connection.execute("INSERT INTO migrations VALUES ('risk/9999_later', 'x')")
        refused = township.shouwang("migrate")
        connection.execute("DELETE FROM migrations WHERE name = 'risk/9999_later'")
    assert refused.returncode == 2
    assert "run a newer version" in " ".join(refused.stderr.split())
    assert "Traceback" not in refused.stderr


def test_migrating_a_new_database_twice_at_once_applies_every_file_once_and_makes_one_token(
    township: Fleet, tmp_path: Path
):
    urls = json.loads((township.settings.servers / township.settings.name / "servers.json").read_text())
    with psycopg.connect(urls["database_url"], autocommit=True) as admin:
        admin.execute("CREATE DATABASE twice")
    environ = township.environ | {
        "SHOUWANG_AMQP_URL": urls["amqp_url"],
        "SHOUWANG_DATABASE_URL": urls["database_url"].rsplit("/", 1)[0] + "/twice",
        "SHOUWANG_FLEET_FOLDER": str(tmp_path / "fleet"),
        "SHOUWANG_FLEET": str(tmp_path / "fleet" / "settings.json"),
    }
    other = Fleet(township.settings.model_copy(update={"folder": tmp_path / "fleet"}), environ)
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: other.shouwang("migrate"), range(2)))
    assert [one.returncode for one in runs] == [0, 0], runs
    lines = [line for one in runs for line in one.stdout.splitlines()]
    applied = [f"{name}: {one.name}" for name in SERVICES for one in shipped(name)]
    assert sorted(lines) == sorted([*applied, "已是最新 nothing to do"])
    assert len(other.settings.token.read_text().strip()) > 40


@pytest.mark.parametrize("name", ["worker-2", "relay-1", "api-1"])
def test_a_process_that_is_killed_comes_back_and_nothing_is_lost_or_doubled(township: Fleet, name: str):
    before = township.processes()[name]["pid"]

    def post(number: int) -> bool:
        path = f"/visits/k-{name}-{number}"
        return becomes_true(lambda: township.call("PUT", path, visit(f"E{number % 8}"))[0] in {200, 201})

    with ThreadPoolExecutor(8) as pool:
        posted = pool.map(post, range(40))
        os.kill(before, signal.SIGKILL)
        assert all(posted)
    assert becomes_true(lambda: township.processes()[name]["pid"] not in {None, before})
    assert becomes_true(township.is_settled), township.shouwang("status").stdout
    assert township.shouwang("verify").returncode == 0
    settings = Settings(roles=township.settings.roles, data=township.settings.folder)
    with opened(settings) as house:
        rows = house.views("visits", "SELECT visit FROM visits WHERE visit LIKE ?", f"k-{name}-%")
    assert sorted(row["visit"] for row in rows) == sorted(f"k-{name}-{number}" for number in range(40))


def test_the_real_servers_come_to_the_same_facts(township: Fleet, tmp_path: Path):
    """Of five weeks, in which every duty opens and is met, missed and reconciled; `make faults`: of the quarter."""
    until = "2024-04-02" if os.environ.get("SHOUWANG_FAULTS") == "all" else "2024-02-05"
    scenarios = Path(__file__).parents[2] / "acceptance" / "scenarios"
    out, expected = tmp_path / "facts.jsonl", tmp_path / "expected.jsonl"
    facts = (scenarios / "first-quarter.facts.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    known = (line for line in facts if day_of(json.loads(line)) <= until)
    expected.write_text("".join(known), encoding="utf-8")
    played = township.shouwang(
        *("simulate", str(scenarios / "first-quarter.jsonl"), "--until", until),
        *("--out", str(out), "--full"),
    )
    assert played.returncode == 0, played.stdout + played.stderr
    compare = [sys.executable, str(scenarios.parent / "compare.py"), str(expected), str(out)]
    compared = subprocess.run(compare, capture_output=True, text=True, check=False)
    assert compared.returncode == 0, compared.stdout


def day_of(fact: dict) -> str:
    return (fact.get("on") or fact["at"])[:10]


def test_a_second_up_changes_nothing(township: Fleet):
    before = {name: one["pid"] for name, one in township.processes().items()}
    assert township.shouwang("up").returncode == 0
    assert {name: one["pid"] for name, one in township.processes().items()} == before
