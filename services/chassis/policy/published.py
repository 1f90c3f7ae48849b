"""Published policies: whole files kept by their hash in the data folder, and the list of who published them when.

Every process of a township reads the same folder. Nothing in it is ever changed; a file that does not match its hash
is refused.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from services.chassis.policy.files import PolicyError, PolicyFile, parse


@dataclass(frozen=True)
class Publication:
    """发布: one version, the day from which it holds, and who published it when (ISO, with offset)."""

    version: str
    effective_on: str
    sha256: str
    by: str
    at: str


class Published:
    """The versions that were published into one data folder."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "policies"
        self._list = self._folder / "published.jsonl"
        self._size = 0

    def all(self) -> list[Publication]:
        """Every publication, the first one first."""
        if not self._list.exists():
            return []
        lines = self._list.read_text(encoding="utf-8").splitlines()
        return [Publication(**json.loads(line)) for line in lines]

    def file(self, publication: Publication) -> PolicyFile:
        """Its file; raises PolicyError where it is not what was published."""
        path = self._folder / f"{publication.sha256}.toml"
        try:
            text = path.read_bytes()
        except OSError as error:
            raise PolicyError(f"{path}: 无法读取 / cannot be read: {error}") from error
        if hashlib.sha256(text).hexdigest() != publication.sha256:
            raise PolicyError(
                f"{path}: 与发布时不同 / is not what was published: restore it from a backup, then start again"
            )
        return parse(text.decode(), f"{publication.version}.toml")

    def news(self) -> list[PolicyFile] | None:
        """Every file published so far; None where none was since the last call."""
        size = self._list.stat().st_size if self._list.exists() else 0
        if size == self._size:
            return None
        files = [self.file(publication) for publication in self.all()]
        self._size = size
        return files

    @contextmanager
    def writing(self) -> Generator[None]:
        """One at a time publishes."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / "lock").open("a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def add(self, file: PolicyFile, by: str, at: datetime) -> Publication:
        """Keeps a file, then lists it: whoever reads the list finds the file. Only while `writing`."""
        text = file.text.encode()
        sha256 = hashlib.sha256(text).hexdigest()
        kept = self._folder / f"{sha256}.toml"
        _write(kept.with_suffix(".part"), text)
        kept.with_suffix(".part").replace(kept)
        publication = Publication(file.version, file.effective_on.isoformat(), sha256, by, at.isoformat())
        line = json.dumps(asdict(publication), ensure_ascii=False) + "\n"
        _write(self._list.with_suffix(".part"), self._list_so_far() + line.encode())
        self._list.with_suffix(".part").replace(self._list)
        return publication

    def _list_so_far(self) -> bytes:
        return self._list.read_bytes() if self._list.exists() else b""


def refuse_publication(day: date, newest: date, turned: date) -> str | None:
    """Why a version may not take effect on `day`: never on a day that has begun, nor before the newest one."""
    if day <= turned:
        return f"生效日期已过 / {turned} has begun: choose a later day, what was owed before stays judged as it was"
    if day <= newest:
        return f"已有 {newest} 生效的版本 / a version takes effect on {newest}: choose a later day"
    return None


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
