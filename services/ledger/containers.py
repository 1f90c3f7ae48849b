"""What kind of file it is, by its content and not by its name; its size is checked before anything is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO

from services.ledger import limits
from services.ledger.file_errors import (
    BinaryWorkbook,
    Damaged,
    HoldsMacros,
    NotAWorkbook,
    PasswordProtected,
    TooLarge,
    WrongName,
)

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EMPTY_ZIP = b"PK\x05\x06"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
WORKBOOK_STREAMS = tuple(name.encode("utf-16-le") for name in ("Workbook\0", "Book\0"))
OTHER_STREAMS = tuple(name.encode("utf-16-le") for name in ("WordDocument", "PowerPoint Document"))
OPEN_DOCUMENT = "application/vnd.oasis.opendocument.spreadsheet"
TEXT_NAMES = frozenset((".csv", ".txt", ".tsv"))
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    KeyError,
    ValueError,
)
"""What zipfile was seen to raise at archives that are damaged."""


class FileFormat(StrEnum):
    """The formats that are read."""

    XLSX = ".xlsx"
    XLS = ".xls"
    ODS = ".ods"
    CSV = ".csv"


def kind_of(path: Path) -> FileFormat:
    """By its content. Raises a NotAWorkbook, TooLarge."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise NotAWorkbook from error
    if size > limits.MAX_PACKED:
        raise TooLarge
    if head.startswith((ZIP, EMPTY_ZIP)):
        return _kind_of_zip(path)
    if head.startswith(OLE):
        return _kind_of_ole(path.read_bytes())
    if path.suffix.lower() in TEXT_NAMES and head and not _is_binary(head):
        return FileFormat.CSV
    raise WrongName if head else NotAWorkbook


def _is_binary(head: bytes) -> bool:
    """Control characters, UTF-16 with its mark excepted."""
    is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return not is_utf16 and any(byte < ord(" ") and byte not in b"\t\r\n\x0c\x1a" for byte in head)


def _kind_of_ole(content: bytes) -> FileFormat:
    if ENCRYPTED in content:
        raise PasswordProtected
    if any(name in content for name in WORKBOOK_STREAMS):
        return FileFormat.XLS
    raise WrongName if any(name in content for name in OTHER_STREAMS) else Damaged


def _kind_of_zip(path: Path) -> FileFormat:
    with archive(path) as packed:
        names = {part.filename for part in packed.infolist()}
        if any(part.flag_bits & 1 for part in packed.infolist()):
            raise PasswordProtected
        if "mimetype" in names:
            if part_of(packed, "mimetype").decode("latin-1").strip() != OPEN_DOCUMENT:
                raise WrongName
            if "META-INF/manifest.xml" in names and b"encryption-data" in part_of(
                packed, "META-INF/manifest.xml"
            ):
                raise PasswordProtected
            return FileFormat.ODS
        if "[Content_Types].xml" not in names:
            raise WrongName
        types = part_of(packed, "[Content_Types].xml")
        if b"macroEnabled" in types or any(name.endswith("vbaProject.bin") for name in names):
            raise HoldsMacros
        if b"sheet.binary" in types or "xl/workbook.bin" in names:
            raise BinaryWorkbook
        if b"spreadsheetml" not in types:
            raise WrongName
        return FileFormat.XLSX


@contextmanager
def archive(path: Path) -> Generator[zipfile.ZipFile]:
    """A zip archive within the limits, by what its directory says. Raises Damaged, TooLarge."""
    try:
        packed = zipfile.ZipFile(path)
    except BROKEN as error:
        raise Damaged from error
    with packed:
        parts = packed.infolist()
        if len(parts) > limits.MAX_PARTS or sum(part.file_size for part in parts) > limits.MAX_UNPACKED:
            raise TooLarge
        for part in parts:
            is_large = part.file_size > limits.MEGABYTE
            if is_large and part.file_size > part.compress_size * limits.MAX_RATIO:
                raise TooLarge
        yield packed


def part_of(packed: zipfile.ZipFile, name: str) -> bytes:
    """All of a part; zipfile reads no more of it than its directory says. Raises Damaged."""
    try:
        return packed.read(name)
    except BROKEN as error:
        raise Damaged from error


@contextmanager
def stream_of(packed: zipfile.ZipFile, name: str) -> Generator[IO[bytes]]:
    """A part to be read from its beginning. Raises Damaged."""
    try:
        with packed.open(name) as stream:
            yield stream
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError) as error:
        raise Damaged from error
