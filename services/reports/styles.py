"""How the cells of a workbook look."""

from __future__ import annotations

from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

FONT, TITLE_SIZE, TEXT_SIZE = "宋体", 16, 10
_EDGE = Side(style="thin", color="000000")
_BORDER = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
_SHADE = PatternFill("solid", fgColor="EDEDED")
_TEXT, _DAY = "@", "yyyy-mm-dd"


class Styles:
    """Each look is made once on a cell that is thrown away, and shared from there."""

    def __init__(self, sheet: Any) -> None:
        self._cell = sheet.cell(1, 1)
        self._numbers: dict[tuple[str, bool], Any] = {}
        left = Alignment(wrap_text=True, vertical="center", horizontal="left")
        middle = Alignment(wrap_text=True, vertical="center", horizontal="center")
        plain, self._bold = Font(name=FONT, size=TEXT_SIZE), Font(name=FONT, size=TEXT_SIZE, bold=True)
        self._plain, self._middle = plain, middle
        self.title = self._made(Font(name=FONT, size=TITLE_SIZE, bold=True), middle)
        self.line = self._made(plain, left)
        self.header = self._made(self._bold, middle, is_boxed=True, fill=_SHADE)
        self.date = self._made(plain, middle, is_boxed=True, form=_DAY)
        self.text = self._made(plain, left, is_boxed=True)
        self.quoted = self._made(plain, left, is_boxed=True, is_quoted=True)
        self.total_text = self._made(self._bold, left, is_boxed=True)
        self.nothing = self._made(plain, middle, is_boxed=True)

    def number(self, form: str, *, is_total: bool) -> Any:
        """A number, as Excel's `form` writes it."""
        key = form, is_total
        if key not in self._numbers:
            font = self._bold if is_total else self._plain
            self._numbers[key] = self._made(font, self._middle, is_boxed=True, form=form)
        return self._numbers[key]

    def _made(
        self,
        font: Font,
        alignment: Alignment,
        *,
        is_boxed: bool = False,
        form: str = _TEXT,
        fill: PatternFill | None = None,
        is_quoted: bool = False,
    ) -> Any:
        cell = self._cell
        cell.font, cell.alignment, cell.number_format = font, alignment, form
        cell.border = _BORDER if is_boxed else Border()
        cell.fill = fill or PatternFill()
        cell.quotePrefix = is_quoted
        style = cell._style.__copy__()  # noqa: SLF001  # looking each style up for each cell takes most of the time
        cell.quotePrefix = False
        return style
