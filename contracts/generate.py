"""Writes what is made from the models, and never rewrites a golden payload: `python -m contracts.generate`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

from contracts.asyncapi import document
from contracts.catalogue import EVENTS, name_of
from contracts.compatibility import breaking_changes
from contracts.json_schema import plain_schema
from contracts.pages import events_page
from contracts.samples import sample_envelope

ROOT = Path(__file__).parents[1]
SCHEMAS = Path("contracts/schemas")
EXAMPLES = Path("contracts/examples")


class NeedsNewVersion(Exception):
    """A published version may only be added to: raise the event's VERSION, and keep reading the old one."""


def generated() -> dict[Path, str]:
    """Every file that follows from the models, by its path below the root."""
    files = {SCHEMAS / f"{name_of(event)}.json": _as_json(plain_schema(event)) for event in EVENTS.values()}
    files[Path("contracts/asyncapi.yaml")] = _as_yaml(document())
    files[Path("docs/events.md")] = events_page()
    return files


def golden() -> dict[Path, str]:
    """A payload of each present version, to be written once."""
    return {
        EXAMPLES / f"{name_of(event)}.json": _as_json(sample_envelope(event)) for event in EVENTS.values()
    }


def not_additive(root: Path) -> list[str]:
    """What the models would break of the schemas published below `root`."""
    published = {event: root / SCHEMAS / f"{name_of(event)}.json" for event in EVENTS.values()}
    return [
        f"{name_of(event)}: {change}"
        for event, file in published.items()
        if file.exists()
        for change in breaking_changes(json.loads(file.read_text(encoding="utf-8")), plain_schema(event))
    ]


def write(root: Path) -> list[Path]:
    """Writes what has changed below `root`, and returns it; raises NeedsNewVersion and writes nothing."""
    broken = not_additive(root)
    if broken:
        raise NeedsNewVersion("\n".join(broken))
    files = generated() | {path: text for path, text in golden().items() if not (root / path).exists()}
    return [path for path, text in files.items() if _written(root / path, text)]


def _written(file: Path, text: str) -> bool:
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return True


def _as_json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _as_yaml(value: dict[str, Any]) -> str:
    head = "# Written by `make contracts`; change the models in contracts/ instead.\n"
    return head + yaml.dump(value, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=110)


class _Plain(yaml.SafeDumper):
    """Writes a value that occurs twice twice."""

    def ignore_aliases(self, data: Any) -> bool:
        """Always."""
        del data
        return True


def main() -> int:
    """Writes below the repository's root, and says what was written."""
    try:
        written = write(ROOT)
    except NeedsNewVersion as error:
        sys.stderr.write(f"{error}\n{NeedsNewVersion.__doc__}\n")
        return 1
    sys.stdout.write("".join(f"{path}\n" for path in written) or "nothing has changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
