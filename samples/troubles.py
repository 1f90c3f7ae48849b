"""What goes wrong in a real ledger, planted on purpose: a tenth of the lines, each kind a known number of times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from samples.people import Person, Population

Line = dict[str, object]
"""Field to what is written in its cell."""

EXACT_DIGITS = 15
TO_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@dataclass
class Sheet:
    """One sheet's lines, in order."""

    title: str
    lines: list[Line] = field(default_factory=list)


def line_of(person: Person) -> Line:
    """A person as written by someone careful."""
    line: Line = {
        "village": person.village,
        "group": person.group,
        "name": person.name,
        "sex": person.sex,
        "citizen_number": person.number,
        "born": person.born,
        "carer": person.carer,
        **person.values,
    }
    for number, supporter in enumerate(person.supporters, start=1):
        line |= {
            f"supporter{number}.name": supporter.name,
            f"supporter{number}.relation": supporter.relation,
            f"supporter{number}.phone": supporter.phone,
            f"supporter{number}.whereabouts": supporter.whereabouts,
            f"supporter{number}.left": supporter.left or "未外出",
            f"supporter{number}.back": "未返乡" if supporter.left else "",
        }
    return line


def born_of(line: Line) -> date:
    """The birth date of a line that is still as a careful person wrote it."""
    born = line["born"]
    assert isinstance(born, date)  # noqa: S101
    return born


def wrong_check_digit(line: Line) -> None:
    """One digit mistyped."""
    number = str(line["citizen_number"])
    line["citizen_number"] = f"{number[:14]}{(int(number[14]) + 1) % 10}{number[15:]}"


def born_disagrees(line: Line) -> None:
    """The birthday as the family keeps it."""
    line["born"] = born_of(line) + timedelta(days=31)


def sex_disagrees(line: Line) -> None:
    """The other word."""
    line["sex"] = "男" if line["sex"] == "女" else "女"


def rounded_number(line: Line) -> None:
    """A number in a cell that was not formatted as text."""
    line["citizen_number"] = int(str(line["citizen_number"])[:EXACT_DIGITS] + "000")


def formula(line: Line) -> None:
    """An address put together by a formula."""
    line["address"] = '=CONCATENATE("高良乡","村")'


def unreadable_date(line: Line) -> None:
    """Only the year and month of leaving."""
    line["supporter1.left"] = "2022年3月"


def nameless(line: Line) -> None:
    """Two things at once: no name, and no such living arrangement."""
    line["name"], line["living"] = "", "其他"


def full_width(line: Line) -> None:
    """Typed with the Chinese keyboard's wide digits and a space within the name."""
    name = str(line["name"])
    line["name"] = f"{name[0]} {name[1:]}"
    line["citizen_number"] = str(line["citizen_number"]).translate(TO_FULL_WIDTH)
    line["phone"] = str(line["phone"]).translate(TO_FULL_WIDTH)


def temporary(line: Line) -> None:
    """No number yet."""
    line["citizen_number"] = ""


def no_supporters(line: Line) -> None:
    """Nobody who owes support: for the registry to refuse."""
    for cell in [cell for cell in line if cell.startswith("supporter")]:
        line[cell] = ""


PLANTED: dict[Callable[[Line], None], int] = {
    wrong_check_digit: 16,
    born_disagrees: 13,
    sex_disagrees: 11,
    rounded_number: 12,
    formula: 4,
    unreadable_date: 6,
    nameless: 2,
    full_width: 18,
    temporary: 9,
    no_supporters: 12,
}
UNDER_AGE = 7
DUPLICATES = 8
LATE, LATE_WITHOUT_VILLAGE = 10, 6
NO_SUCH_VILLAGE = "高寨村"


def plant(sheets: list[Sheet], random: Random) -> None:
    """Spoils lines here and there, then writes some people a second time in another village."""
    lines = [line for sheet in sheets for line in sheet.lines]
    random.shuffle(lines)
    clean: Iterator[Line] = iter(lines)
    for spoil, count in PLANTED.items():
        for _ in range(count):
            spoil(next(clean))
    for _ in range(DUPLICATES):
        _twice(next(clean), sheets, random)
    for line in clean:
        _write_birth_date(line, random)


def _twice(line: Line, sheets: list[Sheet], random: Random) -> None:
    elsewhere = random.choice([sheet for sheet in sheets if sheet.title != line["village"]])
    neighbour = random.choice(elsewhere.lines)
    place = {cell: neighbour[cell] for cell in ("village", "group", "carer")}
    elsewhere.lines.insert(elsewhere.lines.index(neighbour) + 1, {**line, **place})


def _write_birth_date(line: Line, random: Random) -> None:
    """As people write dates: mostly real ones, the others as text or as the number behind a date."""
    born = born_of(line)
    styles: tuple[object, ...] = (
        f"{born.year}年{born.month}月{born.day}日",
        f"{born.year}.{born.month}.{born.day}",
        f"{born:%Y/%m/%d}",
        f"{born:%Y%m%d}",
        (born - date(1899, 12, 30)).days,
    )
    if random.random() < 0.06:  # noqa: PLR2004
        line["born"] = random.choice(styles)
    if str(line["citizen_number"]).endswith("X") and random.random() < 0.5:  # noqa: PLR2004
        line["citizen_number"] = str(line["citizen_number"]).lower()


def late_entries(people: Population, somewhere: list[tuple[str, str, str]]) -> Sheet:
    """A sheet of late entries, named for no village, where some forgot to write the village."""
    sheet = Sheet("补登")
    for number in range(LATE):
        village, group, carer = people.random.choice(somewhere)
        person = people.elder(village, group)
        person.carer = carer
        line = line_of(person)
        if number < LATE_WITHOUT_VILLAGE:
            line["village"] = ""
        elif number == LATE_WITHOUT_VILLAGE:
            line["village"] = NO_SUCH_VILLAGE
        sheet.lines.append(line)
    return sheet
