"""Edits that leave an ontology sound: what is found after one of them is a false alarm."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from random import Random

import pyoxigraph as ox

from benchmarks._drafts import Draft, Edit, iri, ours
from poem_kg.namespaces import BASE, POEMKG, PREFIXES

Said = tuple[str, ox.Triple]


def _drawn(found: Iterable[Said], count: int, random: Random) -> list[Said]:
    places = sorted(found, key=lambda said: (said[0], str(said[1])))
    random.shuffle(places)
    return [places[n % len(places)] for n in range(count)]


def _edit(said: Said, what: str, old: Iterable[ox.Triple], new: Iterable[ox.Triple]) -> Edit:
    name = str(getattr(said[1].subject, "value", said[1].subject)).rsplit("/", 1)[-1]
    return Edit(
        what=f"{name}: {what}",
        file=said[0],
        terms=frozenset(),
        removed=tuple(old),
        added=tuple(new),
    )


def _of_ours(draft: Draft, predicate: str, file: str = "") -> Iterable[Said]:
    for path, triple in draft.find(predicate, file=file):
        subject = triple.subject
        if isinstance(subject, ox.NamedNode) and subject.value.startswith(BASE):
            yield path, triple


def _reworded(predicate: str, ending: str, file: str = "") -> Callable[..., list[Edit]]:
    def edits(draft: Draft, count: int, random: Random) -> list[Edit]:
        made = []
        for number, said in enumerate(_drawn(_of_ours(draft, predicate, file), count, random)):
            old = said[1]
            assert isinstance(old.object, ox.Literal)
            text = old.object.value.removesuffix(".") + ending.format(number + 1)
            new = (
                ox.Literal(text, language=old.object.language)
                if old.object.language
                else ox.Literal(text, datatype=old.object.datatype)
            )
            triple = ox.Triple(old.subject, old.predicate, new)
            made.append(_edit(said, f"{predicate} reworded", [old], [triple]))
        return made

    return edits


def _added(predicate: str, text: str, language: str, places: str) -> Callable[..., list[Edit]]:
    def edits(draft: Draft, count: int, random: Random) -> list[Edit]:
        made = []
        for number, said in enumerate(_drawn(_of_ours(draft, places), count, random)):
            value = (
                ox.NamedNode(text.format(number + 1))
                if text.startswith("http")
                else ox.Literal(text.format(number + 1), language=language)
            )
            triple = ox.Triple(said[1].subject, iri(predicate), value)
            made.append(_edit(said, f"gets {predicate}", [], [triple]))
        return made

    return edits


def _synonyms(draft: Draft, count: int, random: Random) -> list[Edit]:
    classes = (s for s in draft.find("rdf:type", "owl:Class") if ours(s[1].subject))
    made = []
    for number, said in enumerate(_drawn(classes, count, random)):
        text = ox.Literal(f"another name, number {number + 1}", language="en")
        triple = ox.Triple(said[1].subject, iri("skos:altLabel"), text)
        made.append(_edit(said, "gets a synonym", [], [triple]))
    return made


def _thresholds(draft: Draft, count: int, random: Random) -> list[Edit]:
    """Move both bounds of a criterion by a little."""
    made = []
    for said in _drawn(draft.find("poemkg:metFrom"), count, random):
        path, triple = said
        bounds = {"metFrom", "notMetBelow", "metUpTo", "notMetAbove"}
        names = {POEMKG + name for name in bounds}
        old = [
            t
            for t in draft.files[path]
            if t.subject == triple.subject
            and t.predicate.value in names
            and isinstance(t.object, ox.Literal)
        ]
        new = []
        for t in old:
            assert isinstance(t.object, ox.Literal)
            moved = str(Decimal(t.object.value) * Decimal("0.9"))
            new.append(
                ox.Triple(t.subject, t.predicate, ox.Literal(moved, datatype=t.object.datatype))
            )
        made.append(_edit(said, "its bounds are lower", old, new))
    return made


def _rewritten(what: str, change: Callable[[str], str]) -> Callable[..., list[Edit]]:
    def edits(draft: Draft, count: int, random: Random) -> list[Edit]:
        files = sorted(
            path
            for path, triples in draft.files.items()
            if len({t.subject for t in triples if isinstance(t.subject, ox.NamedNode)}) > 2
        )
        return [
            Edit(what=f"{path}: {what}", file=path, terms=frozenset(), rewrite=change)
            for path in random.sample(files, min(count, len(files)))
        ]

    return edits


def _other_turtle(text: str) -> str:
    """Return the same triples as another writer sets them, in another order."""
    triples = [q.triple for q in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)]
    prefixes = {p: n for p, n in PREFIXES.items() if n in text}
    data = ox.serialize(sorted(triples, key=str), format=ox.RdfFormat.TURTLE, prefixes=prefixes)
    assert data is not None
    return data.decode()


def _blocks_reversed(text: str) -> str:
    head, *blocks = text.rstrip("\n").split("\n\n")
    return "\n\n".join([head, *reversed(blocks)]) + "\n"


def _new_source(draft: Draft, count: int, random: Random) -> list[Edit]:
    """Add a source like one that is there, under a name of its own."""
    made = []
    reviews = draft.find("rdf:type", "poemkg:NarrativeReview", file="sources.ttl")
    for number, said in enumerate(_drawn(reviews, count, random)):
        path, triple = said
        term = ox.NamedNode(f"{PREFIXES['source']}invented{2000 + number}")
        own = {
            iri("rdfs:label").value: f"Invented review {number + 1}",
            iri("dcterms:title").value: f"An invented review, number {number + 1}",
        }
        new = []
        for t in draft.files[path]:
            if t.subject != triple.subject or t.predicate.value.endswith(("doi", "pmid")):
                continue
            text = own.get(t.predicate.value)
            value = t.object if text is None else ox.Literal(text, language="en")
            new.append(ox.Triple(term, t.predicate, value))
        made.append(_edit(said, f"a new source {term.value}", [], new))
    return made


def _commented(row: str, text: str) -> str:
    return text.replace(row, row + "looked at again", 1)


def _mapping_comments(draft: Draft, count: int, random: Random) -> list[Edit]:
    path = "alignments/poem-kg.sssom.tsv"
    lines = (draft.folder / path).read_text(encoding="utf-8").split("\n")
    rows = [line for line in lines if line.endswith("\tsemapv:ManualMappingCuration\t")]
    return [
        Edit(
            what=f"{row.split(chr(9))[0]}: a comment on a mapping",
            file=path,
            terms=frozenset(),
            rewrite=partial(_commented, row),
        )
        for row in random.sample(rows, count)
    ]


HARMLESS: dict[str, Callable[[Draft, int, Random], list[Edit]]] = {
    "label reworded": _reworded("rdfs:label", ", wording {}"),
    "definition reworded": _reworded("skos:definition", ", as reworded ({})."),
    "note of verification reworded": _reworded("poemkg:verificationNote", "; read again."),
    "reason reworded": _reworded("poemkg:reason", "; reworded."),
    "number of patients told in other words": _reworded("poemkg:sampleSize", " (as printed)"),
    "synonym added": _synonyms,
    "label in another language added": _added("rdfs:label", "Name {}", "de", "rdfs:label"),
    "editorial note added": _added(
        "skos:editorialNote", "To be looked at, {}.", "en", "skos:definition"
    ),
    "link added": _added("rdfs:seeAlso", "https://example.org/page/{}", "", "poemkg:locator"),
    "threshold moved": _thresholds,
    "source added": _new_source,
    "comment on a mapping added": _mapping_comments,
    "written by another tool": _rewritten("written by another tool", _other_turtle),
    "blocks in another order": _rewritten("blocks in another order", _blocks_reversed),
    "line ends of Windows": _rewritten(
        "line ends of Windows", lambda text: text.replace("\n", "\r\n")
    ),
    "spaces for tabs": _rewritten(
        "spaces for tabs",
        lambda text: text.replace("\n\t\t", "\n        ").replace("\n\t", "\n    "),
    ),
}
"""Name of a kind of harmless edit to what makes so many of them."""
