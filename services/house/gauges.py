"""What the read models of a township are shown as in metrics: counts by village, status and grade; never a person."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.metrics.names import Spec, read
from services.chassis.metrics.reading import View
from services.notify import views as notices
from services.registry import views as registered
from services.risk.terms import RiskGrade
from services.visits import views as owed

ELDERS = read("shouwang_elders", ("village", "status"), "Elders on the register")
GRADED = read("shouwang_graded_elders", ("grade",), "Elders by the grade in force: red, yellow, green")
DUTIES = read(
    "shouwang_duties",
    ("village", "status"),
    "Duties: open (owed now), met, missed (reconciled or not), superseded, waived, ended",
)
RECONCILED = read("shouwang_duties_reconciled", ("village",), "Missed duties that a late record reconciled")
TELLINGS = read(
    "shouwang_tellings",
    ("about", "status"),
    "What somebody must know: planned, told, acknowledged, stopped, exhausted (nobody took it up)",
)
NOTICES = read("shouwang_notices", (), "Notices written, one a recipient and level")
DELIVERIES = read(
    "shouwang_deliveries",
    ("kind", "status"),
    "Messages to channels outside: waiting, sending, sent, cancelled, failed (a person must look)",
)
ATTEMPTS = read(
    "shouwang_delivery_attempts",
    ("kind", "outcome"),
    "Attempts to send, by what became of them: docs/channels.md",
)

_BY_GRADE = "SELECT grade, COUNT(*) AS number FROM grades WHERE grade IS NOT NULL GROUP BY grade"

VIEWS: Mapping[str, tuple[View, ...]] = {
    "registry": (View(registered.BY_STATUS, {"number": ELDERS}),),
    "risk": (View(_BY_GRADE, {"number": GRADED}, known=tuple((grade.value,) for grade in RiskGrade)),),
    "visits": (View(owed.BY_VILLAGE, {"number": DUTIES, "reconciled": RECONCILED}),),
    "notify": (
        View(notices.BY_STATUS, {"number": TELLINGS}),
        View(notices.SENT, {"number": NOTICES}),
        View(notices.OUTGOING_BY_STATUS, {"number": DELIVERIES}),
        View(notices.ATTEMPTS_BY_WORD, {"number": ATTEMPTS}),
    ),
}

SPECS: tuple[Spec, ...] = tuple(
    spec for views in VIEWS.values() for view in views for spec in view.columns.values()
)
