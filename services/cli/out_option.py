"""The check of an option that says where a file goes: before anything is done, not after."""

from __future__ import annotations

from pathlib import Path

import typer


def in_a_folder(out: Path | None) -> Path | None:
    """The path, whose folder is there."""
    if out is not None and not out.parent.is_dir():
        raise typer.BadParameter(f"没有这个文件夹 / no such folder: {out.parent}")
    return out
