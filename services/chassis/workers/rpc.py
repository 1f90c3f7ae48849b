"""Rare questions between services, over nameko's RPC: what an upstream published after a position."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from nameko.exceptions import RpcTimeout
from nameko.standalone.rpc import ServiceRpcProxy

from contracts.envelope import Envelope
from services.chassis.settings import ServiceSettings

ANSWER_SECONDS = 5


def nameko_config(settings: ServiceSettings) -> dict[str, Any]:
    """What nameko needs to be reached over the broker, in this township's namespace."""
    return {
        "AMQP_URI": settings.amqp_url,
        "rpc_exchange": f"{settings.namespace}.rpc",
        "HEARTBEAT": 10,
        "ACCEPT": ["json"],
        "serializer": "json",
    }


class UpstreamAway(ConnectionError):
    """No worker of the upstream answered: it is asked again later."""


class Asking:
    """Asks an upstream's worker over one connection, which is kept, and made again where it failed."""

    def __init__(self, upstream: str, settings: ServiceSettings) -> None:
        self._upstream = upstream
        self._settings = settings
        self._asked: Any = None
        self._proxy: Any = None

    def pull(self, partition: int, after: int) -> list[Envelope]:
        """What was published in a partition after a position; raises UpstreamAway where nobody says."""
        is_kept = self._proxy is not None
        try:
            return self._pull(partition, after)
        except RpcTimeout as error:
            raise self._away(error) from error
        except Exception as error:
            away = self._away(error)
            if not is_kept:
                raise away from error
        return self._pull_anew(partition, after)

    def _pull_anew(self, partition: int, after: int) -> list[Envelope]:
        try:
            return self._pull(partition, after)
        except Exception as error:
            raise self._away(error) from error

    def _pull(self, partition: int, after: int) -> list[Envelope]:
        if self._proxy is None:
            self._asked = ServiceRpcProxy(
                self._upstream, nameko_config(self._settings), timeout=ANSWER_SECONDS
            )
            self._proxy = self._asked.start()
        return [Envelope.model_validate(envelope) for envelope in self._proxy.pull(partition, after)]

    def _away(self, error: Exception) -> UpstreamAway:
        """The connection is let go."""
        self.close()
        return UpstreamAway(f"{self._upstream}: {type(error).__name__}: {error}")

    def close(self) -> None:
        """Lets the connection go; the next question makes another one."""
        with suppress(Exception):
            self._asked.stop()
        self._asked = self._proxy = None
