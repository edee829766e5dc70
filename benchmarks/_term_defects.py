"""Defects of terms: misspelt, taken away, of two kinds, contradictory."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyoxigraph as ox

from benchmarks._drafts import Draft, Edit, iri, misspelt, ours
from benchmarks._seeding import SCHEMA, Kind, Said, english, name_of, named, subject_edit, value_of
from poem_kg.namespaces import CRITERION, DCTERMS, MODULE, OWL, POEMKG, SKOS, SOURCE, STATEMENT

_REUSED = (SKOS, DCTERMS, "http://purl.org/ontology/bibo/")
_LINKED = (STATEMENT, CRITERION, SOURCE)


def _misspelt_value(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    assert isinstance(triple.object, ox.NamedNode)
    wrong = misspelt(triple.object.value, draft.words, number * 3)
    new = ox.Triple(triple.subject, triple.predicate, ox.NamedNode(wrong))
    return subject_edit(
        draft,
        said,
        f"{name_of(triple.predicate)} {name_of(wrong)} for {name_of(triple.object)}",
        removed=[triple],
        added=[new],
        terms=[wrong],
        touched=[triple.object.value],
    )


def _misspelt_property(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    wrong = misspelt(triple.predicate.value, draft.words, number * 3)
    new = ox.Triple(triple.subject, ox.NamedNode(wrong), triple.object)
    return subject_edit(
        draft,
        said,
        f"{name_of(wrong)} for {name_of(triple.predicate)}",
        removed=[triple],
        added=[new],
        terms=[wrong],
        touched=[value_of(triple.object)],
    )


def _properties(*namespaces: str) -> Callable[[Draft], Iterable[Said]]:
    def places(draft: Draft) -> Iterable[Said]:
        for path, triple in draft.all():
            fits = triple.predicate.value.startswith(namespaces) and named((path, triple))
            if path not in SCHEMA and fits:
                yield path, triple

    return places


def _values(*namespaces: str) -> Callable[[Draft], Iterable[Said]]:
    def places(draft: Draft) -> Iterable[Said]:
        for path, triple in draft.all():
            fits = ours(triple.predicate) and value_of(triple.object).startswith(namespaces)
            if path not in SCHEMA and fits and named((path, triple)):
                yield path, triple

    return places


def _own_values(draft: Draft) -> Iterable[Said]:
    return (s for s in _values(POEMKG)(draft) if not value_of(s[1].object).startswith(MODULE))


def _pointed_at(draft: Draft) -> Iterable[Said]:
    """Declarations of terms, sources and criteria that something else points to."""
    used = {t.object for _, t in draft.all() if t.predicate != iri("rdf:type")}
    for path, triple in draft.find("rdf:type"):
        if path in SCHEMA or triple.subject not in used or not named((path, triple)):
            continue
        if value_of(triple.object) in (OWL + "Class", OWL + "NamedIndividual"):
            yield path, triple


def _gone(draft: Draft, said: Said, number: int) -> Edit:
    path, triple = said
    assert isinstance(triple.subject, ox.NamedNode)
    removed = [t for t in draft.files[path] if t.subject == triple.subject]
    users = draft.users(triple.subject)
    points = [value_of(t.object) for t in removed]
    return subject_edit(draft, said, "is taken away", removed=removed, touched=[*users, *points])


def _https(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]

    def spoilt(node: ox.NamedNode) -> ox.NamedNode:
        return ox.NamedNode(node.value.replace("http://", "https://", 1))

    predicate, value = triple.predicate, triple.object
    if isinstance(value, ox.NamedNode) and value.value.startswith("http://www.w3.org/ns/prov#"):
        value = wrong = spoilt(value)
    else:
        predicate = wrong = spoilt(predicate)
    new = ox.Triple(triple.subject, predicate, value)
    return subject_edit(
        draft,
        said,
        f"{wrong.value} under https",
        removed=[triple],
        added=[new],
        terms=[wrong.value],
        touched=[value_of(triple.object)],
    )


def _of_prov(draft: Draft) -> Iterable[Said]:
    for path, triple in draft.find(file="alignments/"):
        if value_of(triple.object).startswith("http://www.w3.org/ns/prov#"):
            yield path, triple


def _of_skos(draft: Draft) -> Iterable[Said]:
    for path, triple in draft.find(file="guidelines/"):
        if triple.predicate.value.startswith((SKOS, DCTERMS)) and named((path, triple)):
            yield path, triple


def _cycle_places(draft: Draft) -> Iterable[Said]:
    for path, triple in draft.find("rdfs:subClassOf"):
        if path not in SCHEMA and named((path, triple)) and ours(triple.object):
            yield path, triple


def _cycle(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    assert isinstance(triple.object, ox.NamedNode)
    new = ox.Triple(triple.object, triple.predicate, triple.subject)
    return subject_edit(
        draft,
        said,
        f"is above {name_of(triple.object)} too",
        added=[new],
        terms=[value_of(triple.subject), triple.object.value],
        touched=[triple.object.value],
    )


def _duplicate(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    others = sorted(
        {
            (t.subject.value, value_of(t.object))
            for _, t in draft.find("rdfs:label", file=said[0])
            if isinstance(t.subject, ox.NamedNode)
            and t.subject != triple.subject
            and OWL + "Class" in draft.types.get(t.subject.value, ())
        }
    )
    other, label = others[(number * 7) % len(others)]
    new = ox.Triple(triple.subject, triple.predicate, english(label))
    return subject_edit(
        draft,
        said,
        f"is called {label} too",
        removed=[triple],
        added=[new],
        terms=[value_of(triple.subject), other],
        touched=[other],
    )


def _class_labels(draft: Draft) -> Iterable[Said]:
    for path, triple in draft.find("rdfs:label"):
        kinds = draft.types.get(value_of(triple.subject), frozenset())
        files = ("disorders.ttl", "procedures.ttl", "outcomes.ttl", "measures.ttl")
        if path in files and OWL + "Class" in kinds:
            yield path, triple


def _unsatisfiable_places(draft: Draft) -> Iterable[Said]:
    for path, triple in draft.find("rdfs:subClassOf", file="disorders.ttl"):
        if named((path, triple)) and ours(triple.object):
            yield path, triple
    for path, triple in draft.find("rdfs:subClassOf", file="procedures.ttl"):
        if named((path, triple)) and ours(triple.object):
            yield path, triple


def _unsatisfiable(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    subject = triple.subject
    assert isinstance(subject, ox.NamedNode)
    new = ox.Triple(subject, triple.predicate, iri("poemkg:Measure"))
    below = {subject.value}
    while True:
        more = {
            t.subject.value
            for _, t in draft.find("rdfs:subClassOf")
            if isinstance(t.subject, ox.NamedNode) and value_of(t.object) in below
        }
        if more <= below:
            break
        below |= more
    return subject_edit(draft, said, "is a measure too", added=[new], touched=below, reasoner=True)


def _contradiction(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    added = [
        ox.Triple(triple.subject, iri("rdf:type"), iri(kind))
        for kind in ("poemkg:Measure", "poemkg:Procedure")
    ]
    return subject_edit(
        draft,
        said,
        "is a member of two classes without common members",
        added=added,
        touched=[POEMKG + "Measure", POEMKG + "Procedure"],
        reasoner=True,
    )


def _two_kinds(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    new = ox.Triple(triple.subject, triple.predicate, iri("owl:AnnotationProperty"))
    assert isinstance(triple.subject, ox.NamedNode)
    return subject_edit(draft, said, "is an annotation property too", added=[new])


def _deprecated(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    assert isinstance(triple.subject, ox.NamedNode)
    yes = ox.Literal("true", datatype=iri("xsd:boolean"))
    added = [
        ox.Triple(triple.subject, iri("owl:deprecated"), yes),
        ox.Triple(triple.subject, iri("skos:historyNote"), english("Retired.")),
    ]
    return subject_edit(
        draft, said, "is deprecated", added=added, touched=draft.users(triple.subject)
    )


def _import(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    wrong = misspelt(value_of(triple.object), draft.words, number)
    new = ox.Triple(triple.subject, triple.predicate, ox.NamedNode(wrong))
    return subject_edit(draft, said, f"imports {wrong}", added=[new], terms=[wrong])


TERM_KINDS: dict[str, Kind] = {
    "import of what is not there": Kind(lambda d: d.find("owl:imports"), _import),
    "PROV under https": Kind(_of_prov, _https),
    "SKOS or DC terms under https": Kind(_of_skos, _https),
    "misspelt reused property": Kind(_properties(*_REUSED), _misspelt_property),
    "misspelt own property": Kind(_properties(POEMKG), _misspelt_property),
    "misspelt own term": Kind(_own_values, _misspelt_value),
    "dangling citation or link": Kind(_values(*_LINKED), _misspelt_value),
    "term taken away that is in use": Kind(_pointed_at, _gone),
    "duplicate label": Kind(_class_labels, _duplicate),
    "cycle of classes": Kind(_cycle_places, _cycle),
    "deprecated term in use": Kind(_pointed_at, _deprecated),
    "property of two kinds": Kind(
        lambda d: (s for s in d.find("rdf:type", "owl:ObjectProperty") if ours(s[1].subject)),
        _two_kinds,
    ),
    "class that can have no member": Kind(_unsatisfiable_places, _unsatisfiable),
    "contradiction": Kind(
        lambda d: d.find("rdf:type", "owl:NamedIndividual", file="sources.ttl"), _contradiction
    ),
    "claim without a statement": Kind(
        lambda d: d.find("poemkg:claim", file="guidelines/"), _gone
    ),
}  # fmt: skip
"""Name of the kind to how it is seeded."""
