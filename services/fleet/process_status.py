"""What `shouwang status` shows of a fleet beyond its logs: whether each process runs, and what waits in the broker."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from kombu.connection import Connection
from prometheus_client.parser import text_string_to_metric_families

from services.chassis.messaging.amqp import BROKER_ERRORS, BrokerRefused, audit
from services.chassis.messaging.depths import Depths, depths, with_unacked
from services.chassis.metrics.names import RAISING_SECONDS
from services.fleet.deploy import TARGETS, supervisor_of
from services.fleet.settings import FleetSettings
from services.fleet.supervisor import standing
from services.house.house import CONSUMERS
from services.house.settings import Settings
from services.house.verdict import Surroundings
from services.servers import Given, Servers, ServersError


def processes(fleet: FleetSettings) -> dict[str, dict[str, Any]]:
    """The supervisor and what it keeps up; where it is gone so are they, whatever it wrote last."""
    last_written = standing(fleet.folder)
    if not last_written:
        return {}
    pid = supervisor_of(fleet).pid()
    log = str(fleet.folder / "supervisor.log")
    supervisor: dict[str, Any] = {"pid": pid, "starts": 1, "since": None, "log": log}
    kept = {name: process if pid else {**process, "pid": None} for name, process in last_written.items()}
    return {"supervisor": supervisor, **kept}


def surroundings(fleet: FleetSettings, settings: Settings, broker: Mapping[str, Any]) -> Surroundings:
    """What a verdict takes of a fleet, with what `queues` says; empty where commands work on a house in one process."""
    if settings.roles is None:
        return Surroundings()
    kept = processes(fleet)
    return Surroundings(
        processes=kept,
        standing=standing_still(fleet),
        queues=broker["queues"],
        broker=broker["broker"],
        refuses=broker.get("refuses"),
        dead_letters=broker["dead_letters"] or 0,
        is_running=bool(kept),
    )


STANDS_SECONDS = 10.0
"""What has raised for so long, and never succeeded between, stands."""


def standing_still(fleet: FleetSettings) -> list[dict[str, Any]]:
    """Which entrypoint of which service raises without end, and for how many seconds, by each process's own metrics."""
    try:
        targets = json.loads((fleet.folder / TARGETS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [
        {"process": target["labels"]["process"], "seconds": seconds, **labels}
        for target in targets
        for labels, seconds in _raising(target["targets"][0])
        if seconds >= STANDS_SECONDS
    ]


def _raising(address: str) -> Iterator[tuple[dict[str, str], float]]:
    """By service and entrypoint; nothing of a process that does not answer: that it is gone is shown elsewhere."""
    try:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=2) as answer:
            text = answer.read().decode()
    except (urllib.error.URLError, OSError):
        return
    for family in text_string_to_metric_families(text):
        if family.name == RAISING_SECONDS.name:
            yield from ((sample.labels, sample.value) for sample in family.samples)


def queues(fleet: FleetSettings, settings: Settings, environ: Mapping[str, str]) -> dict[str, Any]:
    """`queues`, `dead_letters`, and in `broker` why it does not answer; nothing where a house lives in one process."""
    if settings.roles is None:
        return {}
    try:
        waiting = depths(Connection(settings.amqp_url), settings.namespace, CONSUMERS)
    except BROKER_ERRORS as error:
        return {"broker": f"{type(error).__name__}: {error}", "queues": [], "dead_letters": None}
    waiting = _with_unacked(waiting, fleet, settings, environ)
    return {
        "broker": None,
        "refuses": _refuses(settings),
        "queues": [asdict(queue) for queue in waiting.queues],
        "dead_letters": waiting.dead,
    }


def _refuses(settings: Settings) -> str | None:
    """Why the broker takes nothing, or does not pass it on, though it answers, such as an alarm; None: it does."""
    try:
        audit(Connection(settings.amqp_url), settings.namespace, CONSUMERS)
    except (BrokerRefused, *BROKER_ERRORS) as error:
        return f"{type(error).__name__}: {error}"
    return None


def _with_unacked(
    waiting: Depths, fleet: FleetSettings, settings: Settings, environ: Mapping[str, str]
) -> Depths:
    """Where the broker is ours to ask; AMQP itself tells nobody what is in hand."""
    try:
        rabbit = Servers(fleet.servers, fleet.name, Given.by(environ)).rabbit
        if rabbit.url != settings.amqp_url:
            return waiting
        return with_unacked(waiting, settings.namespace, rabbit.unacked())
    except ServersError:
        return waiting
