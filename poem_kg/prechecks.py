"""What is looked at before any parser sees the input: its bytes, its encoding, its format."""

from __future__ import annotations

import codecs
import os
import re
import sys
from dataclasses import dataclass
from typing import BinaryIO, Final

import pyoxigraph as ox

from poem_kg.errors import InputError, LimitExceeded
from poem_kg.limits import Limits

FORMATS: Final[dict[str, ox.RdfFormat]] = {
    "turtle": ox.RdfFormat.TURTLE,
    "n-triples": ox.RdfFormat.N_TRIPLES,
    "n-quads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdf-xml": ox.RdfFormat.RDF_XML,
    "json-ld": ox.RdfFormat.JSON_LD,
}
"""The names of the formats that can be read, and what pyoxigraph calls them."""

_NAMES: Final = {
    **{name: name for name in FORMATS},
    **{kind.media_type: name for name, kind in FORMATS.items()},
    "ttl": "turtle",
    "text/rdf+turtle": "turtle",
    "application/x-turtle": "turtle",
    "nt": "n-triples",
    "ntriples": "n-triples",
    "nq": "n-quads",
    "nquads": "n-quads",
    "rdf": "rdf-xml",
    "owl": "rdf-xml",
    "xml": "rdf-xml",
    "rdf/xml": "rdf-xml",
    "rdfxml": "rdf-xml",
    "application/xml": "rdf-xml",
    "text/xml": "rdf-xml",
    "jsonld": "json-ld",
    "json": "json-ld",
    "application/json": "json-ld",
}
_EXTENSIONS: Final = frozenset({"ttl", "nt", "nq", "trig", "rdf", "owl", "xml", "jsonld", "json"})
_WIDE_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_PACKED: Final = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_SAVE_AS_UTF8: Final = "save it as UTF-8"

_LABEL = r"_:[^\s<>\"]++"
_IRI = r"<[^\s<>]*+>"
_LITERAL = rf'"(?:[^"\\]++|\\.)*+"(?:@[A-Za-z0-9-]++|\^\^{_IRI})?'
_LINE: Final = re.compile(
    rf"(?:{_IRI}|{_LABEL})[ \t]*+{_IRI}[ \t]*+(?:{_IRI}|{_LABEL}|{_LITERAL})[ \t]*+"
    rf"(?P<graph>{_IRI}|{_LABEL})?[ \t]*+\.[ \t]*+(?:\#.*)?$"
)
_XML: Final = re.compile(r"<\?xml|<!|<[A-Za-z_][\w.-]*:RDF\b")
_JSON: Final = re.compile(r'\{\s*+["}]|\[\s*+\{')


@dataclass(frozen=True)
class RawInput:
    """The bytes of one input and the name that messages give it.

    Attributes:
        name: the path as it was given, or `-` for the standard input.
        data: the bytes, not decoded.
    """

    name: str
    data: bytes


def read_bytes(
    path: str | os.PathLike[str] | None, stdin: BinaryIO | None, limits: Limits
) -> RawInput:
    """Return the bytes of a file or of the standard input, of at most `limits.body_bytes`.

    Args:
        path: a file; None and `-` mean the standard input.
        stdin: read in place of the standard input.
        limits: `body_bytes` holds here.

    Raises:
        InputError: the file is missing, is a folder, cannot be read or is empty.
        LimitExceeded: there are more bytes than allowed.
    """
    name = "-" if path is None else os.fspath(path)
    try:
        if name == "-":
            data = (stdin or sys.stdin.buffer).read(limits.body_bytes + 1)
        else:
            with open(name, "rb") as file:
                data = file.read(limits.body_bytes + 1)
    except FileNotFoundError:
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", name):
            advice = "download it first, since nothing is read from the network"
            raise InputError(name, "is an address, not a file", advice) from None
        raise InputError(name, "no such file", "check the path") from None
    except IsADirectoryError:
        raise InputError(name, "is a folder", "give one file in it") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(name, f"cannot be read ({reason})", "check the path") from None
    if len(data) > limits.body_bytes:
        cause = f"is larger than {limits.body_bytes / 1e6:g} MB"
        raise LimitExceeded(name, cause, "split it, one patient a file, or raise the limit")
    return RawInput(name, data)


def decode(raw: RawInput) -> str:
    """Return the text of an input in UTF-8, without its byte order mark.

    Raises:
        InputError: the input is empty, compressed, binary or not in UTF-8.
    """
    data = raw.data
    if data.startswith(_PACKED):
        raise InputError(raw.name, "is a compressed file", "unpack it first")
    if data.startswith(_WIDE_MARKS):
        raise InputError(raw.name, "is in UTF-16 or UTF-32", _SAVE_AS_UTF8)
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        cause = "holds a NUL byte, so it is binary or in UTF-16"
        raise InputError(f"{raw.name}:{line}", cause, "give RDF text in UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        data = error.object
        line = data.count(b"\n", 0, error.start) + 1
        cause = f"is not in UTF-8 (byte 0x{data[error.start]:02X})"
        raise InputError(f"{raw.name}:{line}", cause, _SAVE_AS_UTF8) from None
    if not text.strip():
        raise InputError(raw.name, "is empty", "give a file with a patient in it")
    return text


def is_format(name: str) -> bool:
    """Return whether this is a format name, an extension without its dot, or a media type."""
    return name in _NAMES


def choose_format(explicit: str | None, name: str, text: str) -> str:
    """Return a key of `FORMATS`: the one named, or told by the extension, or by the text.

    Args:
        explicit: a format name, an extension without its dot, or a media type; None to guess.
        name: the path, or `-`.
        text: the decoded input.

    Raises:
        InputError: the name given is no format that can be read.
    """
    if explicit is not None:
        wanted = explicit.partition(";")[0].strip().lower()
        if wanted not in _NAMES:
            cause = f'the format "{explicit}" is not known'
            raise InputError(name, cause, f"use one of {', '.join(FORMATS)}")
        return _NAMES[wanted]
    extension = os.path.splitext(name)[1][1:].lower()
    return _NAMES[extension] if extension in _EXTENSIONS else _sniff(text)


def _sniff(text: str) -> str:
    """Turtle and N-Triples are read as TriG, of which they are part."""
    start = text.lstrip()
    if _XML.match(start):
        return "rdf-xml"
    if _JSON.match(start):
        return "json-ld"
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.match(stripped)
        if match is None:
            return "trig"
        if match["graph"]:
            return "n-quads"
    return "trig"
