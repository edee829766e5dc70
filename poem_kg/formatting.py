"""Turtle files put into their canonical form: `poem-kg format`.

The same graph is always the same bytes, whoever saved it: an author with an editor, or Protégé.
Nothing is lost on the way. A comment is no part of the graph, so a file that has one is refused
unless its comments are to become notes; what Turtle 1.1 cannot say is refused too; and what is
written is read again and compared before any file is touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError, one_line, shorten
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.namespaces import PREFIXES
from poem_kg.nesting import check_nesting
from poem_kg.prechecks import RawInput, decode, read_bytes
from poem_kg.resources import own_ontology, turtle_in
from poem_kg.serialise import in_order, refuse_changed, write_all
from poem_kg.turtle import write_turtle
from poem_kg.turtle_comments import (
    Comment,
    comments_in_turtle,
    comments_in_xml,
    with_notes,
    xml_error_line,
)

_SUFFIX: Final = ".ttl"
_KEEP: Final = "write it as skos:editorialNote, or run: poem-kg format --notes"
_IN_PROTEGE: Final = "save it in Protégé as Turtle Syntax under a name that ends in .ttl"


@dataclass(frozen=True, kw_only=True)
class Formatted:
    """One file and its canonical form.

    Attributes:
        path: the file.
        data: what it held when it was read.
        text: what it says in canonical form.
        line: the first line, from 1, in which the file differs from that; None where it does not.
        difference: what is wrong with that line, in a few words; empty where nothing is.
        notes: how many comments became notes.
    """

    path: Path
    data: bytes = field(repr=False)
    text: str = field(repr=False)
    line: int | None
    difference: str
    notes: int


@dataclass(frozen=True, kw_only=True)
class FormatReport:
    """What became of the files.

    Attributes:
        files: those that could be read, in the order of their paths.
        refused: why the others could not; while there is one, no file is written.
        written: the files that were written.
    """

    files: tuple[Formatted, ...]
    refused: tuple[InputError, ...]
    written: tuple[Path, ...]

    @property
    def changed(self) -> tuple[Formatted, ...]:
        """The files that are not in canonical form."""
        return tuple(file for file in self.files if file.line is not None)


def format_files(
    paths: Sequence[Path] = (), *, check: bool = False, notes: bool = False
) -> FormatReport:
    """Write Turtle files in canonical form, all or none, and tell what was done.

    Each file is written whole. While one of them cannot be read, none is written.

    Args:
        paths: files, or folders of which every `*.ttl` is taken; none is the ontology of the
            checkout that this package runs from.
        check: only tell; write nothing.
        notes: turn comments into `skos:editorialNote` of the terms that they stand at.

    Raises:
        InputError: a path is missing or holds no Turtle file, or a file cannot be written or was
            changed by somebody else since it was read; no file has changed then.
    """
    files: list[Formatted] = []
    refused: list[InputError] = []
    for path in turtle_files(paths):
        try:
            files.append(format_file(path, notes=notes))
        except InputError as error:
            refused.append(error)
    changed = [file for file in files if file.line is not None]
    if check or refused:
        changed = []
    refuse_changed({file.path: file.data for file in changed})
    write_all({file.path: file.text.encode() for file in changed})
    return FormatReport(
        files=tuple(files),
        refused=tuple(refused),
        written=tuple(file.path for file in changed),
    )


def turtle_files(paths: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Return the Turtle files that paths stand for, each once, in order.

    Args:
        paths: files and folders, as `format_files` takes them. What is hidden is passed over.

    Raises:
        InputError: a path is missing, is no Turtle file by its name, or holds none; or none is
            named, and the package has no checkout, or another than lies here.
    """
    found: dict[Path, None] = {}
    for path in paths or (_own_ontology(),):
        if path.is_dir():
            inside = turtle_in(path)
            if not inside:
                raise InputError(str(path), "holds no .ttl file", "name another folder")
            found.update(dict.fromkeys(inside))
        elif not path.exists():
            raise InputError(str(path), "no such file or folder", "check the path")
        elif path.suffix != _SUFFIX:
            raise InputError(str(path), "has a name that does not end in .ttl", _IN_PROTEGE)
        else:
            found[path] = None
    return tuple(found)


def format_file(path: Path, *, notes: bool = False, limits: Limits = DEFAULT_LIMITS) -> Formatted:
    """Return a file and its canonical form; nothing is written.

    Args:
        path: a file with Turtle, or with RDF/XML, as Protégé writes it under the name of a Turtle
            file when told to.
        notes: as for `format_files`.
        limits: the size and the nesting that are read.

    Raises:
        InputError: the file cannot be read, or holds what would be lost.
    """
    raw = read_bytes(path, None, limits)
    if not raw.data.strip():
        raise InputError(raw.name, "is empty", "write Turtle in it, or delete it")
    text, count = _canonical(raw, notes=notes, limits=limits)
    line, difference = first_difference(raw.data, text.encode())
    return Formatted(
        path=path, data=raw.data, text=text, line=line, difference=difference, notes=count
    )


