"""What of eventlet the chassis uses, imported without its warning that it is deprecated (docs/adr/0001)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=r"[\s\S]*Eventlet is deprecated")
    from eventlet import greenthread, listen, spawn, tpool, wsgi
    from eventlet.event import Event as _Event
    from eventlet.green import select as _select
    from eventlet.greenpool import GreenPool
    from eventlet.semaphore import Semaphore

sleep: Callable[[float], None] = greenthread.sleep  # pyright: ignore[reportAssignmentType] - typed int there
Event: Callable[[], Any] = _Event

A = TypeVar("A")
B = TypeVar("B")


class Wake:
    """Ends one greenlet's pause early; set many times before it waits, it counts once."""

    def __init__(self) -> None:
        self._semaphore: Any = Semaphore(0)

    def set(self) -> None:
        """The next wait, or the one that is under way, ends at once."""
        if not self._semaphore.balance > 0:
            self._semaphore.release()

    def wait(self, seconds: float) -> None:
        """At most that long."""
        self._semaphore.acquire(timeout=seconds)


class WsgiServer:
    """Serves from a greenlet until it is closed; `options` are those of eventlet's server."""

    def __init__(self, application: Any, host: str, port: int, **options: Any) -> None:
        self._socket: Any = listen((host, port))
        self.port: int = self._socket.getsockname()[1]
        self._thread: Any = spawn(wsgi.server, self._socket, application, **options)
        sleep(0)

    def close(self) -> None:
        """Gives the port free."""
        self._thread.kill()
        self._socket.close()


def each_in_a_thread(work: Callable[[A], B], given: Iterable[A]) -> list[B]:
    """As `map`, each in a thread of the system at the same time, while the other greenlets go on."""

    def run(item: A) -> Any:
        return tpool.execute(work, item)

    done: Any = GreenPool().imap(run, given)
    return list(done)


def wait_for(sockets: Iterable[Any], seconds: float) -> None:
    """Until something arrives at one of them; where there is none, that long."""
    open_sockets = [socket for socket in sockets if socket is not None and socket.fileno() >= 0]
    if open_sockets:
        _select.select(open_sockets, [], [], seconds)
    else:
        sleep(seconds)
