"""`shouwang figure list`: what people entered: facility coverage, the special fund, its spending."""

from __future__ import annotations

from datetime import datetime

from services.cli import reports as report_cli
from services.cli.terminal.usage import App
from services.kernel.calendar import SHANGHAI

app = App("填报数 figures that people enter; entered and corrected by `record`")


@app.command("list")
def list_() -> None:
    """列出：全部填报数，更正前后的数值，以及各目标的进度。

    Every figure, with what it was before it was corrected, and how far the targets are reached.
    """
    now = datetime.now(SHANGHAI)
    report_cli.report("targets", as_of=now, known_by=now)
