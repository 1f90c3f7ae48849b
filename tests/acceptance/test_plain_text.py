"""What people wrote is plain text on a terminal, whoever wrote it and whatever command shows it."""

import os
import pty
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from services.chassis.commands.command import Asked, Command
from services.house.house import opened
from services.house.settings import DEFAULT_POLICY, Settings
from services.registry.comparisons.commands import CompareList, DifferenceRow
from services.registry.elders import commands as register
from services.visits import commands as care
from tests.acceptance.test_cli import shouwang
from tests.unit.http.village import BEGIN, NOW, STAFF, VILLAGE, enrol

MARKUP = "[/x][red]"
ESCAPES = "\x1b]8;;http://evil\x1b\\\x1b]0;owned\x07\x1b[31m\x9b31m\u202e\u2066\u200f\x00"
HOSTILE = f"{MARKUP}{ESCAPES}王"
STYLES = re.compile(r"\x1b\[[0-9;]*m")
SERVED = ("SHOUWANG_DATA", "SHOUWANG_FLEET", "COLUMNS")


def commands_in(text: str) -> list[str]:
    return [
        one for one in text if one != "\n" and unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]


def unchecked(command: type[Command], /, **fields: object) -> Command:
    """A command with texts that no door takes any more, as older logs may hold them."""
    defaults = {
        name: one.get_default(call_default_factory=True) for name, one in command.model_fields.items()
    }
    return command.model_construct(**(defaults | fields))


def _given() -> Iterator[Command]:
    yield unchecked(register.OpenVillage, village=VILLAGE, name=HOSTILE, groups=["一组", HOSTILE])
    for staff, role in STAFF.items():
        yield register.Appoint.model_validate({"staff": staff, "role": role})
    yield register.Appoint.model_validate({"staff": "office", "role": "leading_group_office"})
    yield unchecked(register.Appoint, staff=HOSTILE, role="grid_worker", village=VILLAGE)
    for elder in ("E1", "E2"):
        form = enrol(elder, citizen_number="530399195003011229")
        texts = dict.fromkeys(("name", "address", "needs", "difficulties", "care_situation"), HOSTILE)
        yield form.model_copy(update={**texts, "group": HOSTILE, "income_sources": [HOSTILE]})


