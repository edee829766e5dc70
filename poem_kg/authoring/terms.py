"""What a statement can say and with which words, read from the ontology."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError
from poem_kg.index import Index
from poem_kg.namespaces import OWL, POEMKG, RDF, RDFS, SKOS, SOURCE, XSD, compact

TEXTS: Final = {
    "label": RDFS + "label",
    "definition": SKOS + "definition",
    "editorialNote": SKOS + "editorialNote",
    "scopeNote": SKOS + "scopeNote",
}
"""What is said in English by a property that is not ours: name to property."""

_TYPE: Final = RDF + "type"
_SUBCLASS: Final = RDFS + "subClassOf"
_STATEMENT: Final = POEMKG + "Statement"
_OBJECT: Final = OWL + "ObjectProperty"
_DATA: Final = OWL + "DatatypeProperty"
_RECORDS: Final = POEMKG + "recordsKind"
_MANY: Final = 3
"""From how many values on what they have in common tells what a property is for."""


@dataclass(frozen=True, kw_only=True)
class Property:
    """Something that a statement can say.

    Attributes:
        name: the local name, as in "populationNote".
        iri: the property.
        says: its definition.
        datatype: the IRI of the datatype, or None where the values are terms.
        values: the terms that can be said, by IRI; empty for data.
        number: how many existing statements of the kind say it, 0 for a kind that has none.
        always: whether every existing statement of the kind says it.
        once: whether no statement says it twice.
    """

    name: str
    iri: str
    says: str
    datatype: str | None
    values: tuple[str, ...]
    number: int
    always: bool
    once: bool

    @property
    def option(self) -> str:
        """The name as an option of the command line writes it."""
        return dashed(self.name)


class Terms:
    """The terms of an ontology, to be looked up by what people call them.

    Args:
        triples: the ontology.
    """

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._triples = tuple(triples)
        self.index = Index(self._triples)
        self._by_kind: dict[str, tuple[Property, ...]] = {}

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of statement that can be made, by label: those with a code of their own."""
        below = self.below(_STATEMENT)
        coded = [k for k in below if self.index.one(k, SKOS + "notation")]
        # A class above others, such as the one for every therapy statement, is no kind by itself.
        direct = [k for k in coded if self._has_members(k) or not self.index.having(_SUBCLASS, k)]
        return tuple(sorted(direct, key=self.label))

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Every declared source, by IRI."""
        return self._individuals(POEMKG + "EvidenceSource")

    @cached_property
    def subjects(self) -> frozenset[str]:
        """Everything about which the ontology says something."""
        return frozenset(
            t.subject.value for t in self._triples if isinstance(t.subject, ox.NamedNode)
        )

    def label(self, iri: str) -> str:
        """Return the label of a term, or its short name."""
        return self.index.one(iri, RDFS + "label") or compact(iri)

    def says(self, iri: str) -> str:
        """Return the definition of a term, or nothing."""
        return self.index.one(iri, SKOS + "definition") or ""

    def code(self, iri: str) -> str:
        """Return the short code of a term, or its short name."""
        return self.index.one(iri, SKOS + "notation") or compact(iri)

    def below(self, iri: str) -> frozenset[str]:
        """Return the classes below a class, itself included."""
        found: set[str] = set()
        waiting = [iri]
        while waiting:
            cls = waiting.pop()
            if cls not in found:
                found.add(cls)
                waiting += self.index.having(_SUBCLASS, cls)
        return frozenset(found)

    def above(self, iri: str) -> frozenset[str]:
        """Return the classes above a class, itself included."""
        found: set[str] = set()
        waiting = [iri]
        while waiting:
            cls = waiting.pop()
            if cls not in found:
                found.add(cls)
                waiting += self.index.all(cls, _SUBCLASS)
        return frozenset(found)

    def properties(self, kind: str) -> tuple[Property, ...]:
        """Return what a statement of a kind can say, what all of them say first, then by name.

        Args:
            kind: the IRI of the class. A property belongs to it when the schema declares it for
                that kind or a wider one, or when a statement of the kind says it already.
        """
        if kind not in self._by_kind:
            self._by_kind[kind] = self._properties(kind)
        return self._by_kind[kind]

    def _properties(self, kind: str) -> tuple[Property, ...]:
        said = self._said[kind]
        members = len(self.index.having(_TYPE, kind))
        above = self.above(kind)
        names = {p for p in self._declared if set(self.index.all(p, RDFS + "domain")) & above}
        names |= {p for p in said if p in self._declared}
        names |= set(TEXTS.values())
        found = [self._property(p, said[p], members) for p in names - {POEMKG + "source"}]
        return tuple(sorted(found, key=lambda p: (not p.always, p.name)))

    def find(self, text: str, among: Iterable[str], *, where: str) -> str:
        """Return the one term that is called so: by IRI, prefixed or short name, code or label.

        Args:
            text: what somebody wrote.
            among: the IRIs that can be meant.
            where: the place to name in an error.

        Raises:
            InputError: none is called so, with the nearest names, or several are.
        """
        names = self._names(tuple(among))
        wanted = text.strip()
        found = names.get(wanted) or {
            iri for name, iris in names.items() if _same(name, wanted) for iri in iris
        }
        if len(found) == 1:
            return next(iter(found))
        if found:
            choices = ", ".join(sorted(map(compact, found)))
            raise InputError(where, f"“{wanted}” can be any of {choices}", "write one of these")
        near = self._near(wanted, names)
        advice = f"did you mean {near}?" if near else self._all_of(names)
        raise InputError(where, f"“{wanted}” is not known here", advice)

    def _near(self, wanted: str, names: dict[str, set[str]]) -> str:
        folded: dict[str, set[str]] = defaultdict(set)
        for name, iris in names.items():
            folded[_fold(name)] |= iris
        near = difflib.get_close_matches(_fold(wanted), folded, n=3, cutoff=0.6)
        return " or ".join(dict.fromkeys(compact(i) for n in near for i in sorted(folded[n])))

    def _all_of(self, names: dict[str, set[str]]) -> str:
        iris = sorted({compact(i) for found in names.values() for i in found})
        return f"choose one of {', '.join(iris)}" if iris else "add the term to the ontology first"

    def _names(self, among: tuple[str, ...]) -> dict[str, set[str]]:
        names: dict[str, set[str]] = defaultdict(set)
        for iri in among:
            called = {iri, compact(iri), iri.rsplit("/", 1)[-1]}
            for prop in (RDFS + "label", SKOS + "altLabel", SKOS + "notation"):
                called.update(self.index.all(iri, prop))
            for name in called:
                names[name].add(iri)
        return names

    def _individuals(self, cls: str) -> tuple[str, ...]:
        kinds = self.below(cls)
        return tuple(sorted({i for k in kinds for i in self.index.having(_TYPE, k)} & self.named))

    @cached_property
    def named(self) -> frozenset[str]:
        """The named individuals, classes that a statement may point to among them."""
        return frozenset(self.index.having(_TYPE, OWL + "NamedIndividual"))

    @cached_property
    def _declared(self) -> frozenset[str]:
        ours = {*self.index.having(_TYPE, _OBJECT), *self.index.having(_TYPE, _DATA)}
        return frozenset(p for p in ours if p.startswith(POEMKG))

    @cached_property
    def _said(self) -> dict[str, Counter[str]]:
        """Kind to the properties that its statements have, with how many have each."""
        said: dict[str, Counter[str]] = defaultdict(Counter)
        kinds = {s: self.index.all(s, _TYPE) for k in self.kinds for s in self._members(k)}
        pairs = {
            (t.subject.value, t.predicate.value)
            for t in self._triples
            if isinstance(t.subject, ox.NamedNode) and t.subject.value in kinds
        }
        for subject, predicate in pairs:
            for kind in kinds[subject]:
                said[kind][predicate] += 1
        return said

    @cached_property
    def _repeated(self) -> frozenset[str]:
        """The properties of which some statement has several values."""
        return frozenset(
            prop
            for kind in self.kinds
            for statement in self._members(kind)
            for prop in self._declared
            if len(self.index.all(statement, prop)) > 1
        )

    def _members(self, kind: str) -> tuple[str, ...]:
        return self.index.having(_TYPE, kind)

    def _has_members(self, kind: str) -> bool:
        return bool(self._members(kind))

    def _property(self, iri: str, number: int, members: int) -> Property:
        texts = {p: name for name, p in TEXTS.items()}
        data = iri in texts or _DATA in self.index.all(iri, _TYPE)
        return Property(
            name=texts.get(iri) or iri.removeprefix(POEMKG),
            iri=iri,
            says=self.says(iri),
            datatype=(self.index.one(iri, RDFS + "range") or XSD + "string") if data else None,
            values=() if data else self.values(iri),
            number=number,
            always=bool(members) and number == members,
            once=iri not in self._repeated,
        )

    def values(self, prop: str) -> tuple[str, ...]:
        """Return the terms to which a property can point, by IRI.

        They are the individuals of its range. Where it has none, since its values are classes,
        they are the classes below the one nearest to what many existing values have in common;
        where there are few, all classes of the sorts of these.
        """
        ranges = self.index.all(prop, RDFS + "range")
        if ranges:
            return tuple(sorted({i for cls in ranges for i in self._individuals(cls)}))
        used = {
            t.object.value
            for t in self._triples
            if t.predicate.value == prop and isinstance(t.object, ox.NamedNode)
        }
        common = frozenset.intersection(*map(self.above, used)) if len(used) >= _MANY else ()
        tops = {min(common, key=self._width)} if common else {self._sort(value) for value in used}
        if not tops:
            return tuple(sorted(self.named))
        return tuple(sorted({i for top in tops for i in self.below(top)} & self.named))

    def _width(self, cls: str) -> tuple[int, str]:
        return len(self.below(cls)), cls

    def _sort(self, iri: str) -> str:
        """The nearest class above one for which there are records, or else the widest."""
        above = self.above(iri)
        recorded = [cls for cls in above if self.index.having(_RECORDS, cls)]
        return min(recorded, key=self._width) if recorded else max(above, key=self._width)


def dashed(name: str) -> str:
    """Return the local name of a property as an option of the command line writes it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def camel(name: str) -> str:
    """Return an option as the local name of a property."""
    first, *rest = name.strip().removeprefix("--").removeprefix("poemkg:").split("-")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def source_key(iri: str) -> str:
    """Return the citation key of a source."""
    return iri.removeprefix(SOURCE)


def _fold(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
