"""Archives as zip files: written whole or not at all, and read without trusting what they say of themselves."""

import hashlib
import io
import json
import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from concorda.analysis.problems import Problem, Refused

CHUNK = 1 << 20
LONGEST_LINE = 32 << 20
FREE_BYTES = 64 << 20
"""Up to here an archive may hold whatever it likes; beyond, not more than RATIO times its own size."""
RATIO = 200
UNREADABLE = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class Packing:
    """A zip archive being written; remembers size and SHA-256 of each member."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self.zip = zipped
        self.members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, chunks: Iterable[bytes]) -> dict[str, Any]:
        """Write one member piece by piece; returns its size in bytes and SHA-256."""
        digest, size = hashlib.sha256(), 0
        with self.zip.open(name, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.members[name] = {"bytes": size, "sha256": digest.hexdigest()}
        return self.members[name]


def packed_into(file: IO[bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)


def chunks_of(file: Any) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


@contextmanager
def packing(to: Path) -> Iterator[Packing]:
    """Write an archive, readable by its owner only, that stands under its name once it is whole, and not before."""
    part = None
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{to.name}.", suffix=".part", dir=to.parent or ".")
        part = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            with packed_into(file) as zipped:
                yield Packing(zipped)
            file.flush()
            os.fsync(file.fileno())
        part.replace(to)
    except OSError as error:
        raise Refused(f"{to} cannot be written: {error.strerror or error}.") from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


class Archive:
    """A zip archive that was looked through before anything in it is used; every refusal names the file."""

    def __init__(self, path: Path, zipped: zipfile.ZipFile) -> None:
        self.path, self.zip = path, zipped
        self.sizes: dict[str, int] = {}
        for info in zipped.infolist():
            self.look_at(info)
        held = sum(self.sizes.values())
        if held > max(FREE_BYTES, RATIO * path.stat().st_size):
            raise self.refusal(f"it would unpack to {held >> 20} MB, far more than its own size; this is no archive")

    def look_at(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        if not is_inside(name) or "\\" in info.orig_filename or stat.S_ISLNK(info.external_attr >> 16):
            raise self.refusal("its name leads out of the archive", name)
        if info.flag_bits & 0x1:
            raise self.refusal("it is encrypted; an archive of Concorda is not", name)
        if name in self.sizes:
            raise self.refusal("it stands in the archive twice", name)
        self.sizes[name] = info.file_size

    def refusal(
        self, reason: str, name: str | None = None, row: int | None = None, column: str | None = None
    ) -> Refused:
        return Refused(
            Problem(reason, file=f"{self.path.name}:{name}" if name else self.path.name, row=row, column=column)
        )

    def open(self, name: str) -> IO[bytes]:
        try:
            return self.zip.open(name)
        except KeyError as error:
            raise self.refusal("it is missing from the archive", name) from error
        except UNREADABLE as error:
            raise self.refusal(f"it cannot be read ({error})", name) from error

    def chunks(self, name: str) -> Iterator[bytes]:
        try:
            with self.open(name) as member:
                yield from chunks_of(member)
        except UNREADABLE as error:
            raise self.refusal(f"it is damaged ({error}). Take another copy of the archive", name) from error

    def document(self, name: str) -> Any:
        """A JSON file."""
        if self.sizes.get(name, 0) > LONGEST_LINE:
            raise self.refusal("it is too large", name)
        return self.parsed(b"".join(self.chunks(name)), name, None)

    def rows(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The rows of a file of JSON lines, with their numbers from 1."""
        try:
            with self.open(name) as member:
                lines: Any = io.BufferedReader(cast("io.RawIOBase", member))
                number = 0
                while line := lines.readline(LONGEST_LINE):
                    number += 1
                    if not line.endswith(b"\n"):
                        raise self.refusal("the line is cut off or too long", name, number)
                    row = self.parsed(line, name, number)
                    if not isinstance(row, dict):
                        raise self.refusal("a line has to be one JSON object", name, number)
                    yield number, row
        except UNREADABLE as error:
            raise self.refusal(f"it is damaged ({error}). Take another copy of the archive", name) from error

    def parsed(self, text: bytes, name: str, row: int | None) -> Any:
        try:
            return json.loads(text.decode(), parse_constant=not_a_number)
        except (ValueError, RecursionError) as error:
            raise self.refusal(f"it is not JSON ({error})", name, row) from error

    def verify(self, members: Mapping[str, Mapping[str, Any]], *, besides: Iterable[str]) -> None:
        """Every file that was listed is there as it was, and no other. Raises Refused with each that is not."""
        wrong = [
            Problem(reason, file=f"{self.path.name}:{name}")
            for name, reason in [
                *((name, "it is not in the archive's list") for name in {*self.sizes} - {*members} - {*besides}),
                *((name, "it is missing from the archive") for name in {*members} - {*self.sizes}),
                *((name, "it is not as it was written: its checksum differs") for name in self.altered(members)),
            ]
        ]
        if wrong:
            raise Refused(sorted(wrong, key=str))

    def altered(self, members: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
        for name in sorted({*members} & {*self.sizes}):
            digest = hashlib.sha256()
            for chunk in self.chunks(name):
                digest.update(chunk)
            if digest.hexdigest() != members[name].get("sha256"):
                yield name


def is_inside(name: str) -> bool:
    """Does a name in an archive stay inside it?"""
    path = PurePosixPath(name)
    plain = name == str(path) and "\\" not in name and ":" not in name and name.isprintable()
    return plain and not path.is_absolute() and ".." not in path.parts and name not in ("", ".")


def not_a_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open an archive for reading. Raises Refused when it is none."""
    try:
        with zipfile.ZipFile(path) as zipped:
            yield Archive(path, zipped)
    except FileNotFoundError as error:
        raise Refused(f"There is no file {path}.") from error
    except IsADirectoryError as error:
        raise Refused(f"{path} is a folder; name the archive itself.") from error
    except PermissionError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    except zipfile.BadZipFile as error:
        raise Refused(Problem(f"this is not a whole zip archive ({error})", file=path.name)) from error
