"""Importing the ledger: every row has an outcome, the same again changes nothing, a kill loses nothing."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from services.chassis.reading.read_model import hashes
from services.house.house import House, opened
from services.house.settings import Settings
from services.kernel.calendar import SHANGHAI
from services.ledger.columns import COLUMNS
from services.ledger.report import REPORT_HEADERS
from services.registry.elders.commands import EndAppointment
from tests.acceptance.test_cli import Said, environ_of, shouwang

ROOT = Path(__file__).parents[2]
SAMPLE, TOWNSHIP = ROOT / "samples" / "gaoliang.xlsx", ROOT / "samples" / "gaoliang.toml"
SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
AT = "2024-01-01T07:00:00"
OF_SAMPLE = ("--township", str(TOWNSHIP), "--at", AT)
KEPT = ("落水洞村", "石头寨村", "马鞍山村", "补登")  # every kind of outcome, in a fifth of the rows
SEED = int(os.environ.get("SHOUWANG_SEED", "1"))
KILLS = 3
ORDERING = {"seq"}
KEY = bytes(range(32))
OUTCOMES = ("rows", "enrolled", "in_part", "already", "refused", "rejected")

KILLED_AT = """
import os, signal, sys
from services.cli import main as cli
from services.chassis.log.recorder import SQLiteRecorder

left = int(sys.argv.pop(1))

def killing(name, is_write=lambda kwargs: True):
    method = getattr(SQLiteRecorder, name)
    def wrapped(self, *args, **kwargs):
        global left
        done = method(self, *args, **kwargs)
        if is_write(kwargs):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return done
    setattr(SQLiteRecorder, name, wrapped)

killing("_insert_events")  # within the transaction: it is not committed yet
killing("insert_tracking")  # the relay's position: it is
killing("transact", lambda kwargs: kwargs["commit"])
try:
    cli.main()
finally:
    print("writes left:", left)
"""
"""Runs the command and kills it, from within, in its n-th write: the same moment however busy the machine is."""


def imported(data: Path, ledger: Path = SAMPLE, township: Path = TOWNSHIP, at: str = AT) -> Said:
    return shouwang("import", ledger, "--township", township, "--at", at, data=data)


def totals(said: Said) -> dict[str, int]:
    """The last line of the table that was printed."""
    line = re.search("合计 total" + r" +(\d+)" * len(OUTCOMES), said.text)
    assert line is not None, said.text
    return dict(zip(OUTCOMES, map(int, line.groups()), strict=True))


def by_sheet(said: Said) -> dict[str, list[int]]:
    lines = re.findall(r"^ ?(\S+?村|补登)" + r" +(\d+)" * len(OUTCOMES) + " *$", said.text, re.MULTILINE)
    return {name: list(map(int, numbers)) for name, *numbers in lines}


def adds_up(said: Said) -> None:
    total = totals(said)
    assert total["rows"] == sum(total[name] for name in OUTCOMES[1:])
    sheets = by_sheet(said)
    assert all(rows == sum(outcomes) for rows, *outcomes in sheets.values())
    assert [sum(column) for column in zip(*sheets.values(), strict=True)] == list(total.values())


def read_models(data: Path) -> dict[str, dict[str, str]]:
    """Every table of every service, by hash, but for the columns that only say where in the log a row came from.

    Log positions are no facts: a transaction that was rolled back may leave a hole, and a service that hears two
    others again after a kill may hear them in another interleaving. What is owed, by whom, since when, and who was
    told what, must not depend on either; so all else is compared, ids and wakes too.
    """

    def rows(house: House, service: str, text: str) -> list[dict[str, Any]]:
        found = house.views(service, text)
        return [{key: row[key] for key in row.keys() if key not in ORDERING} for row in found]  # noqa: SIM118

    with opened(Settings(data=data)) as house:
        return {
            name: hashes(one.model, lambda text, name=name: rows(house, name, text))
            for name, one in house.services.items()
        }


def recorded(data: Path) -> dict[str, Counter[tuple[str, str]]]:
    """How often each kind of event was recorded about each subject, service by service."""
    with opened(Settings(data=data)) as house:
        return {
            name: Counter(
                (type(row.event).__name__, row.subject) for row in one.log.events(0, one.log.size())
            )
            for name, one in house.services.items()
        }


def log_sizes(data: Path) -> dict[str, int]:
    with opened(Settings(data=data)) as house:
        return {name: one.log.size() for name, one in house.services.items()}


def keyed(data: Path) -> Path:
    """A data folder in which the look-up key lies already, so that people have the same ids in each of them."""
    data.mkdir(mode=0o700)
    (data / "lookup.key").write_bytes(KEY)
    (data / "lookup.key").chmod(0o600)
    return data


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Said]]:
    """The whole sample, imported once."""
    data = tmp_path_factory.mktemp("whole") / "data"
    yield data, imported(data)
    shutil.rmtree(data)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A part of the sample."""
    book = load_workbook(SAMPLE)
    for sheet in set(book.sheetnames) - set(KEPT):
        book.remove(book[sheet])
    path = tmp_path_factory.mktemp("ledger") / "part.xlsx"
    book.save(path)
    return path


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, ledger: Path) -> tuple[Path, str]:
    """The part imported without disturbance, and what was said, at its end the number of writes."""
    data = keyed(tmp_path_factory.mktemp("undisturbed") / "data")
    done = killed_at(0, data, ledger)
    assert done.returncode == 1, done.stdout + done.stderr
    return data, done.stdout


