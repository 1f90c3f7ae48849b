"""eventlet enters here alone, without the warning that it is deprecated (docs/adr/0001 says why and what then)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=r"[\s\S]*Eventlet is deprecated")
    from eventlet import greenthread
    from eventlet.event import Event as _Event
    from eventlet.green import select as _select
    from eventlet.semaphore import Semaphore as _Semaphore

sleep: Callable[[float], None] = greenthread.sleep  # pyright: ignore[reportAssignmentType] - typed int there
Event: Callable[[], Any] = _Event
Semaphore: Callable[[int], Any] = _Semaphore


def wait_for(sockets: Iterable[Any], seconds: float) -> None:
    """Until something arrives at one of them; where there is none, that long."""
    open_ = [one for one in sockets if one is not None and one.fileno() >= 0]
    if open_:
        _select.select(open_, [], [], seconds)
    else:
        sleep(seconds)
