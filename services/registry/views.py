"""Registry's read model, of all its features."""

from __future__ import annotations

from services.chassis.reading import days
from services.chassis.reading.read_model import ReadModel
from services.registry.comparisons import views as comparisons
from services.registry.duplicates import views as duplicates
from services.registry.elders import views as elders
from services.registry.villages import views as villages

MODEL = ReadModel(
    days.PROJECTION,
    villages.PROJECTION,
    elders.PROJECTION,
    duplicates.PROJECTION,
    comparisons.PROJECTION,
)
