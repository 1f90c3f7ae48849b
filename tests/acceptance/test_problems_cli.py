"""`shouwang problems`: what one of the staff sees of problems, and that others see nothing of it."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import main as cli
from services.house.house import opened
from services.house.settings import Settings
from services.visits import commands as care
from tests.unit.http.village import NOW, people

TEXT = "身上有伤"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A small village with an abuse report and a leaking roof that the desk has taken in."""
    day = NOW.date()
    with opened(Settings(data=tmp_path)) as house:
        people(house, 2)
        found = {"elder": "E001", "by": "grid", "on": day}
        house.take(care.OpenProblem(problem="P1", kind="abuse", text=TEXT, **found), NOW)
        house.take(care.OpenProblem(problem="P2", kind="housing", text="屋顶漏雨", **found), NOW)
        house.take(care.AcceptProblem(problem="P2", by="centre"), NOW)
        house.settle()
    return tmp_path


def shouwang(data: Path, *words: str) -> tuple[int, str]:
    environ = {key: None for key in os.environ if key.startswith("SHOUWANG_")}
    environ |= {"SHOUWANG_DATA": str(data), "SHOUWANG_FLEET": "", "COLUMNS": "250"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "250")
        done = CliRunner().invoke(cli.app, ["problems", *words], env=environ)
    return done.exit_code, done.output


def test_the_lead_sees_both_and_how_far_they_are(data: Path):
    code, said = shouwang(data, "list", "--as", "lead")
    assert code == 0
    assert "虐待 abuse" in said
    assert "住房 housing" in said
    assert "已受理 accepted" in said
    code, said = shouwang(data, "show", "P1", "--as", "lead")
    assert (code, TEXT in said) == (0, True)


@pytest.mark.parametrize("reader", ["grid", "centre", "nobody"])
def test_who_may_not_see_the_report_is_told_nothing_of_it(data: Path, reader: str):
    code, said = shouwang(data, "list", "--as", reader)
    assert code == 0
    assert "P1" not in said
    assert "abuse" not in said
    assert ("住房 housing" in said) == (reader != "nobody")
    code, said = shouwang(data, "show", "P1", "--as", reader)
    assert (code, TEXT in said) == (1, False)
    assert "no such problem" in said
