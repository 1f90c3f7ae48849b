"""What a test does to the processes of a fleet from within: Python loads this first, where a test put it on the path.

By files in FAULTS_FOLDER, looked at each time:
`die.POINT`: the first process that comes to the point kills itself there; the file is `died.POINT.PID` then.
`raise.SERVICE`: the subject of whom that service's worker cannot handle anything.
`slow.SERVICE`: the seconds that its worker needs for an event.
`clock.ROLE`: the seconds by which the processes of that role are wrong about the time.
"""

import functools
import os
import signal
import sys
import time
from datetime import timedelta
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path

FOLDER = Path(os.environ.get("FAULTS_FOLDER", "/nowhere"))
WORDS = sys.orig_argv[1:]
ROLE = WORDS[2] if WORDS[:2] == ["-m", "services.fleet"] else ""


def said(name):
    """What a file says; None where there is none."""
    try:
        return (FOLDER / name).read_text(encoding="utf-8")
    except OSError:
        return None


def die_at(point):
    try:
        (FOLDER / f"die.{ROLE}_{point}").rename(FOLDER / f"died.{ROLE}_{point}.{os.getpid()}")
    except OSError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def around(owner, name, *, before="", after=""):
    """Dies before or after a method, where a test says so."""
    method = getattr(owner, name)

    @functools.wraps(method)
    def wrapped(*args, **kwargs):
        if before:
            die_at(before)
        done = method(*args, **kwargs)
        if after:
            die_at(after)
        return done

    setattr(owner, name, wrapped)


def of_postgres(module):
    around(module.PostgresRecorder, "insert_events", before="before_commit", after="after_commit")


def of_leader(module):
    around(module.Leader, "store", before="after_publish_before_position", after="after_position")


def of_log(module):
    around(module.EventLog, "assign_published", after="after_place_before_publish")


def of_consuming(module):
    around(module.QuorumQueues, "done", before="after_effects_before_acknowledgement")


def of_parking(module):
    handle_in = module.handle_in

    def handle_wrongly(unit, handle, place, envelope):
        service = handle.__self__.name

        def wrongly(unit, envelope):
            seconds = said(f"slow.{service}")
            if seconds:
                time.sleep(float(seconds))
            if said(f"raise.{service}") == envelope.subject:
                raise RuntimeError("planted")
            handle(unit, envelope)

        handle_in(unit, wrongly, place, envelope)

    module.handle_in = handle_wrongly


def of_clock(module):
    now = module.SystemClock.now

    def wrong_now(self):
        return now(self) + timedelta(seconds=float(said(f"clock.{ROLE}") or 0))

    module.SystemClock.now = wrong_now


CHANGED = {
    "services.chassis.log.postgres": {"api": of_postgres, "worker": of_postgres},
    "services.chassis.workers.leader": {"relay": of_leader},
    "services.chassis.log.event_log": {"relay": of_log},
    "services.chassis.messaging.consuming": {"worker": of_consuming},
    "services.chassis.messaging.parking": {"worker": of_parking},
    "services.chassis.clock": {"api": of_clock, "worker": of_clock},
}


class Changing(SourceFileLoader):
    def exec_module(self, module):
        super().exec_module(module)
        CHANGED[module.__name__][ROLE](module)


class Finding(MetaPathFinder):
    def find_spec(self, fullname, path, target=None):
        if ROLE not in CHANGED.get(fullname, {}):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None:
            spec.loader = Changing(fullname, spec.origin)
        return spec


if ROLE:
    sys.meta_path.insert(0, Finding())