def killed_at(write: int, data: Path, ledger: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", KILLED_AT, str(write), "import", str(ledger), *OF_SAMPLE]
    environ = environ_of(data)
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


def test_every_row_of_the_sample_has_one_outcome_and_they_add_up(whole: tuple[Path, Said]):
    _, said = whole
    assert said.code == 1, said.text
    adds_up(said)
    assert len(by_sheet(said)) == 12
    assert totals(said) == {
        "rows": 1200,
        "enrolled": 1102,
        "in_part": 0,
        "already": 0,
        "refused": 19,
        "rejected": 79,
    }


def test_everybody_enrolled_is_on_the_register_and_graded_where_certified(whole: tuple[Path, Said]):
    data, _ = whole
    with opened(Settings(data=data)) as house:
        counts = house.views("registry", "SELECT status, COUNT(*) AS number FROM elders GROUP BY status")
        statuses = {row["status"]: row["number"] for row in counts}
        graded = house.views("risk", "SELECT COUNT(*) AS number FROM grades WHERE grade IS NOT NULL")
    assert sum(statuses.values()) == 1102
    assert graded[0]["number"] == statuses["certified"]


def test_the_same_ledger_again_changes_nothing(whole: tuple[Path, Said]):
    data, _ = whole
    sizes, models = log_sizes(data), read_models(data)
    again = imported(data)
    adds_up(again)
    assert totals(again) == {
        "rows": 1200,
        "enrolled": 0,
        "in_part": 0,
        "already": 1102,
        "refused": 19,
        "rejected": 79,
    }
    assert (log_sizes(data), read_models(data)) == (sizes, models)


def test_the_data_lie_where_only_their_owner_can_look(whole: tuple[Path, Said]):
    data, _ = whole
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / "lookup.key").stat().st_mode & 0o777 == 0o600
    assert {one.name for one in data.iterdir()} >= {"registry.db", "risk.db", "visits.db", "notify.db"}
    assert [one.name for one in data.iterdir() if one.name.startswith("lookup.key.")] == []


def test_the_rejections_are_a_workbook_of_text_with_what_to_do(whole: tuple[Path, Said]):
    data, _ = whole
    page = load_workbook(data / "rejected.xlsx").worksheets[0]
    header, *lines = page.iter_rows()
    assert tuple(cell.value for cell in header) == REPORT_HEADERS
    assert len({(line[0].value, line[1].value) for line in lines}) == 79 + 19, (
        "rejected, and refused by a rule"
    )
    for line in lines:
        filled = [cell for cell in line if cell.value is not None]
        assert all(cell.data_type == "s" and cell.number_format == "@" for cell in filled)
        assert all(cell.quotePrefix for cell in filled if cell.value.startswith(("=", "+", "-", "@")))
        assert line[5].value, "what is the matter"
        assert line[6].value, "what to do"


def numbers_of(path: Path) -> set[str]:
    """Whatever in a ledger is, was or was meant to be a citizen number."""
    texts = {
        f"{cell:.0f}" if isinstance(cell, float) else str(cell)
        for page in load_workbook(path).worksheets
        for row in page.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    }
    plain = {text.translate(str.maketrans("０１２３４５６７８９Ｘ", "0123456789X")) for text in texts}
    return {
        text
        for text in plain | texts
        if re.fullmatch(r"\S{17}[\S]", text) and sum(map(str.isdigit, text)) >= 17
    }


