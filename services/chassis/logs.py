"""Structured logs: JSON lines with a correlation id; ids and counts, never personal data."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TextIO

import structlog

from services.kernel.calendar import SHANGHAI

bind = structlog.contextvars.bound_contextvars


def configure(level: str, stream: TextIO) -> None:
    """Sends every log line of this process to `stream`, from `level` up."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _local_time,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )


def _local_time(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    line["time"] = datetime.now(SHANGHAI).isoformat(timespec="milliseconds")
    return line
