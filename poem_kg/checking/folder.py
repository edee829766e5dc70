"""An ontology folder as it is found: every file by itself, so that a broken one hides no other."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.checking.model import Problem, found
from poem_kg.checking.rules import (
    CATALOGUE,
    HEADERS,
    IMPORTS,
    MISSING_IMPORTS,
    NOT_IMPORTED,
    SYNTAX,
)
from poem_kg.errors import InputError, KnowledgeError, one_line
from poem_kg.knowledge import read_catalog
from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.namespaces import DCTERMS, OWL, RDF, SOURCE
from poem_kg.nesting import check_nesting
from poem_kg.resources import turtle_in
from poem_kg.turtle_places import Places, places

ROOT: Final = "poem-kg.ttl"
CATALOG: Final = "catalog-v001.xml"
ALIGNMENTS: Final = "alignments"

_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_IMPORTS: Final = OWL + "imports"
_TYPE: Final = RDF + "type"
_ONTOLOGY: Final = OWL + "Ontology"
_ASKED_OF_HEADERS: Final = (
    DCTERMS + "title",
    DCTERMS + "description",
    DCTERMS + "license",
    OWL + "versionIRI",
)


@dataclass(frozen=True, eq=False)
class Module:
    """One Turtle file of the folder.

    Attributes:
        name: its path in the folder, with `/`.
        path: where it lies.
        text: as it stands; where it is not UTF-8, what can be made out of it.
        triples: what it says; of a file that is no Turtle, what can be made out of it.
        broken: it is no Turtle.
    """

    name: str
    path: Path
    text: str
    triples: tuple[ox.Triple, ...]
    broken: bool

    @cached_property
    def places(self) -> Places:
        """Where in the file it says what."""
        return places(self.text)

    @property
    def aligns(self) -> bool:
        """It maps our terms to those of others, so the root need not import it."""
        return self.name.startswith(ALIGNMENTS + "/")

    @cached_property
    def header(self) -> str | None:
        """The IRI of its owl:Ontology, or None."""
        return min(self._headers, default=None)

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """The IRIs that it imports."""
        return tuple(
            t.object.value
            for t in self.triples
            if t.predicate.value == _IMPORTS and isinstance(t.object, ox.NamedNode)
        )

    @property
    def _headers(self) -> list[str]:
        return [
            t.subject.value
            for t in self.triples
            if t.predicate.value == _TYPE
            and isinstance(t.object, ox.NamedNode)
            and t.object.value == _ONTOLOGY
            and isinstance(t.subject, ox.NamedNode)
        ]

    def header_problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the header."""
        if len(self._headers) != 1:
            count = "has no owl:Ontology" if not self._headers else "has several owl:Ontology"
            yield found(HEADERS, self.header or self.name, count, file=self.name, line=1)
            return
        header = self._headers[0]
        said = {t.predicate.value for t in self.triples if t.subject == ox.NamedNode(header)}
        for wanted in _ASKED_OF_HEADERS:
            if wanted not in said:
                yield found(
                    HEADERS,
                    header,
                    f"has no <{wanted}>",
                    file=self.name,
                    line=self.places.line(header),
                )


@dataclass(frozen=True, eq=False)
class Folder:
    """What a folder holds.

    Attributes:
        root: the folder.
        modules: every Turtle file in it, by name.
        catalog: IRI to file name in the folder, as the catalogue says.
        imported: names of the root file and of what it imports, directly or not.
        problems: what is wrong with the files, the catalogue and the imports.
    """

    root: Path
    modules: tuple[Module, ...]
    catalog: dict[str, str]
    imported: frozenset[str]
    problems: tuple[Problem, ...]

    @cached_property
    def knowledge(self) -> tuple[ox.Triple, ...]:
        """The triples of the imported modules, each once."""
        chosen = [m for m in self.modules if m.name in self.imported]
        return tuple(dict.fromkeys(t for module in chosen for t in module.triples))

    @property
    def alignments(self) -> tuple[Module, ...]:
        """The files that map our terms to those of others."""
        return tuple(m for m in self.modules if m.aligns)

    @property
    def broken(self) -> tuple[Module, ...]:
        """The files that are no Turtle."""
        return tuple(m for m in self.modules if m.broken)


