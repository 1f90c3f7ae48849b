"""`make mutants`: changes every rule in every small way, and counts how many changes no test notices.

A file passes where at least nine in ten are noticed; the rule of every survivor must stand in docs/mutants.md with the
reason. `python -m tests.mutants risk visits` takes some services only. What did not change since is not run again.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WANTED = 0.9
NOTICED = {1, 3, 24, 36, 37, 152, 255, -24}
"""mutmut's exit codes for a change that a test or the time limit noticed."""


def files(services: list[str]) -> list[Path]:
    """Every file of rules."""
    found = [*ROOT.glob("services/*/policies.py"), *ROOT.glob("services/*/*_policies.py")]
    return sorted(one.relative_to(ROOT) for one in found if not services or one.parent.name in services)


def judged(file: Path) -> dict[str, int | None]:
    """Every change of a file, by its name in mutmut, and how its tests ended."""
    held = json.loads((ROOT / "mutants" / f"{file}.meta").read_text(encoding="utf-8"))
    return held["exit_code_by_key"]


def rule_of(name: str) -> str:
    """The function that a change is in."""
    return re.sub(r"^x_|^xǁ.*ǁ", "", name.rpartition(".")[2].partition("__mutmut_")[0])


def main(services: list[str]) -> int:
    """Runs them, a file at a time; returns 1 where too many survive, or one without a reason."""
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    mutmut, failed = Path(sys.executable).with_name("mutmut"), False
    explained = (ROOT / "docs" / "mutants.md").read_text(encoding="utf-8")
    for file in files(services):
        names = str(file.with_suffix("")).replace("/", ".") + ".*"
        subprocess.run([mutmut, "run", names], cwd=ROOT, env=environ, check=True)
        codes = judged(file)
        survived = sorted(name for name, code in codes.items() if code not in NOTICED)
        share = 1 - len(survived) / max(len(codes), 1)
        print(f"{file}: {len(codes) - len(survived)} of {len(codes)} noticed, {share:.1%}")
        for name in survived:
            is_explained = f"`{rule_of(name)}`" in explained
            print(f"  survived: {name}{'' if is_explained else ' (no reason given)'}")
            failed |= not is_explained
        failed |= share < WANTED
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
