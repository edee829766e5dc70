"""Whether properties stand on, and point to, what they are for, and values are well written.

A reasoner would conclude from a property what its subject is. An author who wrote the wrong
property needs to hear that it is wrong, so domains and ranges are read here as demands.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

import pyoxigraph as ox

from poem_kg.checking.model import Problem, found
from poem_kg.checking.rules import ILL_TYPED, KIND_OF_SUBJECT, KIND_OF_VALUE
from poem_kg.namespaces import (
    CRITERION,
    DCTERMS,
    OWL,
    RDF,
    RDFS,
    SKOS,
    SOURCE,
    STATEMENT,
    XSD,
    compact,
)

_TYPE: Final = RDF + "type"
_ANY: Final = frozenset({OWL + "Thing", RDFS + "Literal", RDFS + "Resource"})
_FORMS: Final = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "nonNegativeInteger": re.compile(r"\+?[0-9]+|-0+"),
    XSD + "positiveInteger": re.compile(r"\+?0*[1-9][0-9]*"),
    XSD + "decimal": re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"),
    XSD + "double": re.compile(
        r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN"
    ),
    XSD + "boolean": re.compile("true|false|1|0"),
    XSD + "gYear": re.compile(r"-?[0-9]{4,}(?:Z|[+-][0-9]{2}:[0-9]{2})?"),
    XSD + "anyURI": re.compile(r"\S*"),
}
_DAY: Final = r"-?[0-9]{4,}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_ZONE: Final = r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_FORMS[XSD + "date"] = re.compile(_DAY + _ZONE)
_FORMS[XSD + "dateTime"] = re.compile(
    _DAY + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?" + _ZONE
)
_CALENDAR: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_TEXTS: Final = frozenset({XSD + "string", RDF + "langString"})
_NAMING: Final = (RDFS, SKOS, DCTERMS)
_SAYING: Final = (STATEMENT, SOURCE, CRITERION)
"""Where a text that says nothing is a slip; the words of a page, say, may be none."""
_NARROWER: Final = {
    XSD + "decimal": {XSD + "integer", XSD + "nonNegativeInteger", XSD + "positiveInteger"},
    XSD + "integer": {XSD + "nonNegativeInteger", XSD + "positiveInteger"},
    XSD + "nonNegativeInteger": {XSD + "positiveInteger"},
}


def kind_problems(triples: Iterable[ox.Triple]) -> Iterator[tuple[Problem, tuple[str, ...]]]:
    """Yield what is of the wrong kind, each with what tells its place.

    What is not declared at all is left to the rules on spelling.

    Args:
        triples: the ontology.
    """
    every = tuple(triples)
    types, above = _types(every), _above(every)
    ranges = _demands(every, RDFS + "range")
    domains = _demands(every, RDFS + "domain")
    literal_properties = {
        term for term, kinds in types.items() if OWL + "DatatypeProperty" in kinds
    }
    object_properties = {term for term, kinds in types.items() if OWL + "ObjectProperty" in kinds}

    def kinds_of(iri: str) -> set[str]:
        return {broad for kind in types[iri] for broad in above(kind)}

    for triple in every:
        predicate, value = triple.predicate.value, triple.object
        if not isinstance(triple.subject, ox.NamedNode):
            continue
        subject = triple.subject.value
        wanted = domains.get(predicate, ())
        if wanted and subject in types:
            lacking = [kind for kind in wanted if kind not in kinds_of(subject)]
            if lacking:
                message = f"has {compact(predicate)}, which is for a {compact(lacking[0])}"
                yield found(KIND_OF_SUBJECT, subject, message), (predicate,)
        if isinstance(value, ox.Literal):
            if predicate in object_properties:
                message = f'says {compact(predicate)} "{value.value}", a text in place of an IRI'
                yield found(KIND_OF_VALUE, subject, message), (value.value, predicate)
            yield from _literal_problems(subject, predicate, value, ranges.get(predicate, ()))
            continue
        if not isinstance(value, ox.NamedNode):
            continue
        if predicate in literal_properties:
            message = f"says {compact(predicate)} {compact(value.value)}, an IRI in place of a text"
            yield found(KIND_OF_VALUE, subject, message), (value.value, predicate)
        elif value.value in types:
            lacking = [
                kind for kind in ranges.get(predicate, ()) if kind not in kinds_of(value.value)
            ]
            if lacking:
                message = (
                    f"says {compact(predicate)} {compact(value.value)}, "
                    f"which is no {compact(lacking[0])}"
                )
                yield found(KIND_OF_VALUE, subject, message), (value.value, predicate)


def _literal_problems(
    subject: str, predicate: str, value: ox.Literal, ranges: Iterable[str]
) -> Iterator[tuple[Problem, tuple[str, ...]]]:
    datatype = value.datatype.value
    told = f'says {compact(predicate)} "{value.value}"'
    place = (value.value, predicate)
    says = predicate.startswith(_NAMING) or subject.startswith(_SAYING)
    if says and datatype in _TEXTS and not value.value.strip():
        yield found(ILL_TYPED, subject, f"{told}, an empty text"), (predicate,)
        return
    form = _FORMS.get(datatype)
    if form is not None and (not form.fullmatch(value.value) or not _is_there(value)):
        yield found(ILL_TYPED, subject, f"{told}, which is no {compact(datatype)}"), place
        return
    for wanted in ranges:
        if (
            wanted.startswith(XSD)
            and datatype != wanted
            and datatype not in _NARROWER.get(wanted, ())
        ):
            message = f"{told}, a {compact(datatype)} where a {compact(wanted)} is asked for"
            yield found(ILL_TYPED, subject, message), place


def _is_there(value: ox.Literal) -> bool:
    """Whether a day of the usual years is in the calendar; everything else passes."""
    day = _CALENDAR.match(value.value)
    if value.datatype.value not in (XSD + "date", XSD + "dateTime") or day is None:
        return True
    try:
        date.fromisoformat(day[0])
    except ValueError:
        return False
    return True


def _types(triples: Iterable[ox.Triple]) -> dict[str, set[str]]:
    types: defaultdict[str, set[str]] = defaultdict(set)
    for t in triples:
        if (
            t.predicate.value == _TYPE
            and isinstance(t.subject, ox.NamedNode)
            and isinstance(t.object, ox.NamedNode)
        ):
            types[t.subject.value].add(t.object.value)
    return dict(types)


class _above:
    """The class itself and every class above it."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._direct: defaultdict[str, set[str]] = defaultdict(set)
        self._known: dict[str, frozenset[str]] = {}
        for t in triples:
            if (
                t.predicate.value == RDFS + "subClassOf"
                and isinstance(t.subject, ox.NamedNode)
                and isinstance(t.object, ox.NamedNode)
            ):
                self._direct[t.subject.value].add(t.object.value)

    def __call__(self, kind: str) -> frozenset[str]:
        if kind not in self._known:
            seen: set[str] = set()
            waiting = [kind]
            while waiting:
                one = waiting.pop()
                if one not in seen:
                    seen.add(one)
                    waiting += self._direct.get(one, ())
            self._known[kind] = frozenset(seen)
        return self._known[kind]


def _demands(triples: Iterable[ox.Triple], predicate: str) -> dict[str, tuple[str, ...]]:
    """Property to the named classes or datatypes that its domain or range asks for."""
    demands: defaultdict[str, set[str]] = defaultdict(set)
    for t in triples:
        if t.predicate.value != predicate or not isinstance(t.subject, ox.NamedNode):
            continue
        if isinstance(t.object, ox.NamedNode) and t.object.value not in _ANY:
            demands[t.subject.value].add(t.object.value)
    return {term: tuple(sorted(kinds)) for term, kinds in demands.items()}
