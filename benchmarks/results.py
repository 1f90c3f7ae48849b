"""What a row came to: its ratios and figures over all rounds, printed as medians and kept as JSON."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

OUT = Path("var/bench")
Series = dict[str, list[float]]


@dataclass
class Result:
    """One row: `ratios` have a budget or none; `figures` say what they were made of. A list holds the rounds."""

    row: str
    budget: str
    ratios: Series = field(default_factory=Series)
    figures: Series = field(default_factory=Series)
    notes: list[str] = field(default_factory=list[str])
    load: list[float] = field(default_factory=lambda: [os.getloadavg()[0]])
    begun: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def add(self, name: str, value: float) -> None:
        """A figure of one round."""
        self.figures.setdefault(name, []).append(value)

    def ratio(self, name: str, value: float) -> None:
        """A ratio of one round."""
        self.ratios.setdefault(name, []).append(value)

    def end(self, out: Path = OUT) -> None:
        """Prints it, and keeps it."""
        self.load.append(os.getloadavg()[0])
        out.mkdir(parents=True, exist_ok=True)
        told = asdict(self) | {"medians": medians(self.figures), "median_ratios": medians(self.ratios)}
        (out / f"{self.row}.json").write_text(
            json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        sys.stdout.write("\n".join(self.lines()) + "\n\n")
        sys.stdout.flush()

    def lines(self) -> list[str]:
        """For people."""
        head = f"{self.row}: {self.budget}   (load average {self.load[0]:.1f} → {self.load[-1]:.1f}, 2 is all of it)"
        ratios = [f"  ratio  {_shown(name, values)}" for name, values in self.ratios.items()]
        figures = [f"         {_shown(name, values)}" for name, values in self.figures.items()]
        return [head, *ratios, *figures, *(f"         {note}" for note in self.notes)]


def medians(series: Series) -> dict[str, float]:
    """The median of each."""
    return {name: statistics.median(values) for name, values in series.items()}


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of all do not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _shown(name: str, values: list[float]) -> str:
    spread = f"of {len(values)}: {min(values):,.3g} – {max(values):,.3g}" if len(values) > 1 else ""
    return f"{name:58} {statistics.median(values):>12,.3f}  {spread}"


def say(text: str) -> None:
    """What is going on."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()
