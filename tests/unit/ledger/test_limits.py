"""Within limits: bombs are refused before they are unpacked, and the largest file that is taken needs little memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from services.ledger.file_errors import LedgerError
from services.ledger.reader import Ledger, read_ledger
from tests.unit.ledger import bombs

ROOT = Path(__file__).parents[3]
MEGABYTES = 200


def read_apart(*paths: Path) -> list[dict[str, object]]:
    """Each file's outcome, and the memory of the process that read them all so far."""
    command = [sys.executable, "-m", "benchmarks.files", *map(str, paths)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in said.splitlines()]


@pytest.mark.parametrize("name", bombs.BOMBS)
def test_a_bomb_is_refused_whole_or_by_the_sheet(tmp_path: Path, name: str):
    make, suffix = bombs.BOMBS[name]
    path = make(tmp_path / f"ledger{suffix}")
    try:
        rows = list(read_ledger(path, {"高良村": "530323990201"}))
    except LedgerError:
        return
    assert [row.is_whole_sheet for row in rows] == [True]


def test_no_bomb_takes_much_memory(tmp_path: Path):
    made = [make(tmp_path / f"{name}{suffix}") for name, (make, suffix) in bombs.BOMBS.items()]
    assert max(int(str(one["megabytes"])) for one in read_apart(*made)) <= MEGABYTES


def test_five_thousand_rows_of_forty_columns_are_taken_in_little_memory(tmp_path: Path):
    (read,) = read_apart(bombs.large(tmp_path / "large.xlsx"))
    assert (read["outcome"], read["rows"]) == ("read", 5000)
    assert int(str(read["megabytes"])) <= MEGABYTES


def test_what_is_claimed_of_a_sheet_and_does_not_stand_there_is_no_matter(tmp_path: Path):
    claim = '<dimension ref="A1:XFD1048576"/>'
    sheet = bombs.worksheet("<row><c><v>1</v></c></row>").replace("<sheetData>", f"{claim}<sheetData>")
    (row,) = read_ledger(bombs.xlsx(tmp_path / "ledger.xlsx", sheet), {})
    assert "没有登记表的表头" in row.problems[0].what


def test_a_tail_of_empty_rows_is_no_matter(form, wang):
    page = form.sheet("高良村", wang)
    for row in range(3, 9000, 50):
        page.cell(row, 1).number_format = "@"
    assert len(list(Ledger(form.save()).rows({"高良村": "530323990201"}))) == 1
