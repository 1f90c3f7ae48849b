"""守望 `shouwang`: runs a township, imports its ledger, looks into anybody's history, checks itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError

from services.chassis import logs
from services.chassis.clock import SetClock, SystemClock
from services.chassis.commands.command import Command
from services.chassis.commands.malformed import faults_of, said
from services.chassis.policy.table import PolicyError
from services.chassis.reading.read_model import ReadModelOutdated
from services.chassis.settings import SettingsError
from services.cli import comparisons as comparing_cli
from services.cli import duplicates as register_cli
from services.cli import figures as figure_cli
from services.cli import fleet as fleet_cli
from services.cli import notices as notices_cli
from services.cli import pages
from services.cli import parked as parked_cli
from services.cli import policy as policy_cli
from services.cli import problems as problems_cli
from services.cli import rehearse as rehearse_cli
from services.cli import reports as report_cli
from services.cli import upkeep as upkeep_cli
from services.cli.options import At, in_a_folder
from services.cli.taking import house_at_work, say_waiting
from services.cli.terminal.console import Line, console, errors, progress
from services.cli.terminal.usage import App
from services.demo.demonstration import living
from services.demo.life import Life, Staff
from services.fleet.rehearsal import rehearsal
from services.fleet.settings import read_fleet_settings
from services.history.state import state_of
from services.history.timeline import history as history_of
from services.house.house import FleetAway, House, opened
from services.house.running import alone, run_for_ever
from services.house.scenario import ScenarioError, read_lines, rehearse, write_facts
from services.house.settings import Settings, read_settings
from services.house.summary import summary_of
from services.importing.identity import KeyUnsafe, lookup_key
from services.importing.ledger import Import
from services.importing.township import TownshipError, read_township
from services.kernel.calendar import FIRST_DAY as EARLIEST
from services.kernel.calendar import LAST_DAY as LATEST
from services.kernel.calendar import ONE_DAY, SHANGHAI, is_in_calendar, midnight
from services.ledger.file_errors import LedgerError
from services.ledger.reader import Ledger
from services.ledger.returned import RETURNED, write_returned
from services.notify.channels import LogChannel
from services.notify.channels.settings import ChannelsError

app = App("守望：留守老人关爱服务 Shouwang: care for left-behind elders")
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")]
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
MOST_DAYS = 36_525
TOWNSHIP = Path("samples/gaoliang.toml")
FIRST_DAY = datetime(2024, 1, 1)  # noqa: DTZ001 - a day, of which the option takes no more


def _of_calendar(given: datetime) -> datetime:
    """A day that services can count from and to."""
    if not is_in_calendar(given.date()):
        raise typer.BadParameter(f"应在 {EARLIEST} 至 {LATEST} 之间 / from {EARLIEST} to {LATEST}")
    return given


def main() -> None:
    """The command; what a person can mend is said in a sentence, without a traceback."""
    try:
        app()
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
    errors.print(Line(("错误 error: ", "red"), text))
    sys.exit(2)


def _settings() -> Settings:
    return read_settings(os.environ)


def _day(given: datetime | None) -> date | None:
    return None if given is None else given.date()


@app.command()
def simulate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", callback=_of_calendar)
    ],
    out: Annotated[Path, typer.Option(dir_okay=False, callback=in_a_folder)],
    policy: Annotated[list[Path] | None, typer.Option(exists=True, dir_okay=False)] = None,
    *,
    full: Annotated[bool, typer.Option("--full", help="经真实服务器 over RabbitMQ and PostgreSQL")] = False,
) -> None:
    """推演：让各服务按情景文件（JSON Lines）和自己的时钟走一遍，写出得出的事实。

    Feeds a scenario to the services, by a clock of its own, and writes what they concluded.
    """
    settings = _settings()
    if policy:
        settings = settings.model_copy(update={"policy": tuple(policy)})
    if full:
        with rehearsal(read_fleet_settings(os.environ), settings, os.environ) as own:
            played = rehearse(read_lines(file), until.date(), own, over_servers=True)
    else:
        played = rehearse(read_lines(file), until.date(), settings)
    write_facts(played, out)
    console.print(f"{played.lines} 行 lines → {len(played.facts)} 条事实 facts → {out}")


@app.command("import")
def import_(
    ledger: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="登记表 the ledger")],
    township: Annotated[Path, typer.Option(exists=True, dir_okay=False)] = TOWNSHIP,
    at: At = None,
    out: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, callback=in_a_folder, help="带结果的表存到哪里 where the workbook with 结果 goes"
        ),
    ] = None,
) -> None:
    """导入登记表：读入全乡的登记表（.xlsx .xls .ods .csv，每村一张工作表），逐行说明结果。

    Takes the township's registration ledger, a sheet a village; every row is told how it ended. Exits with 0 where all
    went in, 1 where some did not, 2 where nothing did.
    """
    settings, read = _settings(), Ledger(ledger)
    moment = at or datetime.now(SHANGHAI)
    with house_at_work(settings) as house, progress() as bar:
        key = lookup_key(house.folder / "lookup.key")
        task = bar.add_task("导入 importing", total=None)
        run = Import(house, read_township(township), key, moment)
        tally = run.run(read, lambda count: bar.advance(task, count))
    pages.show_import(console, tally, run.without_carer, house.folder / "rejected.xlsx")
    returned = out or house.folder / f"{ledger.stem.removesuffix(RETURNED)}{RETURNED}.xlsx"
    if read.pages:
        write_returned(read, tally.fates, returned)
        console.print(f"每行结果已写回 every row's result, to be mended and sent again: {returned}")
    raise typer.Exit(tally.exit_code)


@app.command()
def run(
    days: Annotated[
        int, typer.Option(help="示范天数; 0: real time, until stopped", min=0, max=MOST_DAYS)
    ] = 0,
    speed: Annotated[float, typer.Option(help="每秒几天 days a second; 0: as fast as possible", min=0)] = 0,
    begin: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", callback=_of_calendar, help="第一天 the first day"
        ),
    ] = FIRST_DAY,
    seed: int = 2024,
    township: Annotated[Path, typer.Option(dir_okay=False)] = TOWNSHIP,
    journal: Annotated[
        Path | None, typer.Option(dir_okay=False, help="每件受理的操作一行 a line an accepted command")
    ] = None,
) -> None:
    """运行：在本进程中运行全部服务；用 --days 则演示若干天的乡村生活，可以接着停下的地方继续。

    Every service in this process. With --days a living demonstration that goes on where it was stopped.
    """
    settings = _settings()
    if days:
        settings = settings.model_copy(update={"channels": None})  # nobody is told of what is made up
    with (
        alone(settings.data, say_waiting),
        opened(settings, (LogChannel(),)) as house,
        _logging(settings, house.folder),
    ):
        house.catch_up()
        if days:
            life = Life(house, Staff.of_township(read_township(township)), seed)
            _demonstrate(house, life, begin.date(), days, speed, journal)
        else:
            console.print("运行中 running; Ctrl-C 停止 stops")
            run_for_ever(house, SystemClock())


@contextmanager
def _logging(settings: Settings, folder: Path) -> Generator[None]:
    with (folder / "shouwang.log").open("a", encoding="utf-8") as stream:
        logs.configure(settings.log_level, stream)
        yield


def _demonstrate(
    house: House, life: Life, begin: date, days: int, speed: float, journal: Path | None
) -> None:
    ends = begin + days * ONE_DAY
    turned = house.last_turned()
    day = begin if turned is None else max(begin, turned)
    accepted = 0
    with progress() as bar, living(house, SetClock(midnight(day)), life, journal) as demonstration:
        task = bar.add_task("", total=days, completed=(day - begin).days)
        while day < ends:
            bar.update(task, description=f"{day} 共处理 {accepted} 件 commands")
            accepted += demonstration.play(day, seconds=1 / speed if speed else 0)
            bar.advance(task)
            day += ONE_DAY
    pages.show_summary(console, summary_of(house), ends - ONE_DAY)


@app.command()
def summary() -> None:
    """总览：各村等级和应办事项、通知，以及最需关注的十位老人。

    Grades, duties by village, notices, the most urgent ten.
    """
    with opened(_settings()) as house:
        pages.show_summary(console, summary_of(house), house.last_turned())


@app.command()
def history(
    elder: str,
    as_of: Day = None,
    known_by: Day = None,
    *,
    in_chinese: Annotated[bool, typer.Option("--chinese", help="只用中文 Chinese alone")] = False,
) -> None:
    """历史：与一位老人（或村、组、乡、工作人员）有关的全部记录，一事一句，注明何时知悉、何时发生、因何而起。

    Everything that was recorded about a subject, a sentence each, with both dates and the cause.
    """
    with opened(_settings()) as house:
        lines = history_of(house, elder, as_of=_day(as_of), known_by=_day(known_by))
    pages.show_history(console, elder, lines, in_chinese_alone=in_chinese)
    raise typer.Exit(0 if lines else 1)


@app.command()
def state(
    elder: str,
    as_of: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")],
    known_by: Day = None,
) -> None:
    """状态：一位老人在某天的情况，按某天（不填则为当天）所知。

    One elder on a day, as it was known on a day (default: that day).
    """
    with opened(_settings()) as house:
        found = state_of(house, elder, as_of.date(), _day(known_by))
    pages.show_state(console, elder, found)
    raise typer.Exit(0 if found else 1)


upkeep_cli.add_to(app)
fleet_cli.add_to(app)
app.command()(report_cli.report)
app.command()(report_cli.event)
app.command("compare")(comparing_cli.compare_list)
app.add_typer(comparing_cli.differences, name="differences")
rehearse_cli.add_to(app)
app.add_typer(figure_cli.app, name="figure")
app.add_typer(parked_cli.app, name="parked")
app.add_typer(register_cli.duplicates, name="duplicates")
app.add_typer(policy_cli.app, name="policy")
app.add_typer(problems_cli.app, name="problems")
app.add_typer(notices_cli.app, name="notices")
