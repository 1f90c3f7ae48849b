"""A worker process under eventlet: hears what a pair's upstream tells, until it is ended; says how far it is.

Run as `python -m tests.integration.rabbit.listener <amqp url> <namespace> <folder>`.
"""

import sys
import warnings

warnings.filterwarnings("ignore", message=r"[\s\S]*Eventlet is deprecated")
import eventlet  # noqa: E402 - after its warning is ignored

eventlet.monkey_patch()

from pathlib import Path  # noqa: E402 - after the patch
from time import monotonic  # noqa: E402
from types import SimpleNamespace  # noqa: E402
from typing import Any  # noqa: E402

from kombu import Connection  # noqa: E402
from nameko.rpc import rpc  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402

from services.chassis.log.event_log import EventLog  # noqa: E402
from services.chassis.log.recorder import SQLiteRecorder  # noqa: E402
from services.chassis.messaging.inbox import Inbox  # noqa: E402
from services.chassis.messaging.queues import STORE_SECONDS, MessageBatch, Subscription  # noqa: E402
from services.chassis.messaging.relay import Broker, Relay  # noqa: E402
from services.chassis.service import Raising  # noqa: E402
from services.chassis.workers.entrypoints import SERVICES, batch_heard  # noqa: E402
from services.chassis.workers.rpc import nameko_config  # noqa: E402
from services.house.settings import Settings  # noqa: E402
from tests.integration.rabbit.pair import CONSUMERS, note, translate  # noqa: E402


class Listener:
    name = "down"

    @batch_heard
    def hear(self, batches: list[MessageBatch]) -> None:
        for batch in batches:
            batch.take()

    @rpc
    def pull(self, partition: int, after: int) -> list[Any]:
        """Nothing was told; but it answers."""
        if after < 0:
            raise ValueError(partition)
        return []


def main(url: str, namespace: str, folder: Path) -> None:
    broker = Broker(Connection(url), namespace, CONSUMERS)
    up, down = (EventLog(SQLiteRecorder(str(folder / f"{name}.db"), ())) for name in ("up", "down"))
    inbox = Inbox("up", down, note, Relay("up", up, translate, broker).pull, patience=STORE_SECONDS)
    config = nameko_config(Settings(amqp_url=url, namespace=namespace))
    subscriptions = [Subscription("down", inbox, broker)]
    wired = {
        SERVICES: {"down": SimpleNamespace(subscriptions=subscriptions, raising=Raising(), end=inbox.end)}
    }
    runner = ServiceRunner({**config, **wired})
    runner.add_service(Listener)
    runner.start()
    longest, before = 0.0, monotonic()
    while True:
        eventlet.sleep(0.01)
        longest, before = max(longest, monotonic() - before), monotonic()
        print(inbox.taken, f"{longest:.3f}", flush=True)  # noqa: T201 - for the test that started it


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
