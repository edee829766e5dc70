"""Random edits of an ontology file, and the same graph written in other ways."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pyoxigraph as ox

from poem_kg.namespaces import PREFIXES, RDFS, SKOS, XSD

Node = ox.NamedNode | ox.BlankNode | ox.Triple

TEXTS = (
    'says "so"',
    "of two\nlines",
    "# is no comment",
    "ends in \\",
    'ends in "',
    "\ttab and \r return",
    "ä 中 😀",
    "a ; b . c",
    "'''",
    "",
)
DATATYPES = ("decimal", "integer", "boolean", "date", "string", "double")
VALUES = ("1", "01", "+1.50", ".5", "true", "1e3", "2026-11-29", "94.0", "x")


def edited(triples: Sequence[ox.Triple], chance: random.Random) -> list[ox.Triple]:
    """The triples after one to eight edits: some taken away, some added, some changed."""
    kept = list(dict.fromkeys(triples))
    for _ in range(chance.randint(1, 8)):
        number = chance.randrange(len(kept))
        old = kept[number]
        match chance.randrange(5):
            case 0 if len(kept) > 1:
                del kept[number]
            case 1:
                kept[number] = ox.Triple(old.subject, old.predicate, _value(chance))
            case 2:
                kept.append(ox.Triple(_new(chance), old.predicate, old.object))
            case 3:
                kept += _inner(old.subject, chance)
            case _:
                kept.append(ox.Triple(old.subject, _new(chance), _value(chance)))
    return list(dict.fromkeys(kept))


def rewritten(triples: Sequence[ox.Triple], chance: random.Random) -> bytes:
    """The graph as another program might write it: other order, prefixes, labels of blanks."""
    shuffled = chance.sample(list(triples), len(triples))
    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def other(node: Node) -> Node:
        return names.setdefault(node, ox.BlankNode()) if isinstance(node, ox.BlankNode) else node

    renamed = [
        ox.Triple(
            other(t.subject),
            t.predicate,
            t.object if isinstance(t.object, ox.Literal) else other(t.object),
        )
        for t in shuffled
    ]
    some = chance.sample(sorted(PREFIXES), 5)
    prefixes = {f"p{n}": PREFIXES[name] for n, name in enumerate(some)}
    return ox.serialize(renamed, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""


def _new(chance: random.Random) -> ox.NamedNode:
    space = chance.choice(sorted(PREFIXES.values()))
    return ox.NamedNode(space + chance.choice(("a", "a.b", "a-b", "1a", "a/b", "a%20b", "ä", "")))


def _value(chance: random.Random) -> ox.NamedNode | ox.Literal:
    match chance.randrange(4):
        case 0:
            return _new(chance)
        case 1:
            return ox.Literal(chance.choice(TEXTS), language=chance.choice(("en", "de-AT")))
        case 2:
            datatype = ox.NamedNode(XSD + chance.choice(DATATYPES))
            return ox.Literal(chance.choice(VALUES), datatype=datatype)
        case _:
            return ox.Literal(chance.choice(TEXTS))


def _inner(subject: Node, chance: random.Random) -> list[ox.Triple]:
    """Blank nodes in place, shared, and in a ring."""
    first, second = ox.BlankNode(), ox.BlankNode()
    see, note = ox.NamedNode(RDFS + "seeAlso"), ox.NamedNode(SKOS + "note")
    triples = [ox.Triple(subject, see, first), ox.Triple(first, note, _value(chance))]
    if chance.random() < 0.5:
        triples += [ox.Triple(first, see, second), ox.Triple(second, note, _value(chance))]
    if chance.random() < 0.3:
        triples.append(ox.Triple(second, see, first))
    if chance.random() < 0.3:
        triples.append(ox.Triple(_new(chance), see, first))
    return triples
