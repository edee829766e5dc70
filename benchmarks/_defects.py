"""Kinds of defect that authors bring into an ontology, each seeded in many places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

import pyoxigraph as ox

from benchmarks._drafts import Draft, Edit, iri, misspelt, ours
from benchmarks._texts import TEXT_KINDS
from poem_kg.namespaces import (
    BASE,
    CRITERION,
    DCTERMS,
    MODULE,
    OWL,
    POEMKG,
    SKOS,
    SOURCE,
    STATEMENT,
)

_SCHEMA = ("schema.ttl", "patient.ttl", "derived.ttl", "words.ttl", "external.ttl")
_REUSED = (SKOS, DCTERMS, "http://purl.org/ontology/bibo/")
_LINKED = (STATEMENT, CRITERION, SOURCE)

Said = tuple[str, ox.Triple]
"""A triple and the file that says it."""


@dataclass(frozen=True)
class Kind:
    """One kind of defect.

    Attributes:
        places: the triples at which it can be seeded, in a fixed order.
        edit: makes the edit at one of them; the number says which of several ways.
    """

    places: Callable[[Draft], Iterable[Said]]
    edit: Callable[[Draft, Said, int], Edit]


def seeded(draft: Draft, kind: str, count: int, seed: int) -> list[Edit]:
    """Return edits of one kind, each at a place of its own (two at one where there are too few).

    Args:
        draft: the ontology.
        kind: a key of `KINDS`.
        count: how many.
        seed: which places are drawn.
    """
    if kind in TEXT_KINDS:
        return TEXT_KINDS[kind](draft, count, Random(f"{seed} {kind}"))
    chosen = sorted(KINDS[kind].places(draft), key=lambda said: (said[0], str(said[1])))
    Random(f"{seed} {kind}").shuffle(chosen)
    return [KINDS[kind].edit(draft, chosen[n % len(chosen)], n) for n in range(count)]


def _name(node: object) -> str:
    return str(getattr(node, "value", node)).rstrip("/").rsplit("/", 1)[-1]


def _value(node: object) -> str:
    return str(getattr(node, "value", node))


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _subject_edit(
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
    wanted = frozenset(terms) or frozenset({_value(triple.subject)})
    return Edit(
        what=f"{_name(triple.subject)}: {what}",
        file=path,
        terms=wanted,
        touched=frozenset({_value(triple.subject), *touched}),
        removed=tuple(removed),
        added=tuple(added),
        reasoner=reasoner,
    )


def _lacks(*names: str, file: str = "", value: str | None = None) -> Kind:
    """Take away all that a term says by a property."""

    def places(draft: Draft) -> Iterable[Said]:
        found = (s for name in names for s in draft.find(name, value, file=file))
        return (s for s in found if _value(s[1].subject).startswith(BASE))

    def edit(draft: Draft, said: Said, number: int) -> Edit:
        path, triple = said
        gone = [
            t
            for t in draft.files[path]
            if t.subject == triple.subject and t.predicate == triple.predicate
        ]
        lost = [t.object.value for t in gone if isinstance(t.object, ox.NamedNode)]
        what = f"lacks {_name(triple.predicate)}"
        return _subject_edit(draft, said, what, removed=gone, touched=lost)

    return Kind(places, edit)


def _becomes(name: str, *values: ox.NamedNode | ox.Literal, file: str = "", kind: str = "") -> Kind:
    """Give a property of terms of a type (or of any) another value."""

    def places(draft: Draft) -> Iterable[Said]:
        for path, triple in draft.find(name, file=file):
            if not kind or iri(kind).value in draft.types[_value(triple.subject)]:
                yield path, triple

    def edit(draft: Draft, said: Said, number: int) -> Edit:
        triple = said[1]
        others = [value for value in values if value != triple.object]
        new = ox.Triple(triple.subject, triple.predicate, others[number % len(others)])
        what = f"{_name(triple.predicate)} becomes {_name(new.object)}"
        return _subject_edit(draft, said, what, removed=[triple], added=[new])

    return Kind(places, edit)


def _gets(name: str, *values: ox.NamedNode | ox.Literal, kinds: Sequence[str]) -> Kind:
    """Give a term of some type one more value."""

    def places(draft: Draft) -> Iterable[Said]:
        return (s for kind in kinds for s in draft.find("rdf:type", kind) if _named(s))

    def edit(draft: Draft, said: Said, number: int) -> Edit:
        new = ox.Triple(said[1].subject, iri(name), values[number % len(values)])
        what = f"gets {_name(new.predicate)} {_name(new.object)}"
        return _subject_edit(draft, said, what, added=[new], touched=[_value(new.object)])

    return Kind(places, edit)


def _named(said: Said) -> bool:
    return isinstance(said[1].subject, ox.NamedNode)


def _misspelt_value(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    assert isinstance(triple.object, ox.NamedNode)
    wrong = misspelt(triple.object.value, draft.words, number * 3)
    new = ox.Triple(triple.subject, triple.predicate, ox.NamedNode(wrong))
    return _subject_edit(
        draft,
        said,
        f"{_name(triple.predicate)} {_name(wrong)} for {_name(triple.object)}",
        removed=[triple],
        added=[new],
        terms=[wrong],
        touched=[triple.object.value],
    )


def _misspelt_property(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    wrong = misspelt(triple.predicate.value, draft.words, number * 3)
    new = ox.Triple(triple.subject, ox.NamedNode(wrong), triple.object)
    return _subject_edit(
        draft,
        said,
        f"{_name(wrong)} for {_name(triple.predicate)}",
        removed=[triple],
        added=[new],
        terms=[wrong],
        touched=[_value(triple.object)],
    )


def _properties(*namespaces: str) -> Callable[[Draft], Iterable[Said]]:
    def places(draft: Draft) -> Iterable[Said]:
        for path, triple in draft.all():
            fits = triple.predicate.value.startswith(namespaces) and _named((path, triple))
            if path not in _SCHEMA and fits:
                yield path, triple

    return places


def _values(*namespaces: str) -> Callable[[Draft], Iterable[Said]]:
    def places(draft: Draft) -> Iterable[Said]:
        for path, triple in draft.all():
            fits = ours(triple.predicate) and _value(triple.object).startswith(namespaces)
            if path not in _SCHEMA and fits and _named((path, triple)):
                yield path, triple

    return places


def _own_values(draft: Draft) -> Iterable[Said]:
    return (s for s in _values(POEMKG)(draft) if not _value(s[1].object).startswith(MODULE))


def _pointed_at(draft: Draft) -> Iterable[Said]:
    """Declarations of terms, sources and criteria that something else points to."""
    used = {t.object for _, t in draft.all() if t.predicate != iri("rdf:type")}
    for path, triple in draft.find("rdf:type"):
        if path in _SCHEMA or triple.subject not in used or not _named((path, triple)):
            continue
        if _value(triple.object) in (OWL + "Class", OWL + "NamedIndividual"):
            yield path, triple


def _gone(draft: Draft, said: Said, number: int) -> Edit:
    path, triple = said
    assert isinstance(triple.subject, ox.NamedNode)
    removed = [t for t in draft.files[path] if t.subject == triple.subject]
    users = draft.users(triple.subject)
    points = [_value(t.object) for t in removed]
    return _subject_edit(draft, said, "is taken away", removed=removed, touched=[*users, *points])


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
    return _subject_edit(
        draft,
        said,
        f"{wrong.value} under https",
        removed=[triple],
        added=[new],
        terms=[wrong.value],
        touched=[_value(triple.object)],
    )


def _of_prov(draft: Draft) -> Iterable[Said]:
    for path, triple in draft.find(file="alignments/"):
        if _value(triple.object).startswith("http://www.w3.org/ns/prov#"):
            yield path, triple


def _of_skos(draft: Draft) -> Iterable[Said]:
    for path, triple in draft.find(file="guidelines/"):
        if triple.predicate.value.startswith((SKOS, DCTERMS)) and _named((path, triple)):
            yield path, triple


def _cycle_places(draft: Draft) -> Iterable[Said]:
    for path, triple in draft.find("rdfs:subClassOf"):
        if path not in _SCHEMA and _named((path, triple)) and ours(triple.object):
            yield path, triple


def _cycle(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    assert isinstance(triple.object, ox.NamedNode)
    new = ox.Triple(triple.object, triple.predicate, triple.subject)
    return _subject_edit(
        draft,
        said,
        f"is above {_name(triple.object)} too",
        added=[new],
        terms=[_value(triple.subject), triple.object.value],
        touched=[triple.object.value],
    )


def _duplicate(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    others = sorted(
        {
            (t.subject.value, _value(t.object))
            for _, t in draft.find("rdfs:label", file=said[0])
            if isinstance(t.subject, ox.NamedNode)
            and t.subject != triple.subject
            and OWL + "Class" in draft.types.get(t.subject.value, ())
        }
    )
    other, label = others[(number * 7) % len(others)]
    new = ox.Triple(triple.subject, triple.predicate, _english(label))
    return _subject_edit(
        draft,
        said,
        f"is called {label} too",
        removed=[triple],
        added=[new],
        terms=[_value(triple.subject), other],
        touched=[other],
    )


def _class_labels(draft: Draft) -> Iterable[Said]:
    for path, triple in draft.find("rdfs:label"):
        kinds = draft.types.get(_value(triple.subject), frozenset())
        files = ("disorders.ttl", "procedures.ttl", "outcomes.ttl", "measures.ttl")
        if path in files and OWL + "Class" in kinds:
            yield path, triple


def _unsatisfiable_places(draft: Draft) -> Iterable[Said]:
    for path, triple in draft.find("rdfs:subClassOf", file="disorders.ttl"):
        if _named((path, triple)) and ours(triple.object):
            yield path, triple
    for path, triple in draft.find("rdfs:subClassOf", file="procedures.ttl"):
        if _named((path, triple)) and ours(triple.object):
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
            if isinstance(t.subject, ox.NamedNode) and _value(t.object) in below
        }
        if more <= below:
            break
        below |= more
    return _subject_edit(draft, said, "is a measure too", added=[new], touched=below, reasoner=True)


def _contradiction(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    added = [
        ox.Triple(triple.subject, iri("rdf:type"), iri(kind))
        for kind in ("poemkg:Measure", "poemkg:Procedure")
    ]
    return _subject_edit(
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
    return _subject_edit(draft, said, "is an annotation property too", added=[new])


def _deprecated(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    assert isinstance(triple.subject, ox.NamedNode)
    yes = ox.Literal("true", datatype=iri("xsd:boolean"))
    added = [
        ox.Triple(triple.subject, iri("owl:deprecated"), yes),
        ox.Triple(triple.subject, iri("skos:historyNote"), _english("Retired.")),
    ]
    return _subject_edit(
        draft, said, "is deprecated", added=added, touched=draft.users(triple.subject)
    )


def _import(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    wrong = misspelt(_value(triple.object), draft.words, number)
    new = ox.Triple(triple.subject, triple.predicate, ox.NamedNode(wrong))
    return _subject_edit(draft, said, f"imports {wrong}", added=[new], terms=[wrong])


def _bound(draft: Draft, said: Said, number: int) -> Edit:
    """Move the bound from which a criterion is met below that beneath which it is not."""
    triple = said[1]
    old = triple.object
    assert isinstance(old, ox.Literal)
    new = ox.Triple(triple.subject, triple.predicate, ox.Literal("0.0001", datatype=old.datatype))
    return _subject_edit(draft, said, "is met below its bound", removed=[triple], added=[new])


def _unlabelled(draft: Draft, said: Said, number: int) -> Edit:
    """Add a criterion that nothing uses."""
    term = ox.NamedNode(f"{CRITERION}left-over-{number + 1}")
    old = said[1].subject
    new = [
        ox.Triple(term, t.predicate, t.object)
        for t in draft.files[said[0]]
        if t.subject == old and t.predicate.value not in (SKOS + "altLabel",)
    ]
    relabelled = [
        ox.Triple(term, t.predicate, _english(f"left-over criterion {number + 1}"))
        if t.predicate == iri("rdfs:label")
        else t
        for t in new
    ]
    edit = _subject_edit(draft, said, "has a twin that nothing uses", added=relabelled)
    return Edit(
        what=edit.what,
        file=edit.file,
        terms=frozenset({term.value}),
        touched=edit.touched,
        added=edit.added,
    )


def _unused_places(draft: Draft) -> Iterable[Said]:
    # A criterion on a class that statements are about is asked by them: it is no left-over.
    about = {
        t.object for name in ("disorder", "asDisorder") for _, t in draft.find(f"poemkg:{name}")
    }
    for path, triple in draft.find("rdf:type", "poemkg:FactCriterion", file="criteria.ttl"):
        asked = {t.object for _, t in draft.about(triple.subject)}  # type: ignore[arg-type]
        if not asked & about:
            yield path, triple


def _secondary_places(draft: Draft) -> Iterable[Said]:
    """Markers of the page on which statements that were verified rest."""
    verified = {t.subject for _, t in draft.find("poemkg:verified", "poemkg:verifiedInSource")}
    cited = {t.object for _, t in draft.find("poemkg:cites") if t.subject in verified}
    sources = {t.object for _, t in draft.find("poemkg:resolvesTo") if t.subject in cited}
    for path, triple in draft.find("poemkg:source", file="guidelines/"):
        if triple.subject in verified:
            yield path, triple
    for path, triple in draft.find("rdf:type", file="sources.ttl"):
        if triple.subject in sources and ours(triple.object):
            yield path, triple


def _secondary(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    if triple.predicate == iri("rdf:type"):
        new = ox.Triple(triple.subject, triple.predicate, iri("poemkg:SecondarySource"))
        users = draft.users(triple.subject)  # type: ignore[arg-type]
        further = {u for m in users for u in draft.users(ox.NamedNode(m))}
        return _subject_edit(
            draft,
            said,
            "is a secondary source, and counts as verified",
            removed=[triple],
            added=[new],
            terms=[_value(triple.subject), *users, *further],
            touched=[*users, *further],
        )
    secondary = iri("source:droracle-overview2025")
    new = ox.Triple(triple.subject, triple.predicate, secondary)
    return _subject_edit(
        draft,
        said,
        "is taken from a secondary source",
        removed=[triple],
        added=[new],
        touched=[secondary.value, _value(triple.object)],
    )


def _other_kind(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    wrong = {
        "therapy": "poemkg:Disorder",
        "disorder": "poemkg:PerOralEndoscopicMyotomy",
        "outcome": "poemkg:Therapy",
    }[_name(triple.predicate)]
    new = ox.Triple(triple.subject, triple.predicate, iri(wrong))
    return _subject_edit(
        draft,
        said,
        f"{_name(triple.predicate)} is {wrong}",
        removed=[triple],
        added=[new],
        touched=[new.object.value, _value(triple.object)],
    )


def _waiver(draft: Draft, said: Said, number: int) -> Edit:
    """Add a waiver that lacks something, or that waives what no rule finds or no one may waive."""
    term = ox.NamedNode(f"{POEMKG}waiver-seeded-{number + 1}")
    waived = said[1].subject
    assert isinstance(waived, ox.NamedNode)
    rule = ("dangling-citations", "dangling-citation", "consistency", "units", "units")[number % 5]
    triples = [
        ox.Triple(term, iri("rdf:type"), iri("owl:NamedIndividual")),
        ox.Triple(term, iri("rdf:type"), iri("poemkg:Waiver")),
        ox.Triple(term, iri("rdfs:label"), _english(f"seeded waiver {number + 1}")),
        ox.Triple(term, iri("dcterms:creator"), ox.Literal("an author")),
        ox.Triple(term, iri("dcterms:date"), ox.Literal("2026-11-29", datatype=iri("xsd:date"))),
        ox.Triple(term, iri("poemkg:waiverReason"), _english("It may stand.")),
        ox.Triple(term, iri("poemkg:waivesRule"), ox.Literal(rule)),
        ox.Triple(term, iri("poemkg:waivesTerm"), waived),
    ]
    if number % 5 in (0, 4):
        triples.pop(5 if number % 5 == 0 else 3)
    return Edit(
        what=f"a waiver of {rule} for {_name(waived)} that is out of order",
        file="waivers.ttl",
        terms=frozenset({term.value}),
        added=tuple(triples),
    )


def _claim_twice(draft: Draft, said: Said, number: int) -> Edit:
    """Give a statement the number of another; a finding may name either or the number missed."""
    triple = said[1]
    others = sorted(
        (_value(t.object), _value(t.subject))
        for _, t in draft.find("poemkg:claim", file="guidelines/")
        if t.object != triple.object
    )
    claim, other = others[(number * 13) % len(others)]
    new = ox.Triple(triple.subject, triple.predicate, ox.Literal(claim))
    return _subject_edit(
        draft,
        said,
        f"claim is {claim}",
        removed=[triple],
        added=[new],
        terms=[_value(triple.subject), other],
        touched=[_value(triple.object), other],
    )


def _no_number(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    assert isinstance(triple.object, ox.Literal)
    wrong = (
        ox.Literal("about four", datatype=triple.object.datatype),
        ox.Literal(f"{triple.object.value} or so"),
    )[number % 2]
    new = ox.Triple(triple.subject, triple.predicate, wrong)
    what = f"{_name(triple.predicate)} is {wrong}"
    return _subject_edit(draft, said, what, removed=[triple], added=[new])


_STATEMENTS = (
    "poemkg:Recommendation poemkg:Efficacy poemkg:SelectionFactor poemkg:EvidenceGap "
    "poemkg:HarmEstimate poemkg:OutcomeEstimate poemkg:OperatorRequirement"
).split()

KINDS: dict[str, Kind] = {
    "import of what is not there": Kind(lambda d: d.find("owl:imports"), _import),
    "PROV under https": Kind(_of_prov, _https),
    "SKOS or DC terms under https": Kind(_of_skos, _https),
    "misspelt reused property": Kind(_properties(*_REUSED), _misspelt_property),
    "misspelt own property": Kind(_properties(POEMKG), _misspelt_property),
    "misspelt own term": Kind(_own_values, _misspelt_value),
    "dangling citation or link": Kind(_values(*_LINKED), _misspelt_value),
    "term taken away that is in use": Kind(_pointed_at, _gone),
    "unverified citation": _lacks("poemkg:verified", file="guidelines/"),
    "secondary source as primary": Kind(_secondary_places, _secondary),
    "figure without denominator": _lacks("poemkg:sampleSize"),
    "figure without time point": _lacks("poemkg:timePoint"),
    "grade that the source does not give": _becomes(
        "poemkg:strength", iri("poemkg:strengthStrong"), iri("poemkg:strengthConditional"),
        file="guidelines/",
    ),
    "direction of a gap": _becomes(
        "poemkg:direction", iri("poemkg:directionAgainst"), kind="poemkg:EvidenceGap"
    ),
    "unit missing": _lacks("poemkg:unit"),
    "unit that is no UCUM code": _becomes(
        "poemkg:unit", *(ox.Literal(u) for u in ("percent", "mm Hg", "minutes", "mmHG", "°C")),
    ),
    "label missing": _lacks("rdfs:label"),
    "definition missing": _lacks("skos:definition"),
    "duplicate label": Kind(_class_labels, _duplicate),
    "statement incomplete": _lacks(
        "poemkg:locator", "poemkg:source", "poemkg:direction", "poemkg:review", file="guidelines/"
    ),
    "two values for one": _gets(
        "poemkg:certainty", iri("poemkg:certaintyHigh"), iri("poemkg:certaintyLow"),
        kinds=_STATEMENTS,
    ),
    "bounds the wrong way round": Kind(lambda d: d.find("poemkg:metFrom"), _bound),
    "cycle of classes": Kind(_cycle_places, _cycle),
    "deprecated term in use": Kind(_pointed_at, _deprecated),
    "property of two kinds": Kind(
        lambda d: (s for s in d.find("rdf:type", "owl:ObjectProperty") if ours(s[1].subject)),
        _two_kinds,
    ),
    "criterion that nothing uses": Kind(_unused_places, _unlabelled),
    "class that can have no member": Kind(_unsatisfiable_places, _unsatisfiable),
    "contradiction": Kind(
        lambda d: d.find("rdf:type", "owl:NamedIndividual", file="sources.ttl"), _contradiction
    ),
    "identifier of a source not well-formed": _becomes(
        "bibo:doi", *(ox.Literal(t) for t in ("https://doi.org/10.1/x", "10.1053", "doi:10.1053/j"))
    ),
    "approval without a reviewer": _becomes(
        "poemkg:review", iri("poemkg:approved"), file="guidelines/"
    ),
    "sentence of a source that nothing stands for": _lacks(
        "poemkg:modelledBy", "poemkg:notModelledBecause", file="passages/"
    ),
    "claim without a statement": Kind(
        lambda d: d.find("poemkg:claim", file="guidelines/"), _gone
    ),
    "value of another kind": Kind(
        lambda d: (s for n in ("therapy", "disorder", "outcome") for s in d.find(f"poemkg:{n}")),
        _other_kind,
    ),
    "number that is none": Kind(
        lambda d: (
            s for n in ("minimum", "maximum", "value", "order") for s in d.find(f"poemkg:{n}")
        ),
        _no_number,
    ),
    "waiver out of order": Kind(
        lambda d: d.find("rdf:type", "owl:NamedIndividual", file="sources.ttl"), _waiver
    ),
    "claim number twice": Kind(
        lambda d: d.find("poemkg:claim", file="guidelines/"), _claim_twice
    ),
}  # fmt: skip
"""Name of the kind to how it is seeded; `TEXT_KINDS` are more of them."""
