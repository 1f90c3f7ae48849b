"""A set of servers: one RabbitMQ and one PostgreSQL, given by URL or private in a folder of its own."""

from __future__ import annotations

import fcntl
import re
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from services.servers import packages
from services.servers import state as states
from services.servers.answering import check_given, postgres_trouble, rabbit_trouble
from services.servers.errors import ServersError
from services.servers.postgres import Postgres, home_for
from services.servers.rabbit import Rabbit
from services.servers.state import State, Urls

AMQP_VARIABLE = "SHOUWANG_AMQP_URL"
DATABASE_VARIABLE = "SHOUWANG_DATABASE_URL"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,30}")


@dataclass(frozen=True)
class Given:
    """Servers that somebody else runs: they are asked whether they answer, and otherwise left alone."""

    amqp: str | None = None
    database: str | None = None

    @classmethod
    def by(cls, environ: Mapping[str, str]) -> Given:
        """Read what the environment gives; an empty variable gives nothing."""
        return cls(environ.get(AMQP_VARIABLE) or None, environ.get(DATABASE_VARIABLE) or None)


@dataclass(frozen=True)
class SetState:
    """How one server stands."""

    server: str
    url: str | None
    given: bool
    pid: int | None
    trouble: str | None


class Servers:
    """One set. Unless servers are given, both are private; sets of other names or folders are not touched."""

    def __init__(self, var: Path, name: str, given: Given | None = None) -> None:
        if not _NAME.fullmatch(name):
            raise ServersError(
                f"a set's name is made of a-z, 0-9, - and _, and is at most 31 long: not {name!r}"
            )
        self.name = name
        self.folder = var.resolve() / name
        self._given = given or Given()

    @property
    def rabbit(self) -> Rabbit:
        """The private RabbitMQ."""
        if self._given.amqp:
            raise ServersError(f"RabbitMQ was given by {AMQP_VARIABLE}: it is not ours to stop or start")
        return self._rabbit(self._made())

    @property
    def postgres(self) -> Postgres:
        """The private PostgreSQL."""
        if self._given.database:
            raise ServersError(
                f"PostgreSQL was given by {DATABASE_VARIABLE}: it is not ours to stop or start"
            )
        return self._postgres(self._made())

    def up(self) -> Urls:
        """Bring up what is down, and return when both answer."""
        if self._given.amqp:
            check_given(AMQP_VARIABLE, self._given.amqp, rabbit_trouble)
        else:
            packages.rabbitmq()
        if self._given.database:
            check_given(DATABASE_VARIABLE, self._given.database, postgres_trouble)
        else:
            packages.postgresql()
        with self._alone():
            state = self._make()
            if not self._given.amqp:
                self._rabbit(state).launch()
            if not self._given.database:
                self._postgres(state).start()
            if not self._given.amqp:
                self._rabbit(state).wait()
            return self._urls(state)

    def down(self, *, erase: bool = False) -> None:
        """Stop what is ours, and make sure that nothing of it is left; if asked, not even its data."""
        if not self.folder.exists():
            return
        with self._alone():
            state = states.load(self.folder)
            if state is None:
                return
            rabbit, postgres = self._rabbit(state), self._postgres(state)
            rabbit.stop()
            rabbit.stop_epmd()
            postgres.stop()
            left = rabbit.processes() + postgres.processes()
            if left:
                raise ServersError(f"processes of {self.folder} are left: {left}")
            if erase:
                if postgres.home.exists():
                    shutil.rmtree(postgres.home)
                shutil.rmtree(self.folder)

    def status(self) -> list[SetState]:
        """Ask both how they stand."""
        state = states.load(self.folder)
        rabbit = None if state is None or self._given.amqp else self._rabbit(state)
        postgres = None if state is None or self._given.database else self._postgres(state)
        amqp = self._given.amqp or (rabbit and rabbit.url)
        database = self._given.database or (postgres and postgres.url)
        never = "never brought up"
        return [
            SetState(
                "RabbitMQ",
                amqp,
                bool(self._given.amqp),
                rabbit and rabbit.pid(),
                rabbit_trouble(amqp) if amqp else never,
            ),
            SetState(
                "PostgreSQL",
                database,
                bool(self._given.database),
                postgres and postgres.pid(),
                postgres_trouble(database) if database else never,
            ),
        ]

    def _rabbit(self, state: State) -> Rabbit:
        return Rabbit(self.folder / "rabbit", state.rabbit)

    def _postgres(self, state: State) -> Postgres:
        elsewhere = state.postgres.elsewhere
        return Postgres(Path(elsewhere) if elsewhere else self.folder / "postgres", state.postgres)

    def _urls(self, state: State) -> Urls:
        return Urls(self._given.amqp or state.rabbit.url, self._given.database or state.postgres.url)

    def _made(self) -> State:
        state = states.load(self.folder)
        if state is None:
            raise ServersError(f"there is no set in {self.folder} yet: bring it up first")
        return state

    def _make(self) -> State:
        """Return what the set keeps, with other ports where a server is down and lost its own."""
        state = states.load(self.folder)
        if state is None:
            state = states.new_state(self.folder, self.name)
            home = home_for(self.folder)
            elsewhere = None if home.parent == self.folder else str(home)
            state = replace(state, postgres=replace(state.postgres, elsewhere=elsewhere))
        if self._rabbit(state).pid() is None and self._rabbit(state).epmd_pid() is None:
            state = replace(state, rabbit=states.with_free_rabbit_ports(state.rabbit))
        if self._postgres(state).pid() is None:
            state = replace(state, postgres=states.with_free_postgres_port(state.postgres))
        states.save(self.folder, state, self._urls(state))
        return state

    @contextmanager
    def _alone(self) -> Generator[None]:
        """Let one at a time bring this set up or down; others may pass through its folder, not list it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
