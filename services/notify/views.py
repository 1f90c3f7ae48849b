"""Notify's read model, of all its features, and what falls due next of more than one of them."""

from __future__ import annotations

from services.chassis.reading.read_model import ReadModel
from services.notify.deliveries import views as deliveries
from services.notify.elders import views as elders
from services.notify.mailbox import views as mailbox
from services.notify.tellings import views as tellings

MODEL = ReadModel(
    elders.PROJECTION,
    tellings.PROJECTION,
    mailbox.PROJECTION,
    deliveries.PROJECTION,
)

NEXT_DUE = (
    "SELECT telling, NULL AS recipient FROM"
    " (SELECT telling, due FROM tellings WHERE due <= ? ORDER BY due, telling LIMIT ?) AS steps"
    " UNION ALL SELECT NULL, recipient FROM mornings WHERE due <= ?"
)
FIRST_DUE = (
    "SELECT MIN(due) AS due FROM"
    " (SELECT MIN(due) AS due FROM tellings UNION ALL SELECT MIN(due) AS due FROM mornings) AS each_first"
)