def test_no_citizen_number_is_shown_in_full(whole: tuple[Path, Said]):
    data, said = whole
    numbers = numbers_of(SAMPLE)
    assert len(numbers) > 1100
    page = load_workbook(data / "rejected.xlsx").worksheets[0]
    cells = [[str(cell or "") for cell in row] for row in page.iter_rows(values_only=True)]
    for text in (said.text, "\n".join("\t".join(row) for row in cells)):
        assert [number for number in numbers if number in text] == []
        assert re.findall(r"\d{13,}", text) == []
    masked = [row[4] for row in cells if row[2] == "身份证号码"]
    assert len(masked) > 30
    assert all(re.fullmatch(r"\*{14}\d{3}[\dX]", value) for value in masked)


def test_no_citizen_number_and_no_name_is_logged(tmp_path: Path, ledger: Path, undisturbed: tuple[Path, str]):
    data = shutil.copytree(undisturbed[0], tmp_path / "data")
    environ, command = environ_of(data, SHOUWANG_LOG_LEVEL="DEBUG"), [SHOUWANG, "run", "--days", "1"]
    ran = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    said = undisturbed[1] + ran.stdout + ran.stderr
    said += "".join(shouwang(word, data=data).text for word in ("summary", "status", "verify"))
    logged = (data / "shouwang.log").read_text(encoding="utf-8")
    assert logged, "the notices sent are logged"
    with opened(Settings(data=data)) as house:
        names = {row["name"] for row in house.views("registry", "SELECT name FROM elders")}
    assert len(names) > 100
    assert [number for number in numbers_of(ledger) if number in said or number in logged] == []
    assert [name for name in names if name in logged] == []


@pytest.mark.parametrize("number", range(KILLS))
def test_an_import_that_is_killed_and_run_again_ends_like_one_that_was_not(
    tmp_path: Path, ledger: Path, undisturbed: tuple[Path, str], number: int
):
    expected, said = undisturbed
    part = int(said.rpartition("writes left: -")[2]) // KILLS  # one moment in each part of the import
    moment = 1 + number * part + Random(f"{SEED}:{number}").randrange(part)
    data = keyed(tmp_path / "data")
    killed = killed_at(moment, data, ledger)
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    again = imported(data, ledger)
    assert again.code == 1, again.text
    adds_up(again)
    assert recorded(data) == recorded(expected)
    assert read_models(data) == read_models(expected)
    verified = shouwang("verify", data=data)
    assert verified.code == 0, verified.text


def test_two_imports_at_once_end_like_one(tmp_path: Path, ledger: Path, undisturbed: tuple[Path, str]):
    expected, _ = undisturbed
    data = keyed(tmp_path / "data")
    command = [SHOUWANG, "import", str(ledger), *OF_SAMPLE]
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    both = [subprocess.Popen(command, cwd=ROOT, env=environ_of(data), text=True, **piped) for _ in range(2)]
    said = [Said(one.returncode, text) for one in both for text in (one.communicate()[0],)]
    assert [one.code for one in said] == [1, 1], said[0].text + said[1].text
    for one in said:
        adds_up(one)
    assert sorted(totals(one)["enrolled"] for one in said) == [0, 217]
    assert recorded(data) == recorded(expected)
    assert read_models(data) == read_models(expected)


WANG = {
    "村委会": "高良村",
    "村小组": "上寨组",
    "姓名": "王桂兰",
    "性别": "女",
    "身份证号码": "530399195003021224",
    "出生日期": "1950-03-02",
    "居住状况": "独居",
    "慢病": "无",
    "残疾": "无",
    "赡养人一姓名": "王强",
    "赡养人一外出日期": "2022-02-10",
    "结对帮扶人": "V01-grid-1",
}
WITHOUT_SUPPORTER = {title: value for title, value in WANG.items() if not title.startswith("赡养人")}


def written(path: Path, *lines: dict[str, str]) -> Path:
    book = Workbook()
    page: Any = book.active
    page.title = "高良村"
    page.append([column.title for column in COLUMNS])
    for line in lines:
        page.append([line.get(column.title) for column in COLUMNS])
    book.save(path)
    return path


def outcomes(data: Path, path: Path, at: str = AT) -> dict[str, int]:
    said = imported(data, path, at=at)
    found = {name: number for name, number in totals(said).items() if number and name != "rows"}
    went_in = found.keys() & {"enrolled", "in_part", "already"}
    assert said.code == (2 if not went_in else 1 if problems_of(data) else 0), said.text
    return found


def problems_of(data: Path) -> list[tuple[str, ...]]:
    """The list of what is to be mended, without its header; none where nothing is."""
    path = data / "rejected.xlsx"
    if not path.exists():
        return []
    page = load_workbook(path)["退回清单"]
    return [tuple(str(cell or "") for cell in row) for row in page.iter_rows(min_row=2, values_only=True)]


