"""`python -m services.fleet worker|relay|api|sender SERVICE...`: one process of a fleet, as the supervisor starts it.

A worker lives under eventlet, which must be in force before anything else is imported; the others must not.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import warnings
from importlib import import_module

_PR_SET_PDEATHSIG = 1


def main(role: str, names: list[str]) -> int:
    """Runs one process until it is told to stop; 2 where it refuses to run."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)  # a fleet does not outlive its supervisor
    if role == "worker":
        os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"[\s\S]*Eventlet is deprecated")
            import_module("eventlet").monkey_patch()
    processes = import_module("services.fleet.processes")
    settings = import_module("services.house.settings").read_settings(os.environ)
    run = {
        "worker": processes.run_worker,
        "relay": processes.run_relays,
        "api": processes.run_api,
        "sender": processes.run_sender,
    }[role]
    try:
        run(names, settings)
    except processes.REFUSALS as error:
        sys.stderr.write(f"拒绝运行 refuses to run: {error}\n")
        return 2
    return 0


def supervise() -> int:
    """The supervisor itself, with the settings of its environment."""
    deploy = import_module("services.fleet.deploy")
    deploy.supervise(import_module("services.fleet.settings").read_fleet_settings(os.environ))
    return 0


if __name__ == "__main__":
    sys.exit(supervise() if sys.argv[1] == "supervise" else main(sys.argv[1], sys.argv[2:]))
