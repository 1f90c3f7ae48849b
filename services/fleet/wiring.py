"""What every process of a fleet is wired with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from kombu.connection import Connection

from services.chassis.application import Application
from services.chassis.log.event_log import EventLog
from services.chassis.messaging.amqp import connected, dead_letters, delete_queues
from services.chassis.messaging.relay import Broker
from services.chassis.metrics.databases import View, WatchedService
from services.chassis.metrics.registry import Metrics
from services.chassis.service import Blueprint
from services.house.house import CONSUMERS, blueprints
from services.house.settings import Settings
from services.notify.channels import LogChannel


class Refused(RuntimeError):
    """A process refuses to run: the message says why, and what to do."""


def broker_of(settings: Settings, workers: int = 1) -> Broker:
    """A connection of its own to the broker."""
    return Broker(Connection(settings.amqp_url), settings.namespace, CONSUMERS, workers)


def delete_namespace(url: str, namespace: str) -> None:
    """The queues and exchanges of a namespace, on a broker that others may share."""
    for consumer, upstreams in CONSUMERS.items():
        for upstream in upstreams:
            delete_queues(Connection(url), namespace, consumer, upstream)
    with connected(Connection(url)) as connection:
        channel = connection.channel()
        channel.queue_delete(dead_letters(namespace))
        for exchange in (namespace, dead_letters(namespace)):
            channel.exchange_delete(exchange)


def workers_of(name: str, groups: Iterable[Sequence[str]]) -> int:
    """How many workers share a service's queues."""
    return max(1, sum(name in group for group in groups))


def plans(names: Sequence[str], settings: Settings, metrics: Metrics) -> list[Blueprint]:
    """The blueprints of some services, each counted in this process's metrics."""
    wanted = [plan for plan in blueprints(settings, (LogChannel(),)) if plan.name in names]
    return [metrics.measured(plan) for plan in wanted]


def watched_service(
    plan: Blueprint, logs: Mapping[str, EventLog], application: Application, views: tuple[View, ...] = ()
) -> WatchedService:
    """A service as metrics and verdicts read it, with the logs of others that this process has open."""
    return WatchedService(
        name=plan.name,
        log=logs[plan.name],
        application=application,
        upstreams=plan.upstreams,
        turns_days="days" in plan.model.tables,
        reachable=logs,
        views=views,
    )


def show(serve: Callable[[Metrics, int, str], object], metrics: Metrics, settings: Settings) -> None:
    """Shows this process's metrics where the settings say; refuses to run where that port is taken."""
    if settings.metrics_port is None:
        return
    try:
        serve(metrics, settings.metrics_port, settings.metrics_host)
    except OSError as error:
        raise Refused(f"SHOUWANG_METRICS_PORT={settings.metrics_port}: {error.strerror}") from error
