"""The grades as a terminal shows them."""

from __future__ import annotations

from collections.abc import Mapping

from services.cli.terminal.tables import Cell

COLOURS: Mapping[str, Cell] = {
    "red": ("红 red", "red"),
    "yellow": ("黄 yellow", "yellow"),
    "green": ("绿 green", "green"),
}
