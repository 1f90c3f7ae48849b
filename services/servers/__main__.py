"""`python -m services.servers up|down|status`."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from services.servers import Given, Servers, ServersError
from services.servers.answering import without_password

Var = Annotated[Path, typer.Option(help="the folder that holds the sets")]
Name = Annotated[str, typer.Option(help="which set")]
_VAR, _NAME = Path("var/servers"), "main"

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The real servers of the full mode.")


@contextmanager
def _told() -> Generator[None]:
    """Tell trouble in words, and leave with 1."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        yield
    except (ServersError, OSError) as error:
        typer.echo(f"servers: {error}", err=True)
        raise typer.Exit(1) from None


@app.command()
def up(var: Var = _VAR, name: Name = _NAME) -> None:
    """Bring both up if they are down, and print their URLs."""
    with _told():
        urls = Servers(var, name, Given.by(os.environ)).up()
        typer.echo(f"SHOUWANG_AMQP_URL={urls.amqp}\nSHOUWANG_DATABASE_URL={urls.database}")


@app.command()
def down(
    var: Var = _VAR,
    name: Name = _NAME,
    *,
    erase: Annotated[bool, typer.Option("--erase", help="delete all that they hold, too")] = False,
) -> None:
    """Stop the private ones; what they hold stays."""
    with _told():
        Servers(var, name, Given.by(os.environ)).down(erase=erase)


@app.command()
def status(var: Var = _VAR, name: Name = _NAME) -> None:
    """Tell how they stand; leave with 1 if one does not answer."""
    with _told():
        standings = Servers(var, name, Given.by(os.environ)).status()
    for standing in standings:
        where = without_password(standing.url) if standing.url else "nowhere"
        whose = "given" if standing.given else f"pid {standing.pid or '-'}"
        typer.echo(f"{standing.server}: {where} ({whose}): {standing.trouble or 'answers'}")
    if any(standing.trouble for standing in standings):
        raise typer.Exit(1)


if __name__ == "__main__":
    app(prog_name="python -m services.servers")
