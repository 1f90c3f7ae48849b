"""eventlet enters here alone, without the warning that it is deprecated (docs/adr/0001 says why and what then)."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=r"[\s\S]*Eventlet is deprecated")
    from eventlet import greenthread
    from eventlet.event import Event as _Event

sleep: Callable[[float], None] = greenthread.sleep  # pyright: ignore[reportAssignmentType] - typed int there
Event: Callable[[], Any] = _Event
