"""The real servers that the full mode and its tests need: RabbitMQ and PostgreSQL, given or private."""

from services.servers.errors import ServersError
from services.servers.sets import Given, Servers, SetState
from services.servers.state import Urls

__all__ = ["Given", "Servers", "ServersError", "SetState", "Urls"]
