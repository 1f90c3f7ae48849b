"""`shouwang run|simulate|summary`: the services in this process, a made-up history, and how a township stands."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.chassis import logs
from services.chassis.clock import SetClock, SystemClock
from services.cli.colours import COLOURS
from services.cli.options import in_a_folder
from services.cli.store import open_store, pasteable
from services.cli.taking import say_waiting
from services.cli.terminal.console import Terminal, console, progress
from services.cli.terminal.tables import Table
from services.cli.terminal.usage import App
from services.demo.demonstration import living
from services.demo.life import Life, Staff
from services.fleet.rehearsal import rehearsal
from services.fleet.settings import read_fleet_settings
from services.house.house import House
from services.house.running import alone, run_for_ever
from services.house.scenario import read_lines, rehearse, write_facts
from services.house.settings import Settings, read_settings
from services.house.summary import Summary, summary_of
from services.importing.register_township import named_in, township_of
from services.importing.township import TownshipError
from services.kernel.calendar import FIRST_DAY as EARLIEST
from services.kernel.calendar import LAST_DAY as LATEST
from services.kernel.calendar import ONE_DAY, is_in_calendar, midnight
from services.kernel.labels import chinese, joined
from services.notify.channels import LogChannel

MOST_DAYS = 36_525
NOT_A_DEMONSTRATION = (
    "示范天数(--days)只在示范登记册上演示,这一份不是,什么都没有写入。请另用数据目录,先导入样例:"
    "SHOUWANG_DATA=var/示范 shouwang import samples/gaoliang.xlsx --township samples/gaoliang.toml"
    " / made-up days are lived on a demonstration's register alone; this is none, and nothing was written:"
    " import the sample into a data folder of its own, as above"
)
FIRST_DAY = datetime(2024, 1, 1)  # noqa: DTZ001 - a day, of which the option takes no more


def _of_calendar(given: datetime) -> datetime:
    """A day that services can count from and to."""
    if not is_in_calendar(given.date()):
        raise typer.BadParameter(f"应在 {EARLIEST} 至 {LATEST} 之间 / from {EARLIEST} to {LATEST}")
    return given


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
    settings = read_settings(os.environ)
    if policy:
        settings = settings.model_copy(update={"policy": tuple(policy)})
    if full:
        with rehearsal(read_fleet_settings(os.environ), settings, os.environ) as own:
            played = rehearse(read_lines(file), until.date(), own, over_servers=True)
    else:
        played = rehearse(read_lines(file), until.date(), settings)
    write_facts(played, out)
    console.print(f"{played.lines} 行 lines → {len(played.facts)} 条事实 facts → {out}")


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
    journal: Annotated[
        Path | None, typer.Option(dir_okay=False, help="每件受理的操作一行 a line an accepted command")
    ] = None,
) -> None:
    """运行：在本进程中运行全部服务；用 --days 则演示若干天的乡村生活，可以接着停下的地方继续。

    Every service in this process. With --days a living demonstration that goes on where it was stopped.
    """
    settings = read_settings(os.environ)
    if days:
        settings = settings.model_copy(update={"channels": None})  # nobody is told of what is made up
    with (
        alone(settings.data, say_waiting),
        open_store(settings, (LogChannel(),)) as house,
        _logging(settings, house.folder),
    ):
        house.catch_up()
        if days:
            _refuse_what_is_real(house)
            life = Life(house, Staff.of_township(township_of(house)), seed)
            _demonstrate(house, life, begin.date(), days, speed, journal)
        else:
            console.print("运行中 running; Ctrl-C 停止 stops")
            run_for_ever(house, SystemClock())


def _refuse_what_is_real(house: House) -> None:
    """Nothing is made up beside what happened."""
    named = named_in(house)
    if named is None or not named.is_demonstration:
        raise TownshipError(NOT_A_DEMONSTRATION)


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
    show_summary(console, summary_of(house), ends - ONE_DAY)


def summary() -> None:
    """总览：各村等级和应办事项、通知，以及最需关注的十位老人。

    Grades, duties by village, notices, the most urgent ten.
    """
    with open_store() as house:
        show_summary(console, summary_of(house), house.last_turned())


def show_summary(console: Terminal, summary: Summary, day: date | None) -> None:
    """The township on a day."""
    columns = (
        "村 village",
        "留守 certified",
        "红",
        "黄",
        "绿",
        "应办 owed",
        "办结 met",
        "漏 missed",
        "补录 reconciled",
    )
    stands = day or "还没有换日（开着 run 才换） days were not turned yet: `run` turns them"
    table = Table(f"全乡总览 township, {stands}", *columns)
    for one in summary.villages:
        colours = ((str(one.red), "red"), (str(one.yellow), "yellow"), (str(one.green), "green"))
        numbers = (str(one.owed), str(one.met), str(one.missed), str(one.reconciled))
        table.row(one.name, str(one.certified), *colours, *numbers)
    rows = summary.villages
    sums = [sum(getattr(one, key) for one in rows) for key in ("certified", "red", "yellow", "green")]
    sums += [sum(getattr(one, key) for one in rows) for key in ("owed", "met", "missed", "reconciled")]
    table.row("合计 total", *map(str, sums), style="bold")
    console.print(table)
    known = "，".join(f"{chinese(name)} {number}" for name, number in sorted(summary.statuses.items()))
    console.print(f"在册 register: {known}")
    told = "，".join(
        f"{chinese(about)}{chinese(state)} {number}" for (about, state), number in summary.tellings.items()
    )
    console.print("; ".join(filter(None, (f"通知 notices sent: {summary.notices}", told))))
    _show_urgent(console, summary, day)


def _show_urgent(console: Terminal, summary: Summary, day: date | None) -> None:
    names = {one.village: one.name for one in summary.villages}
    columns = (
        "老人 elder",
        "村 village",
        "等级 grade",
        "依据 because",
        "未补漏访 missed",
        "自 since",
        "无人签收 untaken",
    )
    table = Table("最需关注 most urgent", *columns)
    for one in summary.urgent:
        untaken = "是 yes" if one.unacknowledged else ""
        where, why = names.get(one.village, one.village), joined(one.because)
        table.row(one.elder, where, COLOURS[one.grade], why, str(one.missed), one.missed_since, untaken)
    console.print(table)
    if summary.urgent:
        elder = summary.urgent[0].elder
        console.print("再看 look further:")
        console.print(f"  {pasteable('history', elder)}", soft_wrap=True)
        if day is not None:
            console.print(f"  {pasteable('state', elder, '--as-of', str(day))}", soft_wrap=True)


def add_to(app: App) -> None:
    """Adds the commands."""
    for command in (simulate, run, summary):
        app.command()(command)
