"""Every fault there is: what may befall a fleet, one function a fault, in files by what is harmed.

Each does its harm under load, ends it, and returns figures to be printed. What must hold afterwards is the same for
all: nothing lost, nothing twice, all services agree (checker.py).
"""

from tests.faults import (
    of_clients,
    of_disks,
    of_handlers,
    of_messages,
    of_points,
    of_postgres,
    of_processes,
    of_rabbit,
    of_time,
)
from tests.faults.harm import ALL

__all__ = [
    "ALL",
    "of_clients",
    "of_disks",
    "of_handlers",
    "of_messages",
    "of_points",
    "of_postgres",
    "of_processes",
    "of_rabbit",
    "of_time",
]
