"""A private PostgreSQL on loopback; where we are root, run by a user who is not, as its programs demand."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

import psycopg

from services.chassis.migrations.databases import make_database, of_database
from services.servers import packages
from services.servers.answering import UP_SECONDS, postgres_trouble, wait_for_answer
from services.servers.errors import ServersError
from services.servers.processes import OwnProcess, at_home_in, becomes_true, tail
from services.servers.state import LOOPBACK, PostgresState, digest, write_private

DATABASE = "shouwang"
_STOP_SECONDS = 60
_LONGEST_SOCKET_PATH = 107
_USERS = ("postgres", "nobody")

_CONFIG = """\
listen_addresses = '{host}'
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 400
fsync = on
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
"""
_ACCESS = f"local all all scram-sha-256\nhost all all {LOOPBACK}/32 scram-sha-256\n"


def home_for(folder: Path) -> Path:
    """Return where PostgreSQL may live: in the set's folder, or /var/lib if its user cannot come there."""
    if os.geteuid() != 0 or _run_as_owner(Path("/"), ["/usr/bin/test", "-x", str(folder)]).returncode == 0:
        return folder / "postgres"
    return Path("/var/lib") / f"shouwang-{digest(folder)}-pg"


class Postgres:
    """The database server of one set."""

    def __init__(self, home: Path, state: PostgresState) -> None:
        self.home = home
        self.url = state.url
        self._state = state
        self._data = home / "data"
        self._log = home / "postgres.log"
        self._server = OwnProcess(self._data / "postmaster.pid", ("-D", str(self._data)))

    def pid(self) -> int | None:
        """Return the pid of its postmaster, if it runs."""
        return self._server.pid()

    def start(self) -> None:
        """Start it if it is down, and return when it answers."""
        if self.pid() is None:
            self._prepare()
            self._make_data()
            self._configure()
            self._drop_stale_pid_file()
            self._ctl("start", "-w", "-t", str(UP_SECONDS), "-l", str(self._log))
        trouble = wait_for_answer(self._trouble, lambda: self.pid() is not None)
        if trouble is not None:
            raise ServersError(f"PostgreSQL did not come up: {trouble}\n{tail(self._log)}")

    def stop(self) -> None:
        """Roll open transactions back, and stop it."""
        self._stop("fast")

    def stop_immediate(self) -> None:
        """Fault: it stops as in a crash, and recovers from its write-ahead log when it starts."""
        self._stop("immediate")

    def processes(self) -> list[int]:
        """Return every process of it that there is."""
        return at_home_in(self._data)

    def _stop(self, mode: str) -> None:
        if self.pid() is not None:
            self._ctl("stop", "-w", "-t", str(_STOP_SECONDS), "-m", mode)
        becomes_true(lambda: not self.processes(), _STOP_SECONDS)

    def _prepare(self) -> None:
        for folder in (self.home, self.home / "socket"):
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)
            _give_to_owner(folder)

    def _make_data(self) -> None:
        """Make the data directory beside its place, so that one half made is never taken for a whole one."""
        if self._data.exists():
            return
        half_made, password = self.home / "data.new", self.home / "password"
        self._run(["/bin/rm", "-rf", str(half_made)])
        write_private(password, self._state.password, _owner_ids())
        try:
            self._run(
                [
                    str(self._programs() / "initdb"),
                    f"--pgdata={half_made}",
                    "--username=shouwang",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--data-checksums",
                ],
            )
        finally:
            password.unlink()
        half_made.rename(self._data)

    def _configure(self) -> None:
        sockets = self.home / "socket"
        longest = sockets / f".s.PGSQL.{self._state.port}.lock"
        fits = len(os.fsencode(longest)) <= _LONGEST_SOCKET_PATH
        config = _CONFIG.format(host=LOOPBACK, port=self._state.port, sockets=sockets if fits else "")
        write_private(self._data / "postgresql.conf", config, _owner_ids())
        write_private(self._data / "pg_hba.conf", _ACCESS, _owner_ids())

    def _drop_stale_pid_file(self) -> None:
        """Forget a postmaster that is gone: PostgreSQL would not start while another process has its pid."""
        if not becomes_true(lambda: not self.processes(), _STOP_SECONDS):
            raise ServersError(f"processes of an earlier start still use {self._data}: {self.processes()}")
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _trouble(self) -> str | None:
        try:
            make_database(of_database(self.url, "postgres"), DATABASE)
        except psycopg.Error as error:
            return str(error)
        return postgres_trouble(self.url)

    def _programs(self) -> Path:
        """Return the programs of the version that made the data: no other can read it."""
        made_by = self._data / "PG_VERSION"
        return packages.postgresql(made_by.read_text().strip() if made_by.exists() else None)

    def _ctl(self, *arguments: str) -> None:
        self._run([str(self._programs() / "pg_ctl"), "-D", str(self._data), *arguments])

    def _run(self, command: list[str]) -> None:
        done = _run_as_owner(self.home, command)
        if done.returncode != 0:
            raise ServersError(f"{Path(command[0]).name} failed: {done.stdout.strip()}\n{tail(self._log)}")


def _owner() -> pwd.struct_passwd | None:
    """Return who is to run PostgreSQL when we are root."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    for name in _USERS:
        if name in known:
            return known[name]
    raise ServersError(
        f"PostgreSQL does not run as root, and there is no user {' or '.join(_USERS)}: add one"
    )


def _owner_ids() -> tuple[int, int] | None:
    owner = _owner()
    return None if owner is None else (owner.pw_uid, owner.pw_gid)


def _give_to_owner(path: Path) -> None:
    ids = _owner_ids()
    if ids is not None:
        os.chown(path, *ids)


def _run_as_owner(cwd: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    owner = _owner()
    return subprocess.run(  # noqa: S603 - PostgreSQL's own programs, with arguments of ours
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd=cwd,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(cwd)},
        user=None if owner is None else owner.pw_uid,
        group=None if owner is None else owner.pw_gid,
        extra_groups=None if owner is None else [],
    )
