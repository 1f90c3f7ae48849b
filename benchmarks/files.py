"""The heaviest files that are taken, and those that would be too heavy: seconds and megabytes, each in its own process.

Run as `python -m benchmarks.files FILE` it reads one and says what came of it; nothing here is asserted.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from services.ledger.file_errors import LedgerError
from services.ledger.reader import Ledger

KILOBYTES = 1024


def read(path: Path) -> dict[str, object]:
    """What became of a file, in seconds of this process, and its memory at its highest."""
    begun = time.process_time()
    try:
        ledger = Ledger(path)
        outcome, rows = "read", sum(1 for _ in ledger.rows({"高良村": "530323990201"}))
    except LedgerError as error:
        outcome, rows = type(error).__name__, 0
    seconds = time.process_time() - begun
    return {"outcome": outcome, "rows": rows, "seconds": round(seconds, 2), "megabytes": highest()}


def highest() -> int:
    """Megabytes of this process at its highest since it began, whoever began it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // KILOBYTES


if __name__ == "__main__":
    for name in sys.argv[1:]:
        sys.stdout.write(json.dumps({"file": Path(name).name, **read(Path(name))}) + "\n")
