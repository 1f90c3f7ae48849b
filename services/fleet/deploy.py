"""Bringing a fleet up and down: servers, schemas and roles, topology, then the processes under their supervisor."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kombu.connection import Connection

from services.chassis.messaging.amqp import declare
from services.chassis.migrations.databases import make_database, of_database, take_database_away
from services.chassis.migrations.migrate import migrate
from services.chassis.stores import bring_up_to_date
from services.fleet.compose import Compose
from services.fleet.connection_budget import audit_connections
from services.fleet.ports import audit_ports, holder_of
from services.fleet.settings import PREFIX, SERVICES, FleetSettings
from services.fleet.supervisor import STATE, ProcessSpec, Supervisor, standing
from services.fleet.wiring import Refused, delete_namespace
from services.house.house import CONSUMERS, blueprints
from services.house.settings import Settings, of_township, read_settings
from services.servers import Given, Servers, Urls
from services.servers.errors import ProgramsMissing
from services.servers.processes import OwnProcess, launch, tail
from services.servers.state import LOOPBACK

READY_SECONDS = 60
LOOPING_STARTS = 3
SENDING = ("notify",)
TARGETS = "prometheus-targets.json"
_WORDS = ("services.fleet", "supervise")


def bring_up(fleet: FleetSettings, environ: Mapping[str, str]) -> None:
    """Everything, and returns when it answers; what is up already stays up.

    Servers are those given, else of local programs, else of the distribution's; else all of it is in containers.
    """
    given, compose = Given.by(environ), Compose(fleet)
    is_given = bool(given.amqp or given.database)
    if compose.is_taken and not is_given:
        compose.up()
        return
    process = supervisor_of(fleet)
    if process.pid() is None:
        audit_ports(fleet, environ.get("SHOUWANG_HTTP_HOST", LOOPBACK))
    else:
        _refuse_to_move(fleet)
    try:
        urls = Servers(fleet.servers, fleet.name, given).up()
    except ProgramsMissing as missing:
        if is_given:
            raise
        compose.require(missing)
        compose.up()
        return
    prepare(fleet, urls)
    own = of_database(urls.database, fleet.township) if fleet.township else urls.database
    audit_connections(own, fleet, read_settings(environ))
    if process.pid() is not None:
        wait_until_ready(fleet)
        return
    _launch(process, fleet, environ)
    try:
        wait_until_ready(fleet)
    except Refused:
        bring_down(fleet, environ)  # half a fleet would go on dying in a loop
        raise


def _refuse_to_move(fleet: FleetSettings) -> None:
    port = fleet.kept_port.read_text(encoding="utf-8") if fleet.kept_port.exists() else str(fleet.port)
    if port != str(fleet.port):
        runs = f"本套进程正在端口 {port} 运行 this fleet runs at port {port}"
        raise Refused(f"{runs}; 换端口请先 to move it, first: shouwang down")


def _launch(process: OwnProcess, fleet: FleetSettings, environ: Mapping[str, str]) -> None:
    """Whatever earlier processes left is not this start's."""
    (fleet.folder / STATE).unlink(missing_ok=True)
    command = [sys.executable, "-m", *_WORDS, str(fleet.folder)]
    here = {
        f"{PREFIX}FOLDER": str(fleet.folder),
        f"{PREFIX}SERVERS": str(fleet.servers),
        f"{PREFIX}PORT": str(fleet.port),
    }
    launch(process, command, fleet.folder / "supervisor.log", {**environ, **here})


def bring_down(fleet: FleetSettings, environ: Mapping[str, str], *, erase: bool = False) -> None:
    """The processes, cleanly; then the servers, where they are ours. Containers all together."""
    compose = Compose(fleet)
    if compose.is_taken:
        compose.down(erase=erase)
        return
    others = beside(fleet)
    if erase and not fleet.township and others:
        folders = ", ".join(str(folder) for folder in others)
        raise Refused(f"其他乡的数据也在 / other townships have data on these servers: erase {folders} first")
    stop_processes(fleet)
    servers = Servers(fleet.servers, fleet.name, Given.by(environ))
    if erase and fleet.township:
        _take_township_away(fleet, servers.up())
    if not any(_stands(folder, fleet) for folder in others):
        servers.down(erase=erase and not fleet.township)


def beside(fleet: FleetSettings) -> list[Path]:
    """The folders of other townships' fleets that are beside this one's."""
    role_files = fleet.folder.parent.glob("fleet*/roles.json")
    return sorted(role_file.parent for role_file in role_files if role_file.parent != fleet.folder)


def _stands(folder: Path, fleet: FleetSettings) -> bool:
    return supervisor_of(fleet.model_copy(update={"folder": folder})).pid() is not None


def _take_township_away(fleet: FleetSettings, urls: Urls) -> None:
    take_database_away(urls.database, fleet.township, SERVICES)
    delete_namespace(urls.amqp, Settings.model_validate(of_township(fleet.township)).namespace)
    shutil.rmtree(fleet.folder)


def stop_processes(fleet: FleetSettings) -> None:
    """The processes alone."""
    process = supervisor_of(fleet)
    process.signal(signal.SIGTERM)
    if not process.is_gone_within(READY_SECONDS):
        raise Refused(
            f"监管进程没有停下 the supervisor does not end\n{tail(fleet.folder / 'supervisor.log')}"
        )
    fleet.left.unlink(missing_ok=True)