def read_folder(root: Path) -> Folder:
    """Return what a folder holds, with what is wrong with its files.

    Args:
        root: a folder with `poem-kg.ttl` and `catalog-v001.xml`.

    Raises:
        KnowledgeError: it is no folder, or holds no `poem-kg.ttl`.
    """
    if not (root / ROOT).is_file():
        raise KnowledgeError(f"{root}: holds no {ROOT}; name the folder of the ontology")
    problems: list[Problem] = []
    modules = tuple(_read(path, root, problems) for path in turtle_in(root))
    by_name = {module.name: module for module in modules}
    catalog = _catalog(root, by_name, problems)
    imported = _closure(ROOT, by_name, catalog)
    for module in modules:
        problems += _import_problems(module, catalog)
        if module.broken:
            continue
        problems += module.header_problems()
        if module.name not in imported and not module.aligns:
            problems.append(
                found(
                    NOT_IMPORTED,
                    module.header or module.name,
                    "is not imported",
                    file=module.name,
                    line=1,
                )
            )
    problems += _missing_imports(modules, by_name, catalog)
    return Folder(root, modules, catalog, imported, tuple(problems))


def _read(path: Path, root: Path, problems: list[Problem]) -> Module:
    # One that is not UTF-8, or would break a line, is told with escapes.
    name = one_line(path.relative_to(root).as_posix())
    try:
        data = path.read_bytes()
        text = data.decode()
    except OSError as error:
        problems.append(found(SYNTAX, name, f"cannot be read: {error.strerror}", file=name))
        return Module(name, path, "", (), True)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.append(
            found(
                SYNTAX, name, "is not UTF-8", advice="Save the file as UTF-8.", file=name, line=line
            )
        )
        # What else it says is read all the same, so that no other file seems to point to nothing.
        text = data.decode("utf-16" if data[:2] in _UTF16 else "utf-8", errors="replace")
        return Module(name, path, text, tuple(_made_out(text)), True)
    if text.startswith("\ufeff"):
        text = text[1:]
        told = "begins with a byte order mark, which no Turtle may"
        advice = "Save the file as UTF-8 without a byte order mark, or run poem-kg format on it."
        problems.append(found(SYNTAX, name, told, advice=advice, file=name, line=1))
    try:
        check_nesting(text, "turtle", name, DEFAULT_LIMITS)
        triples = tuple(q.triple for q in ox.parse(text, format=ox.RdfFormat.TURTLE))
    except InputError as error:
        told, advice = f"is no Turtle: {error.cause}", f"{error.advice.capitalize()}."
        line = int(error.location.rpartition(":")[2])
        problems.append(found(SYNTAX, name, told, advice=advice, file=name, line=line))
        return Module(name, path, text, tuple(_made_out(text)), True)
    except SyntaxError as error:
        problems.append(
            found(SYNTAX, name, f"is no Turtle: {error.msg}", file=name, line=error.lineno or 1)
        )
        return Module(name, path, text, tuple(_made_out(text)), True)
    newer = next(_newer(triples, places(text)), None)
    if newer is not None:
        told, line = newer
        advice = "State the facts as plain triples and plain strings; few programs read more."
        problems.append(found(SYNTAX, name, told, advice=advice, file=name, line=line))
        return Module(name, path, text, tuple(_made_out(text)), True)
    return Module(name, path, text, triples, False)


def _newer(triples: Iterable[ox.Triple], where: Places) -> Iterator[tuple[str, int]]:
    """What only RDF 1.2 has and `check_nesting` does not see, each with its line."""
    for triple in triples:
        subject = triple.subject.value if isinstance(triple.subject, ox.NamedNode) else ""
        if isinstance(triple.object, ox.Triple):
            yield "is no Turtle: holds a triple term (RDF 1.2)", where.mention(subject) or 1
        elif isinstance(triple.object, ox.Literal) and triple.object.direction is not None:
            line = where.line(subject, triple.predicate.value, triple.object.value)
            yield "is no Turtle: holds a string with a direction (RDF 1.2)", line or 1


