"""How messages leave: the in-app inbox is the read model itself; what leaves the house goes by the files here."""

from services.notify.channels.local import Channel, LogChannel

__all__ = ["Channel", "LogChannel"]
