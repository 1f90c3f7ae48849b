"""What the read models of a township are shown as in metrics: counts by village, status and grade; never a person."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.metrics.databases import View
from services.chassis.metrics.names import MetricSpec, read
from services.notify.deliveries import views as delivery_views
from services.notify.tellings import views as telling_views
from services.registry.elders import views as elder_views
from services.risk import views as graded
from services.risk.terms import RiskGrade
from services.visits.duties import views as duty_views

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

VIEWS: Mapping[str, tuple[View, ...]] = {
    "registry": (View(elder_views.BY_STATUS, {"number": ELDERS}),),
    "risk": (View(graded.BY_GRADE, {"number": GRADED}, known=tuple((grade.value,) for grade in RiskGrade)),),
    "visits": (View(duty_views.BY_VILLAGE, {"number": DUTIES, "reconciled": RECONCILED}),),
    "notify": (
        View(telling_views.BY_STATUS, {"number": TELLINGS}),
        View(telling_views.SENT, {"number": NOTICES}),
        View(delivery_views.BY_STATUS, {"number": DELIVERIES}),
        View(delivery_views.ATTEMPTS_BY_WORD, {"number": ATTEMPTS}),
    ),
}

SPECS: tuple[MetricSpec, ...] = tuple(
    spec for views in VIEWS.values() for view in views for spec in view.columns.values()
)
