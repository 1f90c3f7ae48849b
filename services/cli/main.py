"""守望 `shouwang`: runs a township, imports its ledger, looks into anybody's history, checks itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import NoReturn

from pydantic import ValidationError

from services.chassis.commands.command import Command
from services.chassis.commands.malformed import faults_of, said
from services.chassis.policy.table import PolicyError
from services.chassis.reading.read_model import ReadModelOutdated
from services.chassis.settings import SettingsError
from services.cli import about as about_cli
from services.cli import comparisons as comparing_cli
from services.cli import duplicates as register_cli
from services.cli import figures as figure_cli
from services.cli import fleet as fleet_cli
from services.cli import histories as histories_cli
from services.cli import importing as importing_cli
from services.cli import notices as notices_cli
from services.cli import parked as parked_cli
from services.cli import policy as policy_cli
from services.cli import problems as problems_cli
from services.cli import record as record_cli
from services.cli import rehearse as rehearse_cli
from services.cli import reports as report_cli
from services.cli import running as running_cli
from services.cli import templates as templates_cli
from services.cli import upkeep as upkeep_cli
from services.cli.store import with_pasteable
from services.cli.terminal.console import Line, errors
from services.cli.terminal.usage import App
from services.house.house import FleetAway
from services.house.scenario import ScenarioError
from services.importing.identity import KeyUnsafe
from services.importing.township import TownshipError
from services.ledger.file_errors import LedgerError
from services.notify.channels.settings import ChannelsError

app = App("守望：留守老人关爱服务 Shouwang: care for left-behind elders")
KNOWN = (
    SettingsError,
    PolicyError,
    LedgerError,
    TownshipError,
    ScenarioError,
    KeyUnsafe,
    FleetAway,
    ReadModelOutdated,
    ChannelsError,
    *fleet_cli.KNOWN,
    *rehearse_cli.KNOWN,
    *report_cli.KNOWN,
)


def main() -> None:
    """The command; what a person can mend is said in a sentence, without a traceback."""
    about_cli.answer_the_shell()
    try:
        app(prog_name=about_cli.PROGRAM)
    except KNOWN as error:
        _end(str(error) or type(error).__doc__ or "")
    except ValidationError as error:
        kind = next((one for one in _kinds(Command) if one.__name__ == error.title), None)
        if kind is None:
            raise
        _end(f"请更正后再提交 / correct and ask again: {said(faults_of(error, kind))}")


def _kinds(kind: type[Command]) -> Iterator[type[Command]]:
    """Every command: what somebody typed is one, and where anything else is malformed the fault is ours."""
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)


def _end(text: str) -> NoReturn:
    errors.print(Line(("错误 error: ", "red"), with_pasteable(text)))
    sys.exit(2)


app.callback(help=app.info.help)(about_cli.about)
running_cli.add_to(app)
importing_cli.add_to(app)
templates_cli.add_to(app)
histories_cli.add_to(app)
upkeep_cli.add_to(app)
fleet_cli.add_to(app)
app.command()(report_cli.report)
app.command()(report_cli.event)
app.command("compare")(comparing_cli.compare_list)
app.add_typer(comparing_cli.differences, name="differences")
rehearse_cli.add_to(app)
app.add_typer(record_cli.app, name="record")
app.add_typer(figure_cli.app, name="figure")
app.add_typer(parked_cli.app, name="parked")
app.add_typer(register_cli.duplicates, name="duplicates")
app.add_typer(policy_cli.app, name="policy")
app.add_typer(problems_cli.app, name="problems")
app.add_typer(notices_cli.app, name="notices")