def test_a_row_that_names_a_carer_who_has_gone_is_rejected_and_says_so(tmp_path: Path):
    data, path = tmp_path / "data", tmp_path / "ledger.xlsx"
    assert outcomes(data, written(path)) == {}
    with opened(Settings(data=data)) as house:
        moment = datetime.fromisoformat(AT).replace(tzinfo=SHANGHAI)
        assert house.take(EndAppointment(staff="V01-grid-1", on=moment.date()), moment).is_taken
    assert outcomes(data, written(path, WANG)) == {"rejected": 1}
    (line,) = problems_of(data)
    assert (line[:3], "已离任" in str(line[6])) == (("高良村", "2", "结对帮扶人"), True)


def test_a_changed_row_for_somebody_on_the_register_names_what_differs_and_changes_nothing(tmp_path: Path):
    data, path = tmp_path / "data", tmp_path / "ledger.xlsx"
    assert outcomes(data, written(path, WANG)) == {"enrolled": 1}
    sizes, models = log_sizes(data), read_models(data)
    changed = imported(data, written(path, WANG | {"居住状况": "与配偶同住"}))
    assert (changed.code, totals(changed)["already"], totals(changed)["rejected"]) == (1, 1, 0)
    (line,) = problems_of(data)
    assert line[:5] == ("高良村", "2", "居住状况", "L2", "空巢夫妻")
    assert "登记册上是“独居”,表上是“空巢夫妻”" in line[5]
    assert "登记册没有改动" in line[6]
    assert (log_sizes(data), read_models(data)) == (sizes, models)
    assert outcomes(data, written(path, WANG)) == {"already": 1}


def test_somebody_refused_is_enrolled_once_the_row_is_completed(tmp_path: Path):
    data, path = tmp_path / "data", tmp_path / "ledger.xlsx"
    assert outcomes(data, written(path, WITHOUT_SUPPORTER)) == {"refused": 1}
    assert outcomes(data, written(path, WITHOUT_SUPPORTER)) == {"refused": 1}, "and told again"
    assert outcomes(data, written(path, WANG)) == {"enrolled": 1}
    assert outcomes(data, written(path, WANG)) == {"already": 1}
    assert outcomes(data, written(path, WANG | {"居住状况": "与配偶同住"})) == {"already": 1}


def test_somebody_refused_as_under_age_is_enrolled_by_the_same_row_from_the_sixtieth_birthday_on(
    tmp_path: Path,
):
    data, changed = tmp_path / "data", {"居住状况": "与配偶同住"}
    young = WANG | {"出生日期": "1964-03-02", "身份证号码": "530399196403021228"}
    path, other = written(tmp_path / "a.xlsx", young), written(tmp_path / "b.xlsx", young | changed)
    assert outcomes(data, path) == {"refused": 1}
    assert outcomes(data, other) == {"refused": 1}
    for day, asked in (("2024-02-01", path), ("2024-03-01", other), ("2024-03-01", path)):
        sizes = log_sizes(data)
        assert outcomes(data, asked, f"{day}T07:00:00") == {"refused": 1}
        assert log_sizes(data) == sizes
    assert outcomes(data, other, "2024-03-02T07:00:00") == {"enrolled": 1}
    assert outcomes(data, other, "2024-03-03T07:00:00") == {"already": 1}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660], ids=oct)
def test_a_look_up_key_that_others_can_read_is_refused(tmp_path: Path, mode: int):
    data = keyed(tmp_path / "data")
    (data / "lookup.key").chmod(mode)
    said = imported(data, written(tmp_path / "ledger.xlsx", WANG))
    assert said.code == 2
    assert "others can read the look-up key: chmod 600 it" in said.text
    assert "Traceback" not in said.text
    assert set(log_sizes(data).values()) == {0}


def test_a_look_up_key_that_is_cut_short_is_refused(tmp_path: Path):
    data = keyed(tmp_path / "data")
    (data / "lookup.key").write_bytes(b"")
    said = imported(data, written(tmp_path / "ledger.xlsx", WANG))
    assert said.code == 2
    assert "the look-up key is cut short" in said.text


def test_what_is_no_workbook_is_refused_and_nothing_is_recorded(tmp_path: Path):
    path = tmp_path / "ledger.xlsx"
    path.write_text("姓名,性别\n", encoding="utf-8")
    said = imported(tmp_path / "data", path)
    assert said.code == 2
    assert "The content is not what the name says" in said.text
    assert "Traceback" not in said.text
    assert set(log_sizes(tmp_path / "data").values()) == {0}
