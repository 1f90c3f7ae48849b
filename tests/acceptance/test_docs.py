"""What the docs link to is there, what they show can be typed, and what they run does what they say."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer

from services.cli import main as cli
from services.ledger.guide import column_guides

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND: Any = typer.main.get_command(cli.app)
FENCE = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
SHOWN = re.compile(r"(?<![\w/-])shouwang ((?:[a-z][a-z-]*)(?: [^`\n;|#]*)?)")


@dataclass(frozen=True)
class Block:
    """Commands of a page, with what is said of how they are run and what they print."""

    words: tuple[str, ...]
    commands: str
    printed: tuple[str, ...] = ()

    @property
    def is_run(self) -> bool:
        return not {"norun", "fleet"} & set(self.words)

    @property
    def code(self) -> int:
        return next((int(word.removeprefix("exit=")) for word in self.words if word.startswith("exit=")), 0)


def blocks_of(text: str) -> list[Block]:
    fences = [*FENCE.findall(text), ("", "", "")]
    return [
        Block(tuple(words.split()), commands, tuple(then[2].splitlines()) if then[0] == "text" else ())
        for (kind, words, commands), then in pairwise(fences)
        if kind == "sh"
    ]


RUN = [page for page in PAGES if any(block.is_run for block in blocks_of(page.read_text(encoding="utf-8")))]


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def anchors_of(page: Path) -> set[str]:
    """As the usual renderers make them of headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_link_leads_somewhere(page: Path):
    lost: list[str] = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"https?://[\w.-]+\.\w+", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            lost.append(link)
    assert lost == []


def test_every_page_is_reached_from_the_readme_in_one_step():
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in LINK.findall(README)}
    pages = [page for page in PAGES if page.parent == ROOT / "docs"]
    assert names([page for page in pages if page not in linked]) == []


def wrong_with(line: str) -> str:
    """Why a line that begins with a command's name cannot be typed; nothing where it can."""
    try:
        words = shlex.split(line)
    except ValueError:
        return "cannot be split into words"
    command = COMMAND
    while words and hasattr(command, "commands"):
        name = words.pop(0)
        if name.startswith("-"):
            return ""
        command = command.get_command(typer.Context(command), name)
        if command is None:
            return f"no command {name}"
    known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)} | {
        "--help"
    }
    unknown = [word for word in words if re.match(r"--[a-z]", word) and word.partition("=")[0] not in known]
    return f"no option {', '.join(unknown)}" if unknown else ""


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_command_that_is_shown_can_be_typed(page: Path):
    text = page.read_text(encoding="utf-8")
    wrong = [
        (line, why) for line in SHOWN.findall(text) if _is_typed(text, line) and (why := wrong_with(line))
    ]
    assert wrong == []


def _is_typed(text: str, line: str) -> bool:
    """In a block or between backticks; what a sentence says of shouwang is none."""
    return bool(
        re.search(rf"(^ {{4}}|^|`)(\S+=\S* )*(\.venv/bin/)?shouwang {re.escape(line)}", text, re.MULTILINE)
    )


def test_what_cannot_be_typed_is_noticed():
    assert wrong_with("histroy E1") == "no command histroy"
    assert wrong_with("record visti --elder E1") == "no command visti"
    assert wrong_with("history E1 --knwon-by 2024-01-01") == "no option --knwon-by"
    assert wrong_with("record visit --elder E1 --mode 入户") == ""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the sample, with ten days lived on it."""
    folder = tmp_path_factory.mktemp("sample")
    ledger, file = ROOT / "samples" / "gaoliang.xlsx", ROOT / "samples" / "gaoliang.toml"
    at = "2024-01-01T07:00:00"
    for words in (f"import {ledger} --township {file} --at {at}", "run --days 10"):
        done = typed(f"shouwang {words}", folder)
        assert done.returncode in {0, 1}, done.stdout + done.stderr
    return folder / "var" / "township"


def typed(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """As somebody types it there, in a shell that ends at the first line that fails."""
    environ = {
        key: value for key, value in os.environ.items() if not key.startswith(("SHOUWANG_", "COLUMNS"))
    }
    environ |= {
        "SHOUWANG_FLEET": "",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SHOUWANG_POLICY": str(ROOT / "policies" / "gaoliang-2024.toml"),
    }
    shell = ["bash", "-e", "-u", "-o", "pipefail", "-c", commands]
    return subprocess.run(shell, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def lacking(block: Block, said: str) -> Iterator[str]:
    """The lines that should have been printed and were not."""
    for line in filter(str.strip, block.printed):
        wanted = r".*?".join(re.escape(part.strip()) for part in line.split("…"))
        if not re.search(wanted, said):
            yield line


@pytest.mark.parametrize("page", RUN, ids=names(RUN))
def test_what_a_page_runs_does_what_it_says(page: Path, tmp_path: Path, request: pytest.FixtureRequest):
    for block in blocks_of(page.read_text(encoding="utf-8")):
        if not block.is_run:
            continue
        if "sample" in block.words:
            shutil.copytree(request.getfixturevalue("sample"), tmp_path / "var" / "township")
        done = typed(block.commands, tmp_path)
        said = done.stdout + done.stderr
        assert done.returncode == block.code, f"{block.commands}\n{said}"
        assert list(lacking(block, said)) == [], said


def test_few_blocks_are_only_read():
    only_read = [
        (page.name, block.commands)
        for page in PAGES
        for block in blocks_of(page.read_text(encoding="utf-8"))
        if not block.is_run
    ]
    assert len(only_read) <= 8, only_read


def test_the_columns_of_the_ledger_are_described_as_they_are_declared():
    page = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
    rows = [
        f"| {one.title} | {one.need} | {one.fill} {one.english} | {'、'.join(one.choices)} |"
        f" {'、'.join(one.other_headers)} |"
        for one in column_guides()
        if not one.field.startswith(("supporter2", "supporter3"))
    ]
    assert [row for row in rows if row not in page] == []