def _then() -> Iterator[Command]:
    day = NOW.date()
    found = {"by": "grid", "on": day, "text": HOSTILE}
    yield unchecked(care.OpenProblem, problem="P1", elder="E1", kind="housing", **found)
    yield unchecked(care.OpenProblem, problem=f"P{HOSTILE}", elder="E1", kind="housing", **found)
    yield unchecked(care.NoteNeed, need=HOSTILE, elder="E1", kind="goods", **found)
    yield unchecked(register.KeepApart, elder="E1", other="E2", by="lead", reason=HOSTILE)
    yield unchecked(register.TransferElder, elder="E2", village=VILLAGE, group="一组", on=day, carer=HOSTILE)
    row = {"kind": "not_registered", "category": "disability", "elder": None, "place": HOSTILE, "tail": ""}
    compared = {"comparison": "C1", "department": HOSTILE, "on": day, "by": "office", "same": 0}
    yield unchecked(CompareList, **compared, differences=[DifferenceRow.model_construct(**row)])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A village of which every text is hostile."""
    folder = tmp_path_factory.mktemp("hostile") / "data"
    with opened(Settings(data=folder)) as house:
        taken = house.take_many([Asked(one, BEGIN) for one in _given()])
        house.settle()
        taken += house.take_many([Asked(one, NOW) for one in _then()])
        house.settle()
        assert [(at, one) for at, one in enumerate(taken) if not one.is_taken] == []
        house.services["registry"].advance(NOW + timedelta(days=1))
        house.settle()
    return folder


COMMANDS = [
    ("summary",),
    ("history", "E1"),
    ("history", "E2"),
    ("history", "C1"),
    ("history", HOSTILE.replace("\x00", "")),
    ("state", "E1", "--as-of", "2024-03-05"),
    ("state", "E2", "--as-of", "2024-03-05"),
    ("state", HOSTILE.replace("\x00", ""), "--as-of", "2024-03-05"),
    ("problems", "list", "--as", "lead"),
    ("problems", "show", "P1", "--as", "lead"),
    ("problems", "show", HOSTILE.replace("\x00", ""), "--as", "lead"),
    ("duplicates", "list"),
    ("duplicates", "list", "--status", "kept"),
    ("differences", "list"),
    ("report", "elder-file", "--elder", "E1", "--as-of", "2024-03-05", "--reader", "village_lead"),
    ("report", "village-ledger", "--as-of", "2024-03-05", "--reader", "village_lead"),
    ("report", "problem-ledger", "--as-of", "2024-03-05", "--reader", "village_lead"),
    ("event", "registry:1"),
    ("parked", "list"),
    ("notices", "failed"),
    ("notices", "test", HOSTILE.replace("\x00", "")),
    ("parked", "show", "risk", HOSTILE.replace("\x00", "")),
    ("status",),
    ("verify",),
    ("rebuild", HOSTILE.replace("\x00", "")),
    (HOSTILE.replace("\x00", ""),),
    ("status", f"--{HOSTILE.replace(chr(0), '')}"),
    (
        "figure",
        "correct",
        HOSTILE.replace("\x00", ""),
        "x",
        "--by",
        "a",
        "--reason",
        "r",
        "--on",
        "soon\x1b[31m",
    ),
    ("import", f"/nowhere/{HOSTILE.replace(chr(0), '').replace('/', '')}"),
]


@pytest.mark.parametrize(
    "words", COMMANDS, ids=lambda words: " ".join(words[:2]).encode("ascii", "replace").decode()
)
@pytest.mark.parametrize("columns", ["60", "300"])
def test_no_command_obeys_what_people_wrote(data: Path, words: tuple[str, ...], columns: str):
    said = shouwang(*words, data=data, COLUMNS=columns)
    assert "Traceback" not in said.text
    assert commands_in(said.text) == [], said.text
    assert said.text


def test_what_they_wrote_is_shown_to_the_letter(data: Path):
    said = shouwang("problems", "show", "P1", "--as", "lead", data=data)
    assert said.code == 0
    assert MARKUP in said.text
    assert "\\x1b]0;owned" in said.text
    assert "\\u202e" in said.text


def test_so_it_is_with_files_their_names_and_their_cells(tmp_path: Path, data: Path):
    name = HOSTILE.replace("\x00", "").replace("/", "")
    scenario = tmp_path / f"{name}.jsonl"
    scenario.write_text("no json", encoding="utf-8")
    text = DEFAULT_POLICY.read_text(encoding="utf-8").replace("advanced_age_years", f'"{MARKUP}\\u202e"', 1)
    policy = tmp_path / f"{name}.toml"
    policy.write_text(f'"{MARKUP}\\u001b[31m" = 1\n{text}', encoding="utf-8")
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "高良村"
    sheet.append(["姓名", f"{MARKUP}\u202e", "身份证号码", "类别"])
    sheet.append([f"{MARKUP}\u202e王", "x", f"{MARKUP}\u202e530", f"{MARKUP}\u202e残疾"])
    book = tmp_path / f"{name}.xlsx"
    workbook.save(book)
    tried = [
        ("simulate", scenario, "--until", "2024-02-01", "--out", tmp_path / "out"),
        ("policy", "check", policy),
        ("policy", "diff", policy, DEFAULT_POLICY),
        ("policy", "publish", policy, "--effective-on", "2030-01-01"),
        ("rehearse", "--policy", policy),
        ("import", book),
        ("compare", book, "--department", name, "--on", "2024-03-05", "--by", "office"),
    ]
    for words in tried:
        said = shouwang(*words, data=data)
        assert "Traceback" not in said.text
        assert commands_in(said.text) == [], (words[0], said.text)
        assert said.text


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_on_a_real_terminal_there_are_colours_and_nothing_else(data: Path, columns: int):
    """What is shown there is as wide as the terminal, and every escape in it is a colour of ours."""
    ours, theirs = pty.openpty()
    environ = {key: value for key, value in os.environ.items() if not key.startswith("SHOUWANG_")}
    environ |= {
        "SHOUWANG_DATA": str(data),
        "SHOUWANG_FLEET": "",
        "COLUMNS": str(columns),
        "TERM": "xterm-256color",
    }
    call = [sys.executable, "-c", "from services.cli.main import main; main()", "history", "E1"]
    with subprocess.Popen(call, stdout=theirs, stderr=theirs, env=environ) as process:
        os.close(theirs)
        read = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            read += part
    os.close(ours)
    assert process.returncode == 0
    text = read.decode().replace("\r\n", "\n")
    assert STYLES.search(text)
    assert commands_in(STYLES.sub("", text)) == []
