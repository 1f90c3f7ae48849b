"""Which entrypoint raises without end is counted and shown; one success ends it."""

from services.chassis.metrics.registry import Metrics
from services.chassis.service import Raising
from services.house.house import opened
from services.house.settings import Settings


def test_what_succeeds_once_raises_no_more():
    raising = Raising()
    for _ in range(3):
        raising.raised("hear")
    assert raising.errors["hear"] == 3
    assert raising.seconds("hear") > 0
    assert raising.seconds("tell") == 0
    raising.succeeded("hear")
    assert (raising.errors["hear"], raising.seconds("hear")) == (3, 0)


def test_a_process_shows_which_entrypoint_raises_and_whether_the_broker_blocks():
    metrics = Metrics()
    with opened(Settings(data=None)) as house:
        visits = house.services["visits"]
        metrics.own.watch_service(visits)
        visits.raising.raised("hear")
        shown = metrics.page().body.decode()
    assert 'shouwang_entrypoint_errors_total{entrypoint="hear",service="visits"} 1.0' in shown
    assert 'shouwang_raising_seconds{entrypoint="hear",service="visits"}' in shown
    assert 'shouwang_broker_blocked{service="visits"} 0.0' in shown
