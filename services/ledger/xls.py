"""Workbooks of Excel 97 to 2003 (.xls), read by calamine in a process of its own within bounds of memory and time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from services.ledger import xls_child
from services.ledger.file_errors import Damaged, PasswordProtected, TooLarge
from services.ledger.grids import ERRORS, Collector, Grid, Marked, Merged
from services.ledger.limits import MAX_SHEETS
from services.ledger.troubles import UnreadableCell


def grids_of_xls(path: Path, collector: Collector) -> list[Grid]:
    """Every worksheet, hidden ones too. Raises PasswordProtected, Damaged, TooLarge."""
    command = [sys.executable, "-I", xls_child.__file__, str(path)]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and file
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as child:
        assert child.stdout is not None  # noqa: S101 - a pipe was asked for
        try:
            return list(_grids(child.stdout, collector))
        finally:
            child.kill()


def _grids(lines: Iterator[str], collector: Collector) -> Iterator[Grid]:
    """Raises TooLarge where the child was stopped by its bounds before it had come to an end."""
    grid: Grid | None = None
    sheets = 0
    for line in lines:
        said = json.loads(line)
        match said:
            case {"error": "password"}:
                raise PasswordProtected
            case {"error": _}:
                raise Damaged
            case {"end": True}:
                if grid is not None:
                    yield grid
                return
            case {"sheet": title, "hidden": is_hidden, "merged": merged}:
                if grid is not None:
                    yield grid
                sheets += 1
                if sheets > MAX_SHEETS:
                    raise TooLarge
                grid = Grid(title, is_hidden=is_hidden, looks_for_hidden=False)
                _merge(grid, merged, collector)
            case [row, cells] if grid is not None:
                _put(grid, row, cells, collector)
            case _:
                raise Damaged
    raise TooLarge


def _merge(grid: Grid, merged: list[Any], collector: Collector) -> None:
    areas = [Merged(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in merged]
    try:
        collector.finish(grid, areas)
    except UnreadableCell as why:
        grid.trouble = why


def _put(grid: Grid, row: int, cells: dict[str, Any], collector: Collector) -> None:
    if grid.trouble is not None:
        return
    try:
        for column, value in cells.items():
            collector.put(grid, row, int(column), _value(value))
    except UnreadableCell as why:
        grid.rows, grid.trouble = {}, why


def _value(value: Any) -> object:
    match value:
        case {"day": day}:
            return datetime.fromisoformat(day)
        case str() if value.startswith(ERRORS):
            return Marked(value, is_formula=False)
        case float() if value.is_integer() and abs(value) < 10**15:
            return int(value)
        case _:
            return value
