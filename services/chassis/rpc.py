"""Rare questions between services, over nameko's RPC: what an upstream told after a position."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from services.chassis import green  # isort: skip - before nameko, which imports eventlet with its warning
from nameko.rpc import rpc
from nameko.standalone.rpc import ServiceRpcProxy

from contracts.envelope import Envelope
from services.chassis.entrypoints import Member, batch_heard, calm_tick
from services.chassis.inbox import Batch, Pull
from services.chassis.settings import Settings

__all__ = ["AnsweringWorker", "green", "nameko_config", "pull_over_rpc"]
ANSWER_SECONDS = 10


def nameko_config(settings: Settings) -> dict[str, Any]:
    """What nameko needs to be reached over the broker, in this township's namespace."""
    return {
        "AMQP_URI": settings.amqp_url,
        "rpc_exchange": f"{settings.namespace}.rpc",
        "HEARTBEAT": 10,
        "ACCEPT": ["json"],
        "serializer": "json",
    }


class AnsweringWorker:
    """The worker's face in full mode: hears, keeps time, and answers what its log told. Telling is the relay's."""

    name: ClassVar[str]
    member: Any = Member()

    @batch_heard
    def hear(self, batches: Sequence[Batch]) -> None:
        """Effects and position in one transaction, then the acknowledgement."""
        self.member.take(batches)

    @calm_tick
    def advance(self, now: datetime) -> None:
        """What time alone brings."""
        self.member.advance(now)

    @rpc
    def pull(self, partition: int, after: int) -> list[dict[str, Any]]:
        """What was told in a partition after a position."""
        return [one.model_dump(mode="json") for one in self.member.relay.pull(partition, after)]


def pull_over_rpc(upstream: str, settings: Settings) -> Pull:
    """Asks the upstream's worker; raises what nameko raises where none answers in time."""

    def pull(partition: int, after: int) -> list[Envelope]:
        asked: Any = ServiceRpcProxy(upstream, nameko_config(settings), timeout=ANSWER_SECONDS)
        with asked as proxy:
            return [Envelope.model_validate(one) for one in proxy.pull(partition, after)]

    return pull
