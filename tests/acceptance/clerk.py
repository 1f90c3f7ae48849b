"""A clerk's workbook: a row a mistake, and what each should have been."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from stdnum.cn import ric

from services.ledger.columns import COLUMNS

TITLES = [column.title for column in COLUMNS]
FIRST_ROW = 3
THIN = Side(style="thin", color="808080")


def number(turn: int, *, last: str = "", born: str = "19500302") -> str:
    """A right number of a woman: the `turn`th, or the first from there that ends with `last`."""
    while True:
        front = f"530399{born}{2 * turn:03d}"
        whole = front + ric.calc_check_digit(front + "0")
        if whole.endswith(last):
            return whole
        turn += 1


@dataclass(frozen=True)
class Mistake:
    """What the clerk wrote in a column, what was meant, and the outcome of the row as it was first sent."""

    column: str
    written: object
    meant: object
    outcome: str = "rejected"


ENDING_IN_X = number(101, last="X")
MISTAKES = (
    Mistake("备注", None, None, "enrolled"),
    Mistake("身份证号码", number(2)[:-1] + str((int(number(2)[-1].replace("X", "0")) + 1) % 10), number(2)),
    Mistake("身份证号码", 530399195003020000, number(3)),
    Mistake("身份证号码", ENDING_IN_X[:-1] + "×", ENDING_IN_X),
    Mistake("身份证号码", number(5).replace("0", "O", 1), number(5)),
    Mistake("身份证号码", number(6)[:-1], number(6)),
    Mistake("身份证号码", "530399" + "*" * 8 + "1234", number(7)),
    Mistake("身份证号码", number(1), number(8)),
    Mistake("出生日期", "1951-03-02", "1950-03-02"),
    Mistake("出生日期", "195O年3月2日", "1950年3月2日"),
    Mistake("性别", "男", "女"),
    Mistake("姓名", None, "测试十二"),
    Mistake("姓名", "测□十三", "测试十三"),
    Mistake("家庭住址", '=CONCATENATE("上寨组","1号")', "上寨组1号"),
    Mistake("村委会", "高粮村", "高良村"),
    Mistake("村小组", "上赛组", "上寨组"),
    Mistake("居住状况", "一个人住", "独居"),
    Mistake("慢病", "糖尿病", "2型糖尿病"),
    Mistake("残疾", "有", "肢体残疾二级"),
    Mistake("低保", "可能", "否"),
    Mistake("委托照顾协议", "已签", "2023-12-01"),
    Mistake("委托照顾协议", "2033-12-01", "2023-12-01", "in_part"),
    Mistake("赡养人一姓名", None, "子女二十三"),
    Mistake("赡养人一外出日期", "前年", "2022-02-10"),
    Mistake("赡养人一返乡情况", "春节返乡", "未返乡"),
    Mistake("结对帮扶人", "查无此人", "V01-grid-2", "in_part"),
    Mistake("备注", "子女春节回来过", None, "in_part"),
    Mistake("联系电话", "l38OOOO1234", "13800001234"),
)
NOBODY_SUPPORTS = len(MISTAKES) + 1
"""One more row, which a rule refuses until a supporter is named."""
SUPPORTER = {"赡养人一姓名": "子女末", "赡养人一关系": "儿子", "赡养人一外出日期": "2022-02-10"}


def right_line(turn: int) -> dict[str, Any]:
    """A row without a mistake."""
    return {
        "序号": turn,
        "村委会": "高良村",
        "村小组": "上寨组",
        "姓名": f"测试{turn}",
        "性别": "女",
        "身份证号码": number(turn),
        "出生日期": "1950-03-02",
        "民族": "汉族",
        "家庭住址": f"上寨组{turn}号",
        "居住状况": "独居",
        "慢病": "无",
        "残疾": "无",
        "失能": "否",
        "重大疾病": "否",
        "低保": "否",
        "特困": "否",
        "是否愿意入住养老机构": "是",
        "赡养人一姓名": f"子女{turn}",
        "赡养人一关系": "儿子",
        "赡养人一外出日期": "2022-02-10",
        "赡养人一返乡情况": "未返乡",
        "结对帮扶人": "V01-grid-1",
    }


def lines(*, meant: bool) -> list[dict[str, Any]]:
    """Every row, as it was meant or as the clerk wrote it."""
    found = [
        right_line(turn) | {one.column: one.meant if meant else one.written}
        for turn, one in enumerate(MISTAKES, 1)
    ]
    last = right_line(NOBODY_SUPPORTS) | SUPPORTER
    if not meant:
        last = {title: value for title, value in last.items() if not title.startswith("赡养人")}
    return [*found, last]


def write(path: Path, rows: list[dict[str, Any]], *, with_what_is_no_row: bool = False) -> Path:
    """A workbook as townships dress it: a title, ruled cells, coloured headers."""
    book = Workbook()
    page: Any = book.active
    page.title = "高良村"
    page.append(["农村留守老年人基本情况登记表"])
    page.append(TITLES)
    for row in rows:
        page.append([row.get(title) for title in TITLES])
    if with_what_is_no_row:
        page.append(TITLES)
        page.append(["合计", None, None, None, None, len(rows)])
        page.append([len(rows) + 1, "高良村", "上寨组"])
        page.append(["填表人:", None, "王会计"])
        page.row_dimensions[FIRST_ROW].hidden = True
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(TITLES))
    page["A1"].font = Font(bold=True, size=18, name="黑体")
    page["A1"].alignment = Alignment(horizontal="center")
    for cells in page.iter_rows(min_row=2):
        for cell in cells:
            cell.border = Border(THIN, THIN, THIN, THIN)
    for cell in page[2]:
        cell.fill = PatternFill("solid", fgColor="C6E0B4")
        cell.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")
        cell.font = Font(bold=True)
    for place, title in enumerate(TITLES, 1):
        page.column_dimensions[get_column_letter(place)].width = 22 if title == "身份证号码" else 11
    page.row_dimensions[1].height, page.row_dimensions[2].height = 30, 36
    book.save(path)
    return path


def mend(path: Path, out: Path) -> Path:
    """As somebody does it: each cell that was wrong is written anew, in the workbook that came back."""
    book = load_workbook(path)
    page = book.worksheets[0]
    for turn, line in enumerate(lines(meant=True)):
        for title, value in line.items():
            cell = page.cell(FIRST_ROW + turn, TITLES.index(title) + 1)
            if cell.value != value:
                cell.value = value
    book.save(out)
    return out


def column_of(title: str) -> str:
    """The letters of a column."""
    return get_column_letter(TITLES.index(title) + 1)
