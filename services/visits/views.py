"""Visits' read model, of all its features, and the days on which time changes something in more than one of them."""

from __future__ import annotations

from services.chassis.reading import awaited, days
from services.chassis.reading.read_model import ReadModel
from services.visits.care import views as care
from services.visits.duties import views as duties
from services.visits.places import views as places
from services.visits.problems import views as problems

MODEL = ReadModel(
    days.PROJECTION,
    awaited.PROJECTION,
    duties.PROJECTION,
    care.PROJECTION,
    places.PROJECTION,
    problems.PROJECTION,
)

DUE = (
    "SELECT subject, kind FROM records WHERE part = ? AND wake <= ?"
    " UNION ALL SELECT problem, 'problem' FROM problems WHERE part = ? AND wake <= ? ORDER BY 1"
)
OF_PARTITION = (
    "SELECT subject, kind FROM records WHERE part = ?"
    " UNION ALL SELECT problem, 'problem' FROM problems WHERE part = ? AND wake IS NOT NULL ORDER BY 1"
)