def prepare(fleet: FleetSettings, urls: Urls) -> list[str]:
    """Schemas, roles, read models, token, settings for others, topology; returns what was brought up to date.

    Two at once are safe: the second waits.
    """
    fleet.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (fleet.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _prepare(fleet, urls)


def _prepare(fleet: FleetSettings, urls: Urls) -> list[str]:
    own = of_township(fleet.township)
    database = make_database(urls.database, fleet.township) if fleet.township else urls.database
    applied = migrate(database, SERVICES, fleet.roles)
    rebuilt = [plan.name for plan in blueprints(Settings()) if bring_up_to_date(plan, fleet.roles)]
    applied += [f"{name}: 读模型已重建 read models were made again" for name in rebuilt]
    if not fleet.token.exists():
        _write_private(fleet.token, secrets.token_urlsafe(32) + "\n")
    if not fleet.instance.exists():
        _write_private(fleet.instance, secrets.token_hex(8))
    _write_private(fleet.kept_port, str(fleet.port))
    settings = {
        **own,
        "roles": str(fleet.roles),
        "amqp_url": urls.amqp,
        "data": str(fleet.folder),
    }
    _write_private(fleet.left, json.dumps(settings, indent=1, default=str) + "\n")
    _write_targets(fleet)
    declare(Connection(urls.amqp), Settings.model_validate(own).namespace, CONSUMERS)
    return applied


def supervise(fleet: FleetSettings) -> None:
    """In the foreground, until SIGTERM."""
    Supervisor(processes_of(fleet), fleet.folder).run()


def processes_of(fleet: FleetSettings) -> list[ProcessSpec]:
    """One a process."""
    environ = {"SHOUWANG_FLEET": str(fleet.left)}
    http = {"SHOUWANG_HTTP_TOKEN_FILE": str(fleet.token)}
    if fleet.instance.exists():
        http["SHOUWANG_HTTP_INSTANCE"] = fleet.instance.read_text(encoding="utf-8")
    specs: list[ProcessSpec] = []
    senders = (SENDING,) if read_settings(os.environ).channels else ()
    roles = (("worker", fleet.workers), ("relay", fleet.relays), ("api", fleet.apis), ("sender", senders))
    for role, groups in roles:
        for number, names in enumerate(groups):
            command = (sys.executable, "-m", "services.fleet", role, *names)
            port = {"SHOUWANG_HTTP_PORT": str(fleet.port + number)}
            metrics = (
                {"SHOUWANG_METRICS_PORT": str(fleet.metrics_port + len(specs))} if fleet.metrics_port else {}
            )
            more = http | port if role == "api" else {}
            specs.append(ProcessSpec(f"{role}-{number + 1}", command, environ | metrics | more))
    return specs


def supervisor_of(fleet: FleetSettings) -> OwnProcess:
    """The supervisor's process, by its pid file."""
    return OwnProcess(fleet.folder / "supervisor.pid", (*_WORDS, str(fleet.folder)))


def wait_until_ready(fleet: FleetSettings) -> None:
    """Until every process runs, and this fleet's own api says that it can reach what it needs.

    Raises Refused at once where a process ends again and again, with what it said last; else when the time is over.
    """
    ends = time.monotonic() + READY_SECONDS
    while time.monotonic() < ends:
        processes = standing(fleet.folder)
        if processes and all(process["ready"] for process in processes.values()) and _answers(fleet):
            return
        looping = {name: one for name, one in processes.items() if one["starts"] >= LOOPING_STARTS}
        if looping:
            raise Refused("\n".join(_how_it_ended(name, one) for name, one in looping.items()))
        if supervisor_of(fleet).pid() is None:
            raise Refused(
                f"监管进程没有起动 the supervisor does not run\n{tail(fleet.folder / 'supervisor.log')}"
            )
        time.sleep(0.1)
    lacking = [name for name, process in standing(fleet.folder).items() if not process["ready"]]
    what = (
        f"这些进程没有就绪 these processes are not ready: {', '.join(lacking)}"
        if lacking
        else _unanswered(fleet)
    )
    raise Refused(f"{READY_SECONDS} 秒内未能就绪 not ready within {READY_SECONDS} s: {what}")


def _how_it_ended(name: str, process: Mapping[str, Any]) -> str:
    ended = process["ended"] or {"code": "?", "said": ""}
    told = f"进程 {name} 反复退出 ends again and again (exit {ended['code']}): {ended['said']}"
    return f"{told}\n  日志 its log: {process['log']}"


def _unanswered(fleet: FleetSettings) -> str:
    instance = _instance_at(fleet.port)
    if instance is None:
        return f"端口 {fleet.port} 没有应答 nobody answers there that all is ready; 日志 logs: {fleet.folder}/*.log"
    return (
        f"端口 {fleet.port} 应答的不是本套进程 what answers there is not this fleet: {holder_of(fleet.port)}"
    )


def _answers(fleet: FleetSettings) -> bool:
    return _instance_at(fleet.port) == fleet.instance.read_text(encoding="utf-8")


def _instance_at(port: int) -> str | None:
    """Whose api is ready there; None where nobody's is."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return str(json.loads(answer.read()).get("instance", ""))
    except (urllib.error.URLError, OSError, ValueError, AttributeError):
        return None


def _write_targets(fleet: FleetSettings) -> None:
    """Where Prometheus finds every process: a file for its file_sd_configs."""
    rows = [
        {"targets": [f"127.0.0.1:{spec.environ['SHOUWANG_METRICS_PORT']}"], "labels": {"process": spec.name}}
        for spec in processes_of(fleet)
        if "SHOUWANG_METRICS_PORT" in spec.environ
    ]
    (fleet.folder / TARGETS).write_text(json.dumps(rows, indent=1), encoding="utf-8")


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
