"""What became of an attempt: three states, each with a fixed word that may stand in logs, metrics and on pages."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from services.notify.channels.addresses import AddressRefused, NameUnknown


@dataclass(frozen=True)
class Sent:
    """送达: the other side took it."""

    word: str = "sent"


@dataclass(frozen=True)
class Retry:
    """It may go well later; `after` seconds where the other side said when."""

    word: str
    after: float | None = None


@dataclass(frozen=True)
class Failed:
    """It will not go well unless a person changes something."""

    word: str


Outcome = Sent | Retry | Failed


def of_network(error: OSError) -> Outcome:
    """What an attempt came to that never had an answer."""
    for kind, outcome in _OF_NETWORK:
        if isinstance(error, kind):
            return outcome
    return Retry("no_connection")


_OF_NETWORK: tuple[tuple[type[OSError], Outcome], ...] = (
    (AddressRefused, Failed("address_refused")),
    (NameUnknown, Retry("name_unknown")),
    (TimeoutError, Retry("timeout")),
    (ssl.SSLCertVerificationError, Failed("certificate")),
)
