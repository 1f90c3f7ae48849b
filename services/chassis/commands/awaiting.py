"""Commands that wait for an elder to be heard of (docs/adr/0011): decided in their order, refused after a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Any

from services.chassis.commands.command import Command, Decide
from services.chassis.log.event_log import EventLog, LostRace
from services.chassis.log.unit import Unit
from services.chassis.reading import awaited
from services.kernel.awaited import AwaitedElder, Decision, KeptCommand, awaited_id
from services.kernel.refusal import Refusal

LOOK_SECONDS = 2.0
BATCH = 100


class NeverEnrolled(Refusal):
    """十分钟内没有此编号老人的建档：请核对编号，或先建档再重发
    / no elder with this id was enrolled within ten minutes: check the id, or enrol them and send this again.
    """


class Awaiting:
    """Decides what waits in a service's log, as soon as something was heard, and now and then."""

    def __init__(self, log: EventLog, decisions: Mapping[type[Command], Decide]) -> None:
        self._log = log
        self._decisions = decisions
        self._kinds = {kind.NAME: kind for kind in decisions}
        self._look_after = 0.0

    def stir(self) -> None:
        """Something was heard: it may be what others wait for."""
        self._look_after = 0.0

    def is_due(self) -> bool:
        """Whether something waits that was not looked at for a moment."""
        if not self._log.is_shared or monotonic() < self._look_after:
            return False
        if self._log.query(awaited.AFTER, "", 1):
            return True
        self._look_after = monotonic() + LOOK_SECONDS
        return False

    def advance(self, now: datetime) -> int:
        """Decides what can be decided, and refuses what waited too long; returns how many were."""
        self._look_after = monotonic() + LOOK_SECONDS
        done, last = 0, ""
        while rows := self._log.query(awaited.AFTER, last, BATCH):
            last = rows[-1]["elder"]
            done += sum(self._of(row["elder"], now) for row in rows)
        return done

    def _of(self, elder: str, now: datetime) -> int:
        """What waits for one elder, in order, in one transaction."""
        done = 0
        try:
            with self._log.unit() as unit:
                file = unit.get(AwaitedElder, awaited_id(elder))
                for kept in [*file.waiting.values()] if file is not None else ():
                    decision = self._decide(unit, kept, now)
                    file = unit.get(AwaitedElder, awaited_id(elder))
                    if decision is None or file is None:
                        break
                    file.decide(kept.key, kept.name, decision, now)
                    done += 1
        except LostRace:
            return 0
        return done

    def _decide(self, unit: Unit, kept: KeptCommand, now: datetime) -> Decision | None:
        """None where it is to wait on, and with it what came later."""
        unit.because(kept.key, kept.request)
        try:
            command: Any = self._kinds[kept.name].model_validate_json(kept.text)
            self._decisions[type(command)](unit, command, now)
        except Refusal as refusal:
            unit.undo()
            if not refusal.heard_from:
                return Decision(refusal.reason, refusal.advice)
            never = NeverEnrolled()
            return Decision(never.reason, never.advice) if now >= kept.until else None
        return Decision()