def format_text(text: str, *, name: str = "-", notes: bool = False) -> str:
    """Return Turtle in canonical form.

    Args:
        text: Turtle, or RDF/XML.
        name: what to call it in messages.
        notes: as for `format_files`.

    Raises:
        InputError: it cannot be read, or holds what would be lost.
    """
    raw = RawInput(name, text.encode())
    return _canonical(raw, notes=notes, limits=DEFAULT_LIMITS)[0]


def first_difference(data: bytes, canonical: bytes) -> tuple[int | None, str]:
    """Return the first line, from 1, in which a file differs from its canonical form, and how."""
    if data == canonical:
        return None, ""
    found, wanted = data.split(b"\n"), canonical.split(b"\n")
    pairs = zip(found, wanted, strict=False)
    same = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(found), len(wanted)))
    if same >= len(wanted) or same >= len(found):
        return same, "does not end in one line feed"
    if found[same].rstrip(b"\r") == wanted[same]:
        return same + 1, "ends in CR LF, not LF"
    if found[same].strip() == wanted[same].strip():
        return same + 1, "begins or ends with other spaces"
    wanted_text = shorten(one_line(wanted[same].decode().strip()), 80)
    return same + 1, f"should be: {wanted_text}" if wanted_text else "should be empty"


def _own_ontology() -> Path:
    folder = own_ontology("poem-kg format", "poem-kg format")
    if folder.parent.name == "data":
        cause = "no file is named, and this poem-kg is installed, not a checkout"
        raise InputError("poem-kg format", cause, "name the files or the folder to format")
    return folder


def _canonical(raw: RawInput, *, notes: bool, limits: Limits) -> tuple[str, int]:
    text = decode(raw)
    start = text.lstrip()
    xml = start.startswith(("<?xml", "<rdf:RDF", "<!--"))
    if xml and "<rdf:RDF" not in text:
        raise InputError(raw.name, "is XML but no RDF/XML", _IN_PROTEGE)
    triples = _parsed(text, raw.name, xml=xml, limits=limits)
    found = comments_in_xml(text, triples) if xml else comments_in_turtle(text, triples)
    _check_notes(found, raw.name, notes=notes)
    triples = with_notes(triples, found)
    try:
        written = write_turtle(triples)
        again = _parsed(written, raw.name, xml=False, limits=limits)
    except ValueError as error:
        raise InputError(raw.name, str(error), "state it as plain triples") from None
    except RecursionError:
        raise InputError(raw.name, "nests too deeply", "write it with fewer levels") from None
    if in_order(again) != in_order(triples):
        cause = "would not say the same in canonical form, which is a fault of poem-kg"
        raise InputError(raw.name, cause, "leave the file as it is and report it")
    return written, len(found)


def _check_notes(found: Sequence[Comment], name: str, *, notes: bool) -> None:
    for comment in found:
        where = f"{name}:{comment.line}"
        if not notes:
            raise InputError(where, "the comment would be lost", _KEEP)
        if comment.term is None:
            cause = "the comment stands at no term with an IRI"
            raise InputError(where, cause, "write it as skos:editorialNote of a term")


def _parsed(text: str, name: str, *, xml: bool, limits: Limits) -> tuple[ox.Triple, ...]:
    check_nesting(text, "rdf-xml" if xml else "turtle", name, limits)
    kind = ox.RdfFormat.RDF_XML if xml else ox.RdfFormat.TURTLE
    try:
        triples = tuple(dict.fromkeys(q.triple for q in ox.parse(text.encode(), format=kind)))
    except SyntaxError as error:
        line = xml_error_line(text) if xml else error.lineno
        where = f"{name}:{line}" if line else name
        cause = f"is no {kind.name} ({_reason(error)})"
        raise InputError(where, cause, _advice(error)) from None
    except ValueError as error:
        raise InputError(name, str(error), "correct it") from None
    if not triples:
        raise InputError(name, "holds no triples", "write what it should say, or delete it")
    return triples


def _reason(error: SyntaxError) -> str:
    told = str(error.msg).partition(": ")[2] or str(error.msg)
    return told.removesuffix(f" (line {error.lineno})")


def _advice(error: SyntaxError) -> str:
    """What to write; a prefix of ours that is missing is told in full."""
    for prefix in _undeclared(str(error.msg)):
        return f"add the line: @prefix {prefix}: <{PREFIXES[prefix]}> ."
    return "correct it there"


def _undeclared(message: str) -> Iterable[str]:
    if "has not been declared" not in message:
        return ()
    words = (word.rstrip(":") for word in message.split() if word.endswith(":"))
    return (word for word in words if word in PREFIXES)
