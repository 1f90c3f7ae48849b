"""Small ledgers, written as villages write them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from services.ledger.columns import COLUMNS, FormColumn
from services.ledger.facts import Row
from services.ledger.reader import read_ledger

VILLAGES = {"高良村": "530323990201", "花桥村": "530323990205"}
WANG = {
    "村委会": "高良村",
    "村小组": "上寨组",
    "姓名": "王桂兰",
    "性别": "女",
    "身份证号码": "530399195003021224",
    "出生日期": "1950-03-02",
    "民族": "壮族",
    "联系电话": "13800000000",
    "居住状况": "独居",
    "慢病": "无",
    "残疾": "无",
    "低保": "否",
    "赡养人一姓名": "王强",
    "赡养人一关系": "儿子",
    "赡养人一外出日期": "2022-02-10",
    "结对帮扶人": "V01-grid-1",
}
LI = WANG | {
    "姓名": "李正明",
    "性别": "男",
    "身份证号码": "530399194811120015",
    "出生日期": "1948-11-12",
}


class Form:
    """A workbook in the making, on the form's own headers in one row unless told otherwise."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = Workbook()
        self.book.remove(self.book.worksheets[0])

    def sheet(self, title: str = "高良村", *lines: Mapping[str, Any], headers: bool = True) -> Worksheet:
        page = self.book.create_sheet(title)
        if headers:
            page.append([column.title for column in COLUMNS])
        for line in lines:
            page.append([line.get(column.title) for column in COLUMNS])
        return page

    def save(self) -> Path:
        self.book.save(self.path)
        return self.path

    def read(self) -> list[Row]:
        return list(read_ledger(self.save(), VILLAGES))


def column_of(title: str) -> int:
    """The number of a column in a Form's sheets."""
    return 1 + [column.title for column in COLUMNS].index(title)


@pytest.fixture
def form(tmp_path: Path) -> Form:
    return Form(tmp_path / "ledger.xlsx")


@pytest.fixture
def wang() -> dict[str, Any]:
    return dict(WANG)


@pytest.fixture
def li() -> dict[str, Any]:
    return dict(LI)


@pytest.fixture
def number_of() -> Callable[[str], int]:
    return column_of


@pytest.fixture
def columns() -> tuple[FormColumn, ...]:
    return COLUMNS


@pytest.fixture
def villages() -> dict[str, str]:
    return dict(VILLAGES)
