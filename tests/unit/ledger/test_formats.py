"""Each format is read, and each file that cannot be read is told what it is, in a sentence of its own."""

import re
import zipfile
from pathlib import Path

import pytest
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter

from services.ledger import file_errors
from services.ledger.reader import Ledger
from tests.unit.ledger.conftest import column_of

CASES = Path(__file__).parents[2] / "acceptance" / "cases"
VILLAGES = {"高良村": "530323990201", "落水洞村": "530323990202"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def facts_of(path: Path) -> list[object]:
    return [row.facts for row in Ledger(path).rows(VILLAGES)]


def notes_of(path: Path) -> str:
    return " ".join(one.problem.what for one in Ledger(path).noted)


@pytest.mark.parametrize("suffix", [".xls", ".ods"])
def test_the_same_ledger_in_another_format_says_the_same(suffix: str):
    assert facts_of(CASES / f"hidden-sheet{suffix}") == facts_of(CASES / "hidden-sheet.xlsx")
    assert "工作表是隐藏的,里面有 1 行登记" in notes_of(CASES / f"hidden-sheet{suffix}")


def test_of_an_xls_it_is_said_that_hidden_rows_were_not_looked_for():
    assert "看不出隐藏的行列、批注和公式" in notes_of(CASES / "hidden-sheet.xls")
    assert "看不出隐藏" not in notes_of(CASES / "hidden-sheet.ods")


def test_hidden_and_filtered_rows_are_read_and_named(form, wang, li):
    page = form.sheet("高良村", wang, li)
    page.row_dimensions[3].hidden = True
    assert len(form.read()) == 2
    (note,) = Ledger(form.path).noted
    assert (note.rows, note.is_loss) == ("3", False)
    page.auto_filter.ref = "A1:AJ3"
    page.auto_filter.add_filter_column(3, ["王桂兰"])
    form.save()
    assert "正在筛选" in notes_of(form.path)


def test_hidden_columns_that_hold_something_are_read_and_named(form, wang):
    page = form.sheet("高良村", wang | {"特困": "是"})
    for title in ("特困", "健康状况"):
        page.column_dimensions[get_column_letter(column_of(title))].hidden = True
    assert len(form.read()) == 1
    (note,) = Ledger(form.path).noted
    assert "隐藏" in note.problem.what
    assert "特困" in note.problem.what
    assert "健康状况" not in note.problem.what


def test_comments_on_entries_are_not_read_and_their_rows_are_named(form, wang, li):
    page = form.sheet("高良村", wang, li)
    page.cell(1, 6).comment = Comment("填 18 位", "制表人")
    page.cell(3, 4).comment = Comment("去年已病故", "会计")
    assert len(form.read()) == 2
    (note,) = Ledger(form.path).noted
    assert (note.rows, "批注" in note.problem.what) == ("3", True)


def test_an_ods_tells_its_hidden_columns_and_comments(tmp_path: Path):
    path = tmp_path / "ledger.ods"
    hidden = b'<table:table-column table:number-columns-repeated="9" table:visibility="collapse"/>'
    with zipfile.ZipFile(CASES / "hidden-sheet.ods") as packed, zipfile.ZipFile(path, "w") as changed:
        for name in packed.namelist():
            content = packed.read(name)
            if name == "content.xml":
                content = re.sub(rb"(<table:table [^>]*>)", rb"\1" + hidden, content)
                content = content.replace(b"<text:p>", b"<office:annotation/><text:p>")
            changed.writestr(name, content)
    assert "这些列是隐藏的" in notes_of(path)
    assert "批注" in notes_of(path)


def test_an_xls_under_the_name_of_another_format_is_read_and_named(tmp_path: Path):
    path = tmp_path / "ledger.xlsx"
    path.write_bytes((CASES / "hidden-sheet.xls").read_bytes())
    assert len(facts_of(path)) == 1
    assert "内容却是 .xls" in notes_of(path)


def with_part(path: Path, name: str, content: str) -> Path:
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr(name, content)
    return path


def copied(tmp_path: Path, name: str, length: int | None = None) -> Path:
    path = tmp_path / name
    path.write_bytes((CASES / "hidden-sheet.xlsx").read_bytes()[:length])
    return path


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def document(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types>wordprocessingml</Types>")
    return path


def locked_ods(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    return path


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda t: copied(t, "cut.xlsx", 4000), file_errors.Damaged),
        (lambda t: with_part(copied(t, "a.xlsm"), "xl/vbaProject.bin", "x"), file_errors.HoldsMacros),
        (lambda t: with_part(copied(t, "a.xlsb"), "xl/workbook.bin", "x"), file_errors.BinaryWorkbook),
        (
            lambda t: written(t / "a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le")),
            file_errors.PasswordProtected,
        ),
        (lambda t: locked_ods(t / "a.ods"), file_errors.PasswordProtected),
        (lambda t: document(t / "a.xlsx"), file_errors.WrongName),
        (lambda t: written(t / "a.xls", b"<html><table></table></html>"), file_errors.WrongName),
        (lambda t: written(t / "a.xlsx", b"%PDF-1.7"), file_errors.WrongName),
        (lambda t: written(t / "a.csv", b"\x89PNG\r\n\x1a\n\0\0"), file_errors.WrongName),
        (lambda t: written(t / "a.csv", b"\xff\xfa\x81,\xff\n"), file_errors.UnknownLetters),
        (
            lambda t: written(t / "cut.xls", (CASES / "hidden-sheet.xls").read_bytes()[:5000]),
            file_errors.Damaged,
        ),
        (lambda t: written(t / "a.xlsx", b""), file_errors.NotAWorkbook),
    ],
)
def test_what_cannot_be_read_is_told_what_it_is(tmp_path: Path, make, kind):
    with pytest.raises(file_errors.LedgerError) as caught:
        Ledger(make(tmp_path))
    assert type(caught.value) is kind
    assert str(caught.value) == " ".join(kind.__doc__.split())
