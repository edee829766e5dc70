"""A patient or an advice as JSON that people can read: nested, with short names.

The result is JSON-LD 1.1 under a context of the package and reads back to the same triples. It is
written here because a JSON-LD library compacts a graph but does not nest it without loss, and
cannot choose between several names for one reversed property (docs/decisions.md).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import pyoxigraph as ox

from poem_kg.errors import InputError
from poem_kg.jsonld_names import Name, Names, definitions, names_of
from poem_kg.model import Advice
from poem_kg.namespaces import BASE, POEMKG, RDF, XSD
from poem_kg.serialise import serialise

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
_TYPE: Final = RDF + "type"
_Term = ox.NamedNode | ox.Literal


def compact_jsonld(
    triples: Iterable[ox.Triple],
    *,
    patient: str,
    context: str = ADVICE_CONTEXT,
    embed: bool = False,
) -> bytes:
    """Return the triples as compact, nested JSON-LD with the patient at the top.

    Every node is written once: in place where the patient, a record or an option has it, else
    under "included"; elsewhere stands its IRI. The order depends on the triples alone: by rank,
    then by IRI.

    Args:
        triples: the graph, without blank nodes, such as `SourceGraph.triples` or `Advice.graph`.
        patient: the IRI of the patient.
        context: `PATIENT_CONTEXT` or `ADVICE_CONTEXT`.
        embed: whether the context stands in the document in full, for processors that cannot
            fetch it; otherwise its IRI does.

    Returns:
        UTF-8 JSON with two spaces a level and a line feed at its end. It reads back, as
        `reading.read_graph` reads JSON-LD, to exactly the same triples.

    Raises:
        InputError: an IRI begins like one of the short names, such as "xsd:", so that it would
            read back as another.
        KnowledgeError: the package has no context of that IRI.
        ValueError: there is a blank node or a triple term.
    """
    defined = definitions(context)
    writer = _Writer(names_of(defined), triples)
    document = {"@context": defined if embed else context, **writer.document(patient)}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def advice_in(advice: Advice, format: str) -> bytes:
    """Return an advice in an RDF format; JSON-LD is nested and carries its context.

    Where an IRI of the patient begins like a short name of the context, the JSON-LD is expanded.

    Args:
        advice: the advice, with its graph.
        format: one of `serialise.RDF_FORMATS`.
    """
    if format == "jsonld":
        try:
            return compact_jsonld(advice.graph, patient=advice.patient, embed=True)
        except InputError:
            pass
    return serialise(advice.graph, format)


class _Writer:
    def __init__(self, names: Names, triples: Iterable[ox.Triple]) -> None:
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

    def _nested(self, value: _Term, name: Name | None, depth: int) -> Any:
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

    def _key(self, predicate: str) -> tuple[str, Name | None]:
        name = self._names.forward.get(predicate)
        if name is not None:
            return name.name, name
        return self._names.word(predicate), None

    def _value(self, value: _Term, name: Name | None) -> Any:
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
