"""Every module has its room: the import contracts hold, and each fails on a planted violation."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from contracts.catalogue import HEARD_BY
from services.house.house import opened
from services.house.settings import Settings

ROOT = Path(__file__).parents[2]
LAYERS = [
    room
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
    for layer in contract.get("layers", ())
    for room in re.findall(r"\w+", layer)
]
LINT = Path(sys.executable).with_name("lint-imports")
PLANTED = [
    ("services/registry/terms.py", "import services.visits.terms", "services are independent"),
    ("services/registry/elders/views.py", "import services.registry.duplicates.domain", "rooms are stacked"),
    ("services/notify/mailbox/domain.py", "import services.notify.views", "rooms are stacked"),
    ("services/risk/terms.py", "import services.risk.policies", "rooms of one aggregate are stacked"),
    (
        "services/visits/care/events.py",
        "import services.visits.care.domain",
        "rooms of an aggregate are stacked",
    ),
    ("services/notify/policies.py", "import kombu", "rules know no framework"),
    ("contracts/envelope.py", "import services.risk.terms", "contracts know no service"),
    ("services/chassis/log/event_log.py", "import services.risk.terms", "packages are stacked"),
    ("services/kernel/calendar.py", "import services.chassis.clock", "packages are stacked"),
    ("services/risk/domain.py", "import contracts.risk", "only translation, handlers and commands"),
    ("services/risk/application.py", "import nameko", "only the chassis knows nameko"),
    ("services/visits/policies.py", "import services.visits.problems.policies", "rooms are stacked"),
    ("services/visits/duties/domain.py", "import services.visits.care.domain", "no circle among siblings"),
    (
        "services/visits/duties/state.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import services.visits.care.state",
        "no circle among siblings",
    ),
    ("services/reports/grades.py", "import services.risk.domain", "reports read logs and decide nothing"),
]


def test_who_hears_what_is_as_the_catalogue_says():
    settings = Settings(data=None)
    with opened(settings) as house:
        for name, service in house.services.items():
            heard = {kind.TYPE for kind in service.application.handlers}
            assert heard == {kind.TYPE for kind, hearers in HEARD_BY.items() if name in hearers}


def lint(tree: Path) -> tuple[int, str]:
    done = subprocess.run(
        [LINT, "--no-cache"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(tree)},
    )
    return done.returncode, done.stdout + done.stderr


def copy_of_the_house(tree: Path) -> Path:
    for package in ("services", "contracts"):
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


def test_the_import_contracts_hold(tmp_path: Path):
    code, said = lint(copy_of_the_house(tmp_path))
    assert code == 0, said


@pytest.mark.parametrize(("file", "line", "contract"), PLANTED)
def test_a_planted_violation_is_caught(tmp_path: Path, file: str, line: str, contract: str):
    planted = copy_of_the_house(tmp_path) / file
    planted.write_text(planted.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    code, said = lint(tmp_path)
    assert code != 0
    assert any(contract in row and "BROKEN" in row for row in said.splitlines()), said


def test_every_room_is_named_for_who_contributes():
    page = set(re.findall(r"\w+", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    folders = {
        folder.name
        for folder in (ROOT / "services" / "chassis").iterdir()
        if (folder / "__init__.py").exists()
    }
    assert {*LAYERS, *folders} - page == set()