def _made_out(text: str) -> Iterator[ox.Triple]:
    """What a broken file seems to say: enough to know its terms by."""
    for place in places(text).triples:
        if place.kind == "blank" or place.subject.startswith("_:"):
            continue
        try:
            subject, predicate = ox.NamedNode(place.subject), ox.NamedNode(place.predicate)
            if place.kind == "iri":
                yield ox.Triple(subject, predicate, ox.NamedNode(place.object))
            elif place.datatype:
                datatype = ox.NamedNode(place.datatype)
                yield ox.Triple(subject, predicate, ox.Literal(place.object, datatype=datatype))
            else:
                yield ox.Triple(subject, predicate, ox.Literal(place.object, language="en"))
        except ValueError:
            continue  # no IRI: what cannot be understood is passed over


def _catalog(root: Path, by_name: dict[str, Module], problems: list[Problem]) -> dict[str, str]:
    try:
        listed = read_catalog(root)
    except (KnowledgeError, KeyError) as error:
        told = str(error).split(": ", 1)[-1].split(";")[0]
        problems.append(found(CATALOGUE, CATALOG, f"cannot be read: {told}", file=CATALOG, line=1))
        # Without it every file is taken for what its own header says it is.
        return {m.header: m.name for m in by_name.values() if m.header}
    lines = (root / CATALOG).read_text(encoding="utf-8", errors="replace").splitlines()
    resolved = {m.path.resolve(): m.name for m in by_name.values()}
    names: dict[str, str] = {}
    for iri, path in listed.items():
        if path in resolved:
            names[iri] = resolved[path]
            problems += _wrong_entry(iri, by_name[resolved[path]], lines)
        else:
            message = f"{path.name} is not there"
            problems.append(
                found(CATALOGUE, iri, message, file=CATALOG, line=_line_with(lines, f'"{iri}"'))
            )
    return names


def _wrong_entry(iri: str, module: Module, lines: list[str]) -> Iterator[Problem]:
    """An entry that leads to the file of another module."""
    versions = {
        t.object.value
        for t in module.triples
        if t.predicate.value == OWL + "versionIRI" and isinstance(t.object, ox.NamedNode)
    }
    if module.header and not module.broken and iri not in {module.header, *versions}:
        yield found(
            CATALOGUE,
            iri,
            f"leads to {module.name}, which is <{module.header}>",
            advice="Correct the entry, or the IRI or version IRI in the header of the file.",
            file=CATALOG,
            line=_line_with(lines, f'"{iri}"'),
        )


def _line_with(lines: list[str], text: str) -> int | None:
    return next((n for n, line in enumerate(lines, 1) if text in line), None)


def _closure(start: str, by_name: dict[str, Module], catalog: dict[str, str]) -> frozenset[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in by_name:
            continue
        seen.add(name)
        waiting += [catalog[iri] for iri in by_name[name].imports if iri in catalog]
    return frozenset(seen)


def _import_problems(module: Module, catalog: dict[str, str]) -> Iterator[Problem]:
    for iri in module.imports:
        if iri not in catalog:
            yield found(
                IMPORTS,
                iri,
                f"is imported by {module.name} but is not in the catalogue",
                file=module.name,
                line=module.places.line(module.header or "", _IMPORTS, iri)
                or module.places.mention(iri),
            )


def _missing_imports(
    modules: tuple[Module, ...], by_name: dict[str, Module], catalog: dict[str, str]
) -> Iterator[Problem]:
    """Terms of a module that the user of the term does not import, a problem for each module.

    That a source is named as the source of a term is a note, and needs no import.
    """
    homes: dict[str, set[str]] = {}
    for module in modules:
        for triple in module.triples:
            if triple.predicate.value == _TYPE and isinstance(triple.subject, ox.NamedNode):
                homes.setdefault(triple.subject.value, set()).add(module.name)
    headers = {module.name: module.header or module.name for module in modules}
    for module in modules:
        if module.broken or module.header is None:
            continue
        near = _closure(module.name, by_name, catalog)
        lacking: dict[str, str] = {}
        for triple in module.triples:
            for node in triple:
                if not isinstance(node, ox.NamedNode) or node.value not in homes:
                    continue
                noted = triple.predicate.value == DCTERMS + "source"
                if (noted and node.value.startswith(SOURCE)) or near & homes[node.value]:
                    continue
                lacking.setdefault(headers[min(homes[node.value])], node.value)
        for header, term in sorted(lacking.items()):
            yield found(
                MISSING_IMPORTS,
                header,
                f"is not imported by {module.name}, which uses its term <{term}>",
                file=module.name,
                line=module.places.mention(term),
            )
