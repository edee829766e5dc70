"""How edits are made: what all kinds of seeded defects share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from benchmarks._drafts import Draft, Edit, iri
from poem_kg.namespaces import BASE

Said = tuple[str, ox.Triple]
"""A triple and the file that says it."""

SCHEMA = ("schema.ttl", "patient.ttl", "derived.ttl", "words.ttl", "external.ttl")
"""Files whose terms the rest of the ontology is written in."""


@dataclass(frozen=True)
class Kind:
    """One kind of defect.

    Attributes:
        places: the triples at which it can be seeded, in a fixed order.
        edit: makes the edit at one of them; the number says which of several ways.
    """

    places: Callable[[Draft], Iterable[Said]]
    edit: Callable[[Draft, Said, int], Edit]


def name_of(node: object) -> str:
    """Return the local name of an IRI, or a text as it is."""
    return str(getattr(node, "value", node)).rstrip("/").rsplit("/", 1)[-1]


def value_of(node: object) -> str:
    """Return an IRI, a label or a text without its marks."""
    return str(getattr(node, "value", node))


def english(text: str) -> ox.Literal:
    """Return a text in English."""
    return ox.Literal(text, language="en")


def named(said: Said) -> bool:
    """Return whether it is said of a term with an IRI."""
    return isinstance(said[1].subject, ox.NamedNode)


def subject_edit(
    draft: Draft,
    said: Said,
    what: str,
    *,
    removed: Sequence[ox.Triple] = (),
    added: Sequence[ox.Triple] = (),
    terms: Iterable[str] = (),
    touched: Iterable[str] = (),
    reasoner: bool = False,
) -> Edit:
    """Return an edit of what is said of a term; a finding must name that term, or `terms`."""
    path, triple = said
    wanted = frozenset(terms) or frozenset({value_of(triple.subject)})
    return Edit(
        what=f"{name_of(triple.subject)}: {what}",
        file=path,
        terms=wanted,
        touched=frozenset({value_of(triple.subject), *touched}),
        removed=tuple(removed),
        added=tuple(added),
        reasoner=reasoner,
    )


def lacks(*names: str, file: str = "", value: str | None = None) -> Kind:
    """Take away all that a term says by a property."""

    def places(draft: Draft) -> Iterable[Said]:
        found = (s for name in names for s in draft.find(name, value, file=file))
        return (s for s in found if value_of(s[1].subject).startswith(BASE))

    def edit(draft: Draft, said: Said, number: int) -> Edit:
        path, triple = said
        gone = [
            t
            for t in draft.files[path]
            if t.subject == triple.subject and t.predicate == triple.predicate
        ]
        lost = [t.object.value for t in gone if isinstance(t.object, ox.NamedNode)]
        what = f"lacks {name_of(triple.predicate)}"
        return subject_edit(draft, said, what, removed=gone, touched=lost)

    return Kind(places, edit)


def becomes(name: str, *values: ox.NamedNode | ox.Literal, file: str = "", kind: str = "") -> Kind:
    """Give a property of terms of a type (or of any) another value."""

    def places(draft: Draft) -> Iterable[Said]:
        for path, triple in draft.find(name, file=file):
            if not kind or iri(kind).value in draft.types[value_of(triple.subject)]:
                yield path, triple

    def edit(draft: Draft, said: Said, number: int) -> Edit:
        triple = said[1]
        others = [value for value in values if value != triple.object]
        new = ox.Triple(triple.subject, triple.predicate, others[number % len(others)])
        what = f"{name_of(triple.predicate)} becomes {name_of(new.object)}"
        return subject_edit(draft, said, what, removed=[triple], added=[new])

    return Kind(places, edit)


def gets(name: str, *values: ox.NamedNode | ox.Literal, kinds: Sequence[str]) -> Kind:
    """Give a term of some type one more value."""

    def places(draft: Draft) -> Iterable[Said]:
        return (s for kind in kinds for s in draft.find("rdf:type", kind) if named(s))

    def edit(draft: Draft, said: Said, number: int) -> Edit:
        new = ox.Triple(said[1].subject, iri(name), values[number % len(values)])
        what = f"gets {name_of(new.predicate)} {name_of(new.object)}"
        return subject_edit(draft, said, what, added=[new], touched=[value_of(new.object)])

    return Kind(places, edit)
