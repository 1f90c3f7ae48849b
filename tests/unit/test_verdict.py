"""Given what is known of a house, then its verdict: nothing where all is well, else what is wrong."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.chassis.verdict import FindingKind, Watch
from services.house.verdict import PATIENCE_SECONDS, Flow, Surroundings, findings_of
from services.kernel.calendar import SHANGHAI

NOW = datetime(2024, 3, 5, 9, tzinfo=SHANGHAI)
UP = {
    "pid": 7,
    "ready": True,
    "starts": 1,
    "since": "2024-03-01T08:00:00+08:00",
    "log": "relay-1.log",
    "ended": None,
}
QUEUE = {"consumer": "risk", "upstream": "registry", "ready": 0, "unacked": 0, "consumers": 8, "missing": 0}
INBOX = {
    "service": "risk",
    "upstream": "registry",
    "partition": "0",
    "position": 5,
    "events": 0,
    "seconds": 0.0,
}
WELL: Mapping[str, Any] = {
    "relays": {"visits": {"events": 0, "seconds": 0.0}},
    "inboxes": [INBOX],
    "parked": {"visits": 0},
    "turned": {"registry": date(2024, 3, 5), "risk": None},
    "processes": {"supervisor": UP, "relay-1": UP},
    "queues": [QUEUE],
    "is_running": True,
}
ENDED = {"at": "2024-03-05T08:58:00+08:00", "code": 2, "said": "refuses to run: no room"}
OF_FLOW = ("relays", "inboxes", "parked", "turned")


def found(**other: Any) -> list[tuple[FindingKind, str]]:
    facts = WELL | other
    flow = Flow(**{name: facts[name] for name in OF_FLOW})
    around = Surroundings(**{name: value for name, value in facts.items() if name not in OF_FLOW})
    findings = findings_of(flow, around, NOW)
    assert all(one.said and one.first for one in findings)
    return [(one.kind, one.about) for one in findings]


def test_all_is_well():
    assert found() == []
    assert found(processes={}, queues=[], is_running=False) == []


@pytest.mark.parametrize(
    ("wrong", "kind", "about"),
    [
        (
            {"processes": {"supervisor": UP | {"pid": None}, "api-1": UP}},
            FindingKind.SUPERVISOR_GONE,
            "supervisor",
        ),
        ({"processes": {"supervisor": UP, "api-1": UP | {"pid": None}}}, FindingKind.PROCESS_DOWN, "api-1"),
        (
            {"processes": {"supervisor": UP, "api-1": UP | {"ended": ENDED}}},
            FindingKind.PROCESS_ENDED,
            "api-1",
        ),
        (
            {"standing": [{"service": "risk", "entrypoint": "hear", "process": "worker-1", "seconds": 40.0}]},
            FindingKind.RAISES,
            "risk.hear",
        ),
        (
            {"relays": {"visits": {"events": 3, "seconds": PATIENCE_SECONDS}}},
            FindingKind.RELAY_STANDS,
            "visits",
        ),
        ({"inboxes": [INBOX | {"events": 2, "seconds": 90.0}]}, FindingKind.INBOX_STANDS, "risk←registry"),
        ({"broker": "ConnectionRefusedError"}, FindingKind.BROKER_AWAY, "broker"),
        ({"refuses": "BrokerRefused: memory"}, FindingKind.BROKER_REFUSES, "broker"),
        ({"queues": [QUEUE | {"consumers": 0}]}, FindingKind.QUEUE_UNHEARD, "risk←registry"),
        ({"queues": [QUEUE | {"missing": 1}]}, FindingKind.QUEUE_UNHEARD, "risk←registry"),
        ({"parked": {"visits": 2}}, FindingKind.PARKED, "visits"),
        ({"dead_letters": 1}, FindingKind.DEAD_LETTERS, "broker"),
        ({"turned": {"registry": date(2024, 3, 3)}}, FindingKind.DAYS_BEHIND, "registry"),
    ],
)
def test_what_is_wrong_is_found(wrong: dict[str, Any], kind: FindingKind, about: str):
    assert found(**wrong) == [(kind, about)]


def test_what_waits_for_a_moment_is_the_usual_course():
    assert found(relays={"visits": {"events": 30, "seconds": 2.0}}) == []
    assert found(inboxes=[INBOX | {"events": 2, "seconds": 1.0}]) == []


def test_an_end_of_long_ago_is_no_trouble_any_more():
    before = ENDED | {"at": "2024-03-05T08:40:00+08:00"}
    assert found(processes={"supervisor": UP, "api-1": UP | {"ended": before}}) == []


def test_days_of_a_house_that_nobody_runs_are_not_behind():
    assert found(turned={"registry": date(2023, 1, 1)}, is_running=False, processes={}, queues=[]) == []


def test_a_day_is_turned_some_time_after_midnight():
    flow = Flow({}, [], {}, {"registry": date(2024, 3, 4)})
    around = Surroundings(is_running=True)
    assert findings_of(flow, around, NOW.replace(hour=0)) == []
    assert findings_of(flow, around, NOW.replace(hour=3))


def test_a_process_that_ended_says_what_it_said_last():
    around = Surroundings(processes={"supervisor": UP, "api-1": UP | {"pid": None, "ended": ENDED}})
    (finding,) = findings_of(Flow({}, [], {}, {}), around, NOW)
    assert "refuses to run: no room" in finding.said
    assert "relay-1.log" in finding.first


def test_a_database_that_cannot_be_asked_is_a_finding_and_is_asked_again():
    asked: list[int] = []

    def look() -> list[Any]:
        asked.append(1)
        if len(asked) == 1:
            raise OSError("away")
        return []

    watch = Watch(look)
    assert watch.verdict is None
    watch.look()
    assert watch.verdict
    assert [one.kind for one in watch.verdict.findings] == [FindingKind.DATABASE_AWAY]
    watch.look()
    assert watch.verdict.findings == ()


def test_every_kind_has_its_section_in_the_docs_for_operators():
    text = (Path(__file__).parents[2] / "docs" / "status.md").read_text(encoding="utf-8")
    sections = {line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")}
    assert sections == {kind.value for kind in FindingKind}
