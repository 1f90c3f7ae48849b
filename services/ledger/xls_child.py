"""Reads an .xls in a process of its own, which can neither grow nor run on, whatever the file holds.

Run as a file: what it imports is all that the process holds. A line of JSON a sheet, then one a row.
"""

import json
import resource
import sys
from datetime import date, datetime, time, timedelta

MEMORY = 320 * 1024 * 1024
SECONDS = 20


def plain(value: object) -> object:
    """A value as JSON has it; a day as {"day": ISO}."""
    if isinstance(value, datetime | date):
        return {"day": value.isoformat()}
    if isinstance(value, time | timedelta):
        return str(value)
    return value


def main(path: str) -> None:
    """Everything that holds something."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import (  # noqa: PLC0415 - within the bounds
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    out = sys.stdout
    try:
        with open(path, "rb") as file, CalamineWorkbook.from_filelike(file) as book:  # noqa: PTH123 - few imports
            for about in book.sheets_metadata:
                if about.typ is not SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(about.name)
                merged = sheet.merged_cell_ranges or []
                is_hidden = about.visible is not SheetVisibleEnum.Visible
                head = {"sheet": about.name, "hidden": is_hidden, "merged": merged, "start": sheet.start}
                out.write(json.dumps(head) + "\n")
                top = sheet.start[0] if sheet.start else 0
                left = sheet.start[1] if sheet.start else 0
                for number, row in enumerate(sheet.to_python(skip_empty_area=True), top + 1):
                    cells = {place: plain(value) for place, value in enumerate(row, left + 1) if value != ""}
                    if cells:
                        out.write(json.dumps([number, cells]) + "\n")
    except PasswordError:
        out.write('{"error": "password"}\n')
    except CalamineError:
        out.write('{"error": "damaged"}\n')
    else:
        out.write('{"end": true}\n')


if __name__ == "__main__":
    main(sys.argv[1])
