"""A private RabbitMQ with an epmd of its own; nothing of it is shared with the machine's or another set's."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from services.servers import packages
from services.servers.answering import rabbit_trouble, wait_for_answer
from services.servers.errors import ServersError
from services.servers.processes import SET_VARIABLE, OwnProcess, becomes_true, launch, marked, tail
from services.servers.state import LOOPBACK, RabbitState, write_private

_STOP_SECONDS = 60
_KILL_SECONDS = 20
_CTL_SECONDS = 60
_COLUMNS = 2
VHOST = "shouwang"

# The user named here is made with the first, empty database, and then there is no guest.
# The write-ahead log of quorum queues may take three or four times its size in memory; the default is 512 MB.
_CONFIG = """\
default_vhost = shouwang
default_user = shouwang
default_pass = {password}
default_user_tags.administrator = true
default_permissions.configure = .*
default_permissions.read = .*
default_permissions.write = .*
disk_free_limit.absolute = 64MB
raft.wal_max_size_bytes = 67108864
log.file.level = info
log.file.rotation.size = 10485760
log.file.rotation.count = 3
"""


class Rabbit:
    """The broker of one set: started, stopped, and for tests of faults killed and wiped."""

    def __init__(self, home: Path, state: RabbitState) -> None:
        self.home = home
        self.url = state.url
        self._state = state
        self._server = OwnProcess(home / "server.pid", ("-shouwang", state.node))
        self._epmd = OwnProcess(home / "epmd.pid", ("-port", str(state.epmd_port), LOOPBACK))
        self._log = home / "log" / "started.log"

    def pid(self) -> int | None:
        """Return the pid of its Erlang machine, if it runs."""
        return self._server.pid()

    def epmd_pid(self) -> int | None:
        """Return the pid of its epmd, if it runs."""
        return self._epmd.pid()

    def start(self) -> None:
        """Start it if it is down, and return when it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it if it is down, without waiting."""
        if self.pid() is not None:
            return
        programs = packages.rabbitmq()
        self._prepare()
        if self._epmd.pid() is None:
            listen = ["-port", str(self._state.epmd_port), "-address", LOOPBACK]
            launch(self._epmd, [str(programs.epmd), *listen], self.home / "log" / "epmd.log", self._env())
        self._log.unlink(missing_ok=True)
        launch(self._server, [str(programs.server), "-shouwang", self._state.node], self._log, self._env())

    def wait(self) -> None:
        """Return when it answers a client; tell what its logs say if it does not."""
        trouble = wait_for_answer(lambda: rabbit_trouble(self.url), lambda: self.pid() is not None)
        if trouble is not None:
            node_log = self.home / "log" / f"{self._state.node}.log"
            raise ServersError(f"RabbitMQ did not come up: {trouble}\n{tail(self._log)}\n{tail(node_log)}")

    def stop(self) -> None:
        """Let it finish what it does, and stop it."""
        self._server.signal(signal.SIGTERM)
        if not self._server.is_gone_within(_STOP_SECONDS):
            self.kill()
        self._wait_for_helpers()

    def stop_epmd(self) -> None:
        """Stop its epmd, after it."""
        self._epmd.signal(signal.SIGTERM)
        if not self._epmd.is_gone_within(_KILL_SECONDS):
            self._epmd.signal(signal.SIGKILL)

    def kill(self) -> None:
        """Fault: it dies at once, with no chance to write anything."""
        self._server.signal(signal.SIGKILL)
        if not self._server.is_gone_within(_KILL_SECONDS):
            raise ServersError(f"RabbitMQ (pid {self.pid()}) could not be killed")
        self._wait_for_helpers()

    def wipe(self) -> None:
        """Fault: all that it held is lost; it comes back empty, with the same user, vhost and password."""
        self.stop()
        shutil.rmtree(self.home / "data")
        self.start()

    def ctl(self, *arguments: str) -> str:
        """Run rabbitmqctl on it, and return what it prints."""
        done = subprocess.run(  # noqa: S603 - rabbitmqctl of the same installation, on our own node
            [str(packages.rabbitmq().ctl), "--quiet", *arguments],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_CTL_SECONDS,
            cwd=self.home,
            env=self._env(),
        )
        if done.returncode != 0:
            raise ServersError(f"rabbitmqctl {' '.join(arguments)}: {(done.stdout + done.stderr).strip()}")
        return done.stdout

    def unacked(self) -> dict[str, int]:
        """Return, by queue, how many messages are in the hands of consumers: its administrator alone can tell."""
        listing = self.ctl(
            "list_queues", "-p", VHOST, "--no-table-headers", "name", "messages_unacknowledged"
        )
        lines = [line.split("\t") for line in listing.splitlines()]
        return {line[0]: int(line[1]) for line in lines if len(line) == _COLUMNS and line[1].isdigit()}

    def processes(self) -> list[int]:
        """Return every process of it that there is, its epmd and helpers included."""
        return marked(str(self.home))

    def _wait_for_helpers(self) -> None:
        """Wait until the Erlang machine's own children have seen that it is gone."""
        becomes_true(lambda: set(self.processes()) <= {self.epmd_pid()}, _KILL_SECONDS)

    def _prepare(self) -> None:
        for folder in ("", "data", "log", "conf.d"):
            (self.home / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self.home / "rabbitmq.conf", _CONFIG.format(password=self._state.password))
        write_private(self.home / "enabled_plugins", "[].\n")
        write_private(self.home / "env.conf", "")
        write_private(self.home / ".erlang.cookie", self._state.cookie)

    def _env(self) -> dict[str, str]:
        """Return all of its environment: what the machine's own RabbitMQ is told must not reach ours."""
        loopback = f"-kernel inet_dist_use_interface {{{LOOPBACK.replace('.', ',')}}}"
        home, state = self.home, self._state
        return {
            SET_VARIABLE: str(home),
            "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(home),  # where Erlang looks for its cookie
            "ERL_EPMD_PORT": str(state.epmd_port),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_CRASH_DUMP": str(home / "log" / "erl_crash.dump"),
            "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the server, and no parent waits
            "RABBITMQ_NODENAME": state.node,
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": str(state.port),
            "RABBITMQ_DIST_PORT": str(state.dist_port),
            "RABBITMQ_MNESIA_BASE": str(home / "data"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_CONFIG_FILES": str(home / "conf.d"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(home / "env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": loopback,
            "RABBITMQ_CTL_ERL_ARGS": loopback,
        }
