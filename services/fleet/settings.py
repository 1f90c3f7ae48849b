"""How a fleet is spread over processes, and where it keeps its own files: read from SHOUWANG_FLEET_…"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.settings import SettingsError, validated

PREFIX = "SHOUWANG_FLEET_"
SERVICES = ("registry", "risk", "visits", "notify")
Groups = tuple[tuple[str, ...], ...]
METRICS_BEYOND = 870
"""From the port of the first api to that of the first metrics, where only the one is said."""
SENDERS = 1


class FleetSettings(BaseModel):
    """Each group of services shares a process; a group named twice runs twice.

    `township` is named where there are several (SHOUWANG_TOWNSHIP): its fleet has a folder, a database and queues of
    its own on the same servers, and needs ports of its own.
    `port` is that of the first api, and moves all others with it; `up` keeps it in the folder for whoever comes later.
    `metrics_port` is that of the first process's metrics; each further one has the next. 0: none shows any.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    township: str = ""
    folder: Path = Path("var/fleet")
    servers: Path = Path("var/servers")
    name: str = "main"
    workers: Groups = (("registry", "risk"), ("visits",), ("notify",))
    relays: Groups = (SERVICES,)
    apis: Groups = (SERVICES,)
    port: int = Field(default=8600, ge=1, le=65535)
    metrics_port: int = Field(default_factory=lambda fields: fields["port"] + METRICS_BEYOND)

    @property
    def ports(self) -> dict[int, str]:
        """Every port that its processes listen on, with the setting that moves it."""
        apis = {self.port + number: f"{PREFIX}PORT={self.port}" for number in range(len(self.apis))}
        if not self.metrics_port:
            return apis
        shown = range(sum(map(len, (self.workers, self.relays, self.apis))) + SENDERS)
        metrics = {
            self.metrics_port + number: f"{PREFIX}METRICS_PORT={self.metrics_port}" for number in shown
        }
        return apis | metrics

    @property
    def kept_port(self) -> Path:
        """Where `up` keeps the port, so that it is said once."""
        return self.folder / "port"

    @property
    def instance(self) -> Path:
        """What tells this fleet's answers from another's: made with the folder, no secret."""
        return self.folder / "instance"

    @property
    def roles(self) -> Path:
        """The services' PostgreSQL roles, with their passwords."""
        return self.folder / "roles.json"

    @property
    def token(self) -> Path:
        """The token that callers of HTTP show."""
        return self.folder / "token"

    @property
    def left(self) -> Path:
        """What other commands of this folder take their settings from while the fleet is up."""
        return self.folder / "settings.json"


def read_fleet_settings(environ: Mapping[str, str]) -> FleetSettings:
    """`SHOUWANG_FLEET_WORKERS=registry,risk;visits;notify` and so on; raises SettingsError."""
    township = environ.get("SHOUWANG_TOWNSHIP", "")
    values: dict[str, object] = {"township": township}
    if township:
        values["folder"] = f"var/fleet-{township}"
    for key, value in environ.items():
        name = key.removeprefix(PREFIX).lower()
        if key.startswith(PREFIX):
            is_groups = name in {"workers", "relays", "apis"}
            values[name] = [group.split(",") for group in value.split(";")] if is_groups else value
    fleet = validated(FleetSettings, PREFIX, values)
    if "port" not in values and fleet.kept_port.exists():
        fleet = validated(FleetSettings, PREFIX, values | {"port": fleet.kept_port.read_text().strip()})
    unknown = {
        name for groups in (fleet.workers, fleet.relays, fleet.apis) for group in groups for name in group
    }
    if unknown - set(SERVICES):
        raise SettingsError(f"没有这些服务 / no such services: {', '.join(sorted(unknown - set(SERVICES)))}")
    return fleet.model_copy(update={"folder": fleet.folder.resolve(), "servers": fleet.servers.resolve()})
