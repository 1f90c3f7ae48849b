"""Policy files that differ from the township's own in a row or two, for tests."""

from pathlib import Path

from services.house.settings import DEFAULT_POLICY

OWN = DEFAULT_POLICY.read_text(encoding="utf-8")
RED_TWICE = 'red = { kind = "month", times = 2'
RED_THRICE = 'red = { kind = "month", times = 3'


def revised(folder: Path, name: str, effective_on: str, *changes: tuple[str, str]) -> Path:
    """The township's file under another name from another day; every change must hit exactly once."""
    text = OWN
    own = (("effective_on = 2024-01-26", f"effective_on = {effective_on}"),)
    own += (('version = "gaoliang-2024"', f'version = "{name}"'),)
    for old, new in (*own, *changes):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path
