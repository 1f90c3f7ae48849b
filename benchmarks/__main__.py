"""`python -m benchmarks [ROW …]`: every row of the table of budgets, or those named."""

from __future__ import annotations

import argparse
import sys

from benchmarks import checkins, finding, register, rehearsing, relaying, weighing
from benchmarks.stand import servers

ROWS = {
    "checkins": checkins.run,
    "relaying": relaying.run,
    "finding": finding.run,
    "register": register.run,
    "weighing": weighing.run,
    "rehearsing": rehearsing.run,
}


def main() -> int:
    """Brings private servers up, runs the rows, takes the servers down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", help=f"default: all of {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5, help="how long a side of a round takes")
    given = parser.parse_args()
    if unknown := set(given.rows) - set(ROWS):
        parser.error(f"no such rows: {', '.join(sorted(unknown))}")
    with servers() as urls:
        for name in given.rows or ROWS:
            ROWS[name](urls, given.rounds, given.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
