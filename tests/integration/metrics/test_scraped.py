"""Scraped by a real Prometheus, two processes of one township: every sum is right, and the rules can be evaluated."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from services.house.house import opened
from services.house.settings import Settings
from tests.integration.metrics.prometheus import RULES, Prometheus, program, prometheus
from tests.unit.http.village import peopled

ROOT = Path(__file__).parents[3]
ELDERS, LEADER, OTHER = 5, 3, 4


@contextmanager
def face(data: Path, first: int, count: int, role: str) -> Iterator[str]:
    """A process that took `count` visits; where it shows its metrics."""
    command = [
        sys.executable,
        "-m",
        "tests.integration.metrics.face",
        str(data),
        str(first),
        str(count),
        role,
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port, "the process ended before it served"
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
    assert process.returncode == 0


@pytest.fixture(scope="module")
def township(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("township")
    peopled(data, ELDERS)
    return data


@pytest.fixture(scope="module")
def scraping(township: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    program("prometheus")
    with ExitStack() as stack:
        other = stack.enter_context(face(township, 100, OTHER, "other"))
        leader = stack.enter_context(face(township, 200, LEADER, "lead"))
        running = stack.enter_context(prometheus(tmp_path_factory.mktemp("prometheus"), [leader, other]))
        running.wait_for(lambda: running.value("sum(up)") == 2)
        yield running


def test_what_each_process_counts_is_summed(scraping: Prometheus):
    accepted = 'shouwang_commands_total{service="visits",outcome="accepted"}'
    assert scraping.value(f"count({accepted})") == 2
    assert scraping.value(f"sum({accepted})") == LEADER + OTHER
    assert scraping.value('sum(shouwang_commit_commands_count{service="visits"})') == LEADER + OTHER
    assert scraping.value('sum(shouwang_commit_commands_sum{service="visits"})') == LEADER + OTHER


def test_what_is_read_is_shown_by_one_process_and_is_what_the_log_says(scraping: Prometheus, township: Path):
    with opened(Settings(data=township)) as house:
        logs = {name: service.log for name, service in house.services.items()}
        duties = logs["visits"].query("SELECT COUNT(*) AS number FROM duties")[0]["number"]
        for name, log in logs.items():
            behind = len(log.events(log.relayed(), 1000))
            assert scraping.value(f'sum(shouwang_log_position{{service="{name}"}})') == log.size()
            assert scraping.value(f'sum(shouwang_relay_lag_events{{service="{name}"}})') == behind
    assert scraping.value('sum(shouwang_duties{status!=""})') == duties
    assert scraping.value('sum(shouwang_elders{status="certified"})') == ELDERS
    assert scraping.value("count(count by (instance) (shouwang_log_position))") == 1
    assert scraping.value("sum(shouwang_missing_events)") == 0


def test_both_say_whether_the_database_answers(scraping: Prometheus):
    assert scraping.value("sum(shouwang_database_up)") == 8


def test_prometheus_has_nothing_to_complain_of(scraping: Prometheus):
    targets = scraping.get("targets")["activeTargets"]
    assert [(one["health"], one["lastError"]) for one in targets] == [("up", "")] * 2
    scraping.wait_for(lambda: all(rule["health"] != "unknown" for rule in rules_of(scraping)))
    assert {rule["health"] for rule in rules_of(scraping)} == {"ok"}


def rules_of(running: Prometheus) -> list[dict]:
    return [rule for group in running.get("rules")["groups"] for rule in group["rules"]]


def test_promtool_takes_the_rules_and_the_configuration():
    for what, file in (("rules", RULES), ("config", RULES.with_name("prometheus.yml"))):
        done = subprocess.run(
            [program("promtool"), "check", what, str(file)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_are_raised_when_they_should_be_and_not_before():
    file = RULES.with_name("rules_test.yml")
    tested = re.findall(r'alertname[:=] *"?(\w+)', file.read_text(encoding="utf-8"))
    assert set(re.findall(r"alert: (\w+)", RULES.read_text(encoding="utf-8"))) <= {*tested}
    done = subprocess.run(
        [program("promtool"), "test", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
