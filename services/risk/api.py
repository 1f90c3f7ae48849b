"""Risk over HTTP: evidence seen and cleared, and reassessments."""

from __future__ import annotations

from services.chassis.http.faces import Entry, Face
from services.risk import commands as do
from services.risk.application import NAME

_ENTRIES = (
    Entry(
        "POST",
        "/elders/{elder}/evidence",
        do.Observe,
        "依据成立 / evidence was seen",
        {"evidence": "disability", "on": "2024-03-01"},
    ),
    Entry(
        "POST",
        "/elders/{elder}/evidence/{evidence}/clearing",
        do.Clear,
        "依据解除 / evidence holds no longer; the grade stands until a reassessment",
        {"on": "2024-03-01"},
    ),
    Entry(
        "POST",
        "/elders/{elder}/reassessments",
        do.Reassess,
        "再评估 / reassess, by the village lead",
        {"by": "w-001", "on": "2024-03-01"},
    ),
)

FACE = Face(NAME, _ENTRIES)
