"""The inputs of a run: which files there are, what is in them, and their lines unpacked."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from poem_kg.errors import InputError
from poem_kg.limits import DEFAULT_LIMITS, Limits

STREAMED: Final = {"nt": "n-triples", "nq": "n-quads"}
"""Suffix to format, of those that are read line by line."""
GROUPED: Final = {
    "ttl": "turtle",
    "trig": "trig",
    "jsonl": "json-ld lines",
    "ndjson": "json-ld lines",
    "jsonld": "json-ld",
}
"""Suffix to format, of those that are grouped first."""
_PACKINGS: Final = {".gz": "gzip", ".zst": "zstd"}
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_SKIPPABLE: Final = b"\x2a\x4d\x18"
"""How a frame goes on, after 0x50 to 0x5F, with which some programs begin a zstd file."""
_PACKED_PART: Final = 1 << 11
"""Bytes unpacked at once: 2 kB of zstd come to at most 64 MB."""
_KINDS: Final = ", ".join(f".{suffix}" for suffix in (*STREAMED, *GROUPED))
_NAMES: Final = {
    **{name: name for name in (*STREAMED.values(), *GROUPED.values())},
    "ntriples": "n-triples",
    "nquads": "n-quads",
    "jsonld": "json-ld lines",
    "jsonl": "json-ld lines",
}


@dataclass(frozen=True)
class Source:
    """One file, or the standard input.

    Attributes:
        name: the path as messages give it; "-" for the standard input.
        format: a value of `STREAMED` or `GROUPED`.
        size: bytes as they lie on disk; 0 where nobody knows.
    """

    name: str
    format: str
    size: int = 0

    @property
    def streamed(self) -> bool:
        """Whether patients can be read off line by line."""
        return self.format in STREAMED.values()


def find_sources(
    inputs: Iterable[str | os.PathLike[str]], *, format: str | None = None
) -> tuple[Source, ...]:
    """Return the files to read, those of a folder sorted by path.

    Args:
        inputs: files, folders, and "-" for the standard input.
        format: what they are in, whatever their names say; the standard input is N-Quads, of
            which N-Triples are a part, unless this says otherwise.

    Raises:
        InputError: a path is missing, has a name that tells no format, or a folder holds nothing.
    """
    chosen = None if format is None else format_named(format)
    found: list[Source] = []
    for given in inputs:
        name = os.fspath(given)
        if name == "-":
            found.append(Source("-", chosen or "n-quads"))
            continue
        path = Path(name)
        if path.is_dir():
            inside = [_source(p, chosen) for p in sorted(path.rglob("*")) if _is_data(p)]
            if not inside:
                raise InputError(name, "holds no RDF file", f"give files that end with {_KINDS}")
            found += inside
        elif path.exists():
            found.append(_source(path, chosen))
        else:
            raise InputError(name, "no such file", "check the path")
    if not found:
        raise InputError("INPUT", "is missing", 'name a file, a folder, or "-"')
    return tuple(found)


def open_source(source: Source, *, stdin: BinaryIO | None = None) -> tuple[BinaryIO, BinaryIO]:
    """Return the stream as it lies there, whose position tells progress, and the unpacked one.

    Raises:
        InputError: the file cannot be opened.
    """
    raw: BinaryIO
    if source.name == "-":
        raw = stdin or sys.stdin.buffer
    else:
        try:
            raw = open(source.name, "rb")  # noqa: SIM115
        except OSError as error:
            raise InputError(
                source.name, f"cannot be read ({error.strerror})", "check the path"
            ) from None
    buffered = io.BufferedReader(cast(io.RawIOBase, _Unbuffered(raw)), 1 << 16)
    magic = buffered.peek(4)[:4]
    if magic.startswith(_GZIP):
        return raw, cast(BinaryIO, gzip.GzipFile(fileobj=buffered))
    if magic == _ZSTD or (magic[1:] == _SKIPPABLE and magic[0] & 0xF0 == 0x50):
        unpacked = io.BufferedReader(cast(io.RawIOBase, _Unzstd(buffered)), 1 << 18)
        return raw, cast(BinaryIO, unpacked)
    return raw, cast(BinaryIO, buffered)


def lines_of(
    source: Source,
    *,
    stdin: BinaryIO | None = None,
    moved: Callable[[int], None] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[bytes]:
    """Yield the lines of a source, unpacked.

    Of a line that is longer than a patient may be, its beginning is given, just too long.

    Args:
        source: what to read.
        stdin: read in place of the standard input.
        moved: called now and then with the position in the file as it lies on disk.
        limits: a line has at most `body_bytes`, and one byte more that tells it is too long.

    Raises:
        InputError: the file cannot be read or unpacked.
    """
    raw, stream = open_source(source, stdin=stdin)
    tell = raw.tell if source.name != "-" and moved else None
    longest = limits.body_bytes + 1  # with the line feed
    number = 0
    try:
        while line := stream.readline(longest):
            number += 1
            if not line.endswith(b"\n"):
                rest = line
                while rest and not rest.endswith(b"\n"):
                    rest = stream.readline(1 << 20)
                line += b"\n"
            if tell and moved and not number % 2000:
                moved(tell())
            yield line
    except (OSError, EOFError, zlib.error) as error:
        raise _broken(source, number, error) from None
    finally:
        if source.name != "-":
            raw.close()


class _Unzstd:
    """Frames of zstd unpacked, as a raw stream; one that was cut off ends with an `EOFError`."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._waiting = memoryview(b"")
        self._frame: Any = None
        self.closed = False

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def readinto(self, buffer: memoryview) -> int:
        while not self._waiting:
            data = self._frame.unused_data if self._frame and self._frame.eof else b""
            data = data or self._packed.read(_PACKED_PART)
            if not data:
                if self._frame and not self._frame.eof:
                    raise EOFError("the packed file ends in the middle")
                return 0
            self._waiting = memoryview(self._unpacked(data))
        count = min(len(buffer), len(self._waiting))
        buffer[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count

    def close(self) -> None:
        self.closed = True

    def _unpacked(self, data: bytes) -> bytes:
        import zstandard

        if self._frame is None or self._frame.eof:
            self._frame = zstandard.ZstdDecompressor().decompressobj()
        try:
            unpacked: bytes = self._frame.decompress(data)
        except zstandard.ZstdError as error:
            raise OSError(str(error)) from None
        return unpacked


def _broken(source: Source, number: int, error: Exception) -> InputError:
    cause = str(getattr(error, "strerror", None) or error)
    return InputError(
        f"{source.name}:{number}", f"cannot be read on from here ({cause})", "mend the file"
    )


class _Unbuffered:
    """A binary stream with just what a `BufferedReader` asks of a raw one."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.closed = False

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def readinto(self, buffer: memoryview) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.closed = True


def format_named(name: str) -> str:
    """Return the format that people call by a name.

    Raises:
        InputError: it is none that a cohort can be in.
    """
    chosen = _NAMES.get(name.lower())
    if chosen is None:
        known = ", ".join(dict.fromkeys(_NAMES.values()))
        raise InputError(f"--input-format {name}", "is not known here", f"use one of {known}")
    return chosen


def _is_data(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and _suffix(path) in STREAMED | GROUPED


def _suffix(path: Path) -> str:
    name = path.name.lower()
    for packing in _PACKINGS:
        name = name.removesuffix(packing)
    return name.rpartition(".")[2]


def _source(path: Path, chosen: str | None) -> Source:
    format = chosen or (STREAMED | GROUPED).get(_suffix(path))
    if format is None:
        raise InputError(
            str(path), "has a name that tells no format", f"end it with {_KINDS}, or --input-format"
        )
    return Source(str(path), format, path.stat().st_size)
