"""Policy files: every row names the clause that it rests on, and every section is read by a service."""

import re
from pathlib import Path

import pytest

from services.chassis.policy.files import HEAD, read_file
from services.policy_lab.versions import clause_of, faults_in, rows_of

FILES = sorted((Path(__file__).parents[2] / "policies").glob("*.toml"))
CLAUSE = re.compile(r"[一二三四] ?\([一二三四五]\)|section \d|Decision")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_in_order(path: Path):
    assert [str(fault) for fault in faults_in(read_file(path))] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_row_names_its_clause(path: Path):
    file = read_file(path)
    rows = [row for row, _ in rows_of(file.content) if row[0] not in HEAD]
    assert rows
    assert [".".join(row) for row in rows if not CLAUSE.search(clause_of(file, row))] == []
