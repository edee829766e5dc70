"""A patient or an advice as JSON that people can read: nested, with short names.

The result is JSON-LD 1.1 under a context of the package and reads back to the same triples. It is
written here because a JSON-LD library compacts a graph but does not nest it without loss, and
cannot choose between several names for one reversed property (docs/decisions.md).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from poem_kg.errors import InputError, KnowledgeError
from poem_kg.namespaces import BASE, POEMKG, RDF, XSD
from poem_kg.resources import context_document

PATIENT_CONTEXT: Final = BASE + "context/patient"
ADVICE_CONTEXT: Final = BASE + "context/advice"

_NESTED: Final = (
    "hasRecord", "operator", "centre", "hasProperty", "hasSwallow", "requirement", "used",
)  # fmt: skip
"""Terms whose values are written in place, where they first stand."""
_REVERSED: Final = {
    "diagnoses": "Diagnosis",
    "options": "Option",
    "tests": "TestFirst",
    "questions": "Question",
    "noStatement": "NoStatement",
    "notices": "Notice",
    "classifications": "Classification",
    "arguments": "Argument",
    "notes": "Note",
    "requirements": "Requirement",
}
"""Terms for a reversed property, and the class of what is written in place there, in this order."""
_RANKS: Final = frozenset({POEMKG + "rank", POEMKG + "questionRank"})
_DEEPEST: Final = 8
"""Beyond this depth a node is written beside the patient, so that no chain nests without end."""
_INTEGER: Final = re.compile(r"(?:0|-?[1-9][0-9]{0,14})\Z")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_LOCAL_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_TYPE: Final = RDF + "type"
_Term = ox.NamedNode | ox.Literal


def compact_jsonld(
    triples: Iterable[ox.Triple], *, patient: str, context: str = ADVICE_CONTEXT
) -> bytes:
    """Return the triples as compact, nested JSON-LD with the patient at the top.

    Every node is written once: in place where the patient, a record or an option has it, else
    under "included"; elsewhere stands its IRI. The order depends on the triples alone: by rank,
    then by IRI.

    Args:
        triples: the graph, without blank nodes, such as `SourceGraph.triples` or `Advice.graph`.
        patient: the IRI of the patient.
        context: `PATIENT_CONTEXT` or `ADVICE_CONTEXT`.

    Returns:
        UTF-8 JSON with two spaces a level and a line feed at its end. It reads back, as
        `reading.read_graph` reads JSON-LD, to exactly the same triples.

    Raises:
        InputError: an IRI begins like one of the short names, such as "xsd:", so that it would
            read back as another.
        ValueError: there is a blank node or a triple term.
    """
    writer = _Writer(_names(context), triples)
    document = {"@context": context, **writer.document(patient)}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


@dataclass(frozen=True)
class _Name:
    """A term of a context: what it is written as, and how its values are."""

    name: str
    iri: str
    type: str
    language: str
    reverse: bool


@dataclass(frozen=True)
class _Names:
    """What a context defines, ready for looking up.

    Attributes:
        vocabulary: the namespace of names that are not defined.
        prefixes: prefix to namespace.
        terms: every name that is defined, keywords among them.
        forward: property to its name.
        reverse: name to the reversed property.
    """

    vocabulary: str
    prefixes: Mapping[str, str]
    terms: frozenset[str]
    forward: Mapping[str, _Name]
    reverse: Mapping[str, str]

    def compact(self, iri: str) -> str:
        """The IRI as it is written where only full and prefixed IRIs may stand."""
        for prefix, namespace in self.prefixes.items():
            local = iri.removeprefix(namespace)
            if local != iri and not local.startswith("//"):
                return f"{prefix}:{local}"
        match = _SCHEME.match(iri)
        if match and match[1] in self.terms:
            cause = f"the IRI begins with {match[1]}:, which is a short name of the JSON-LD context"
            raise InputError(f"<{iri}>", cause, "give the node another IRI, or ask for Turtle")
        return iri

    def word(self, iri: str) -> str:
        """The IRI as it is written where a name of the vocabulary may stand as well."""
        local = iri.removeprefix(self.vocabulary)
        if local != iri and local not in self.terms and _LOCAL_NAME.match(local):
            return local
        return self.compact(iri)


def _names(context: str) -> _Names:
    document = context_document(context)
    if document is None:
        raise KnowledgeError(f"{context} is no context of the package; name one that is")
    definitions: dict[str, Any] = document["@context"]
    prefixes = {
        name: value
        for name, value in definitions.items()
        if isinstance(value, str) and not name.startswith("@") and not value.startswith("@")
    }
    vocabulary = definitions["@vocab"]

    def full(name: str) -> str:
        prefix, colon, local = name.partition(":")
        if name.startswith("@"):
            return name
        return prefixes[prefix] + local if colon else vocabulary + name

    names = [
        _Name(
            name=name,
            iri=full(value.get("@reverse") or value.get("@id") or name),
            type=full(value.get("@type", "")) if "@type" in value else "",
            language=value.get("@language", ""),
            reverse="@reverse" in value,
        )
        for name, value in definitions.items()
        if isinstance(value, dict)
    ]
    return _Names(
        vocabulary=vocabulary,
        prefixes=prefixes,
        terms=frozenset(definitions),
        forward={name.iri: name for name in names if not name.reverse},
        reverse={name.name: name.iri for name in names if name.reverse},
    )


class _Writer:
    def __init__(self, names: _Names, triples: Iterable[ox.Triple]) -> None:
        self._names = names
        self._about: dict[str, dict[str, list[_Term]]] = defaultdict(lambda: defaultdict(list))
        self._to: dict[tuple[str, str], list[str]] = defaultdict(list)
        for triple in sorted(set(triples), key=str):
            subject, predicate, value = triple.subject, triple.predicate.value, triple.object
            if not isinstance(subject, ox.NamedNode) or not isinstance(value, _Term):
                raise ValueError(f"{triple} has a blank node or a triple in it")
            self._about[subject.value][predicate].append(value)
            if isinstance(value, ox.NamedNode):
                self._to[value.value, predicate].append(subject.value)
        self._written: set[str] = set()

    def document(self, patient: str) -> dict[str, Any]:
        top: dict[str, Any] = self._node(patient, 0)
        # What another node nests comes after the others, so that it is nested.
        owned = {iri for iri, predicate in self._to if self._key(predicate)[0] in _NESTED}
        beside = sorted(self._about, key=lambda iri: (iri in owned, iri))
        included = [self._node(iri, 0) for iri in beside if iri not in self._written]
        if included:
            top["included" if "included" in self._names.terms else "@included"] = included
        return top

    # Nodes

    def _node(
        self, iri: str, depth: int, *, without: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        """A node with all that is said of it and all that is nested in it.

        Args:
            iri: the node.
            depth: how many nodes it stands in.
            without: the property and value that its place says already.
        """
        self._written.add(iri)
        node: dict[str, Any] = {"id": self._names.compact(iri)}
        said: dict[str, Any] = {}
        for predicate, values in self._about[iri].items():
            left = [
                v for v in values if (predicate, v.value) != without or isinstance(v, ox.Literal)
            ]
            if not left:
                continue
            if predicate == _TYPE and not any(isinstance(v, ox.Literal) for v in left):
                words = [self._names.word(v.value) for v in left]
                node["type"] = _one(sorted(words, key=lambda word: (":" in word, word)))
                continue
            key, name = self._key(predicate)
            said[key] = (name, left)
        first = [key for key in ("label", "comment") if key in said]
        later: list[str] = []
        for key in (*first, *sorted(said.keys() - set(first))):
            name, values = said[key]
            if key in _NESTED:
                later.append(key)
                node[key] = None  # its place among the keys
            else:
                node[key] = _one([self._value(v, name) for v in values])
        for key in sorted(later, key=_NESTED.index):
            name, values = said[key]
            node[key] = _one([self._nested(v, name, depth) for v in self._ordered(values)])
        return node | self._reversed(iri, depth)

    def _reversed(self, iri: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if depth + 1 >= _DEEPEST:
            return found
        for term, kind in _REVERSED.items():
            predicate = self._names.reverse.get(term)
            if predicate is None:
                continue
            of_kind = ox.NamedNode(self._names.vocabulary + kind)
            nodes = [
                ox.NamedNode(subject)
                for subject in self._to.get((iri, predicate), ())
                if subject not in self._written and of_kind in self._about[subject].get(_TYPE, ())
            ]
            values = [
                self._node(node.value, depth + 1, without=(predicate, iri))
                for node in self._ordered(nodes)
                if node.value not in self._written
            ]
            if values:
                found[term] = values
        return found

    def _nested(self, value: _Term, name: _Name | None, depth: int) -> Any:
        iri = value.value
        if isinstance(value, ox.Literal) or iri in self._written or iri not in self._about:
            return self._value(value, name)
        if depth + 1 >= _DEEPEST:
            return self._value(value, name)
        return self._node(iri, depth + 1)

    def _ordered(self, values: Iterable[_Term]) -> list[_Term]:
        return sorted(values, key=lambda value: (self._rank(value.value), str(value)))

    def _rank(self, iri: str) -> int:
        """The rank of a node, if it has one that is a number; the others come after them."""
        ranks = [
            int(value.value)
            for predicate in _RANKS
            for value in self._about.get(iri, {}).get(predicate, ())
            if _INTEGER.match(value.value)
        ]
        return min(ranks, default=2**63)

    # Keys and values

    def _key(self, predicate: str) -> tuple[str, _Name | None]:
        name = self._names.forward.get(predicate)
        if name is not None:
            return name.name, name
        return self._names.word(predicate), None

    def _value(self, value: _Term, name: _Name | None) -> Any:
        coerced = name.type if name else ""
        if isinstance(value, ox.NamedNode):
            if coerced == "@vocab":
                return self._names.word(value.value)
            written = self._names.compact(value.value)
            return written if coerced == "@id" else {"id": written}
        language = name.language if name else ""
        if value.language:
            if value.language == language:
                return value.value
            return {"@value": value.value, "@language": value.language}
        datatype = value.datatype.value
        if datatype == coerced and not language:
            return value.value
        if datatype == XSD + "string":
            plain = not coerced and not language
            return value.value if plain else {"@value": value.value}
        if not coerced:
            if datatype == XSD + "boolean" and value.value in ("true", "false"):
                return value.value == "true"
            if datatype == XSD + "integer" and _INTEGER.match(value.value):
                return int(value.value)
        return {"@value": value.value, "@type": self._names.word(datatype)}


def _one(values: list[Any]) -> Any:
    """The value itself where it is the only one."""
    return values[0] if len(values) == 1 else values
