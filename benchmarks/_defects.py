"""Kinds of defect that authors bring into an ontology, each seeded in many places."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pyoxigraph as ox

from benchmarks._drafts import Draft, Edit, iri, ours
from benchmarks._seeding import (
    Kind,
    Said,
    becomes,
    english,
    gets,
    lacks,
    name_of,
    subject_edit,
    value_of,
)
from benchmarks._term_defects import TERM_KINDS
from benchmarks._texts import TEXT_KINDS
from poem_kg.namespaces import CRITERION, POEMKG, SKOS


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


def _bound(draft: Draft, said: Said, number: int) -> Edit:
    """Move the bound from which a criterion is met below that beneath which it is not."""
    triple = said[1]
    old = triple.object
    assert isinstance(old, ox.Literal)
    new = ox.Triple(triple.subject, triple.predicate, ox.Literal("0.0001", datatype=old.datatype))
    return subject_edit(draft, said, "is met below its bound", removed=[triple], added=[new])


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
        ox.Triple(term, t.predicate, english(f"left-over criterion {number + 1}"))
        if t.predicate == iri("rdfs:label")
        else t
        for t in new
    ]
    edit = subject_edit(draft, said, "has a twin that nothing uses", added=relabelled)
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
        asked = {t.object for _, t in draft.about(triple.subject)}
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
        return subject_edit(
            draft,
            said,
            "is a secondary source, and counts as verified",
            removed=[triple],
            added=[new],
            terms=[value_of(triple.subject), *users, *further],
            touched=[*users, *further],
        )
    secondary = iri("source:droracle-overview2025")
    new = ox.Triple(triple.subject, triple.predicate, secondary)
    return subject_edit(
        draft,
        said,
        "is taken from a secondary source",
        removed=[triple],
        added=[new],
        touched=[secondary.value, value_of(triple.object)],
    )


def _other_kind(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    wrong = {
        "therapy": "poemkg:Disorder",
        "disorder": "poemkg:PerOralEndoscopicMyotomy",
        "outcome": "poemkg:Therapy",
    }[name_of(triple.predicate)]
    new = ox.Triple(triple.subject, triple.predicate, iri(wrong))
    return subject_edit(
        draft,
        said,
        f"{name_of(triple.predicate)} is {wrong}",
        removed=[triple],
        added=[new],
        touched=[value_of(new.object), value_of(triple.object)],
    )


def _reasoned(draft: Draft) -> Iterable[Said]:
    for said in draft.find("poemkg:direction", file="guidelines/droracle"):
        if iri("poemkg:PageFact").value not in draft.types[value_of(said[1].subject)]:
            yield said


def _bolder(draft: Draft, said: Said, number: int) -> Edit:
    """Let a statement give the reason for another of another direction."""
    triple = said[1]
    others = sorted(value_of(t.subject) for _, t in _reasoned(draft) if t.object != triple.object)
    other = others[(number * 11) % len(others)]
    new = ox.Triple(triple.subject, iri("poemkg:supportsStatement"), ox.NamedNode(other))
    return subject_edit(draft, said, f"supports {name_of(other)}", added=[new], touched=[other])


def _waiver(draft: Draft, said: Said, number: int) -> Edit:
    """Add a waiver that lacks something, or that waives what no rule finds or no one may waive."""
    term = ox.NamedNode(f"{POEMKG}waiver-seeded-{number + 1}")
    waived = said[1].subject
    assert isinstance(waived, ox.NamedNode)
    rule = ("dangling-citations", "dangling-citation", "consistency", "units", "units")[number % 5]
    triples = [
        ox.Triple(term, iri("rdf:type"), iri("owl:NamedIndividual")),
        ox.Triple(term, iri("rdf:type"), iri("poemkg:Waiver")),
        ox.Triple(term, iri("rdfs:label"), english(f"seeded waiver {number + 1}")),
        ox.Triple(term, iri("dcterms:creator"), ox.Literal("an author")),
        ox.Triple(term, iri("dcterms:date"), ox.Literal("2026-11-29", datatype=iri("xsd:date"))),
        ox.Triple(term, iri("poemkg:waiverReason"), english("It may stand.")),
        ox.Triple(term, iri("poemkg:waivesRule"), ox.Literal(rule)),
        ox.Triple(term, iri("poemkg:waivesTerm"), waived),
    ]
    if number % 5 in (0, 4):
        triples.pop(5 if number % 5 == 0 else 3)
    return Edit(
        what=f"a waiver of {rule} for {name_of(waived)} that is out of order",
        file="waivers.ttl",
        terms=frozenset({term.value}),
        added=tuple(triples),
    )


def _claim_twice(draft: Draft, said: Said, number: int) -> Edit:
    """Give a statement the number of another; a finding may name either or the number missed."""
    triple = said[1]
    others = sorted(
        (value_of(t.object), value_of(t.subject))
        for _, t in draft.find("poemkg:claim", file="guidelines/")
        if t.object != triple.object
    )
    claim, other = others[(number * 13) % len(others)]
    new = ox.Triple(triple.subject, triple.predicate, ox.Literal(claim))
    return subject_edit(
        draft,
        said,
        f"claim is {claim}",
        removed=[triple],
        added=[new],
        terms=[value_of(triple.subject), other],
        touched=[value_of(triple.object), other],
    )


def _no_number(draft: Draft, said: Said, number: int) -> Edit:
    triple = said[1]
    assert isinstance(triple.object, ox.Literal)
    wrong = (
        ox.Literal("about four", datatype=triple.object.datatype),
        ox.Literal(f"{triple.object.value} or so"),
    )[number % 2]
    new = ox.Triple(triple.subject, triple.predicate, wrong)
    what = f"{name_of(triple.predicate)} is {wrong}"
    return subject_edit(draft, said, what, removed=[triple], added=[new])


_STATEMENTS = (
    "poemkg:Recommendation poemkg:Efficacy poemkg:SelectionFactor poemkg:EvidenceGap "
    "poemkg:HarmEstimate poemkg:OutcomeEstimate poemkg:OperatorRequirement"
).split()

KINDS: dict[str, Kind] = {
    **TERM_KINDS,
    "unverified citation": lacks("poemkg:verified", "poemkg:bibliographyNote"),
    "secondary source as primary": Kind(_secondary_places, _secondary),
    "figure without denominator": lacks("poemkg:sampleSize"),
    "figure without time point": lacks("poemkg:timePoint"),
    "grade that the source does not give": becomes(
        "poemkg:strength", iri("poemkg:strengthStrong"), iri("poemkg:strengthConditional"),
        file="guidelines/",
    ),
    "other direction than the statement that it supports": Kind(_reasoned, _bolder),
    "direction of a gap": becomes(
        "poemkg:direction", iri("poemkg:directionAgainst"), kind="poemkg:EvidenceGap"
    ),
    "unit missing": lacks("poemkg:unit"),
    "unit that is no UCUM code": becomes(
        "poemkg:unit", *(ox.Literal(u) for u in ("percent", "mm Hg", "minutes", "mmHG", "°C")),
    ),
    "label missing": lacks("rdfs:label"),
    "definition missing": lacks("skos:definition"),
    "statement incomplete": lacks(
        "poemkg:locator", "poemkg:source", "poemkg:direction", "poemkg:review", file="guidelines/"
    ),
    "two values for one": gets(
        "poemkg:certainty", iri("poemkg:certaintyHigh"), iri("poemkg:certaintyLow"),
        kinds=_STATEMENTS,
    ),
    "bounds the wrong way round": Kind(lambda d: d.find("poemkg:metFrom"), _bound),
    "criterion that nothing uses": Kind(_unused_places, _unlabelled),
    "identifier of a source not well-formed": becomes(
        "bibo:doi", *(ox.Literal(t) for t in ("https://doi.org/10.1/x", "10.1053", "doi:10.1053/j"))
    ),
    "approval without a reviewer": becomes(
        "poemkg:review", iri("poemkg:approved"), file="guidelines/"
    ),
    "sentence of a source that nothing stands for": lacks(
        "poemkg:modelledBy", "poemkg:notModelledBecause", file="passages/"
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
