"""The runner of mutants catches what it must, spares what it must, and agrees with derivations."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from poem_kg.derivation import derive
from tests.cases.corpus.reading import samples
from tests.derivation.view import knowledge
from tests.mutation.bench import Caught, Triples
from tests.mutation.knowledge import triple_mutants, try_triples
from tests.mutation.queries import QueryMutant
from tests.mutation.report import (
    AT_LEAST,
    GROUPS,
    PAGE,
    PATTERNS,
    page,
    read_figures,
    read_survivors,
)
from tests.mutation.shapes import shape_mutants, try_shapes
from tests.mutation.sparql import Parsed, spelled_out
from tests.mutation.trying import all_query_mutants, try_queries

CAUGHT = [
    "derive/047-present-facts: asks for <https://w3id.org/poem-kg/ontology/provisional> "
    "in ?record poemkg:status poemkg:present",
    "derive/105-within-bounds: > for >= in "
    "FILTER((!BOUND(?from) || ?value >= ?from) && (!BOUND(?above) || ?value > ?above))",
    "derive/132-met: without MINUS { ?patient poemkg:hasEvidenceAgainst ?criterion }",
    "derive/211-arguments: without FILTER NOT EXISTS { ?lack a poemkg:Lacking }",
    "derive/211-arguments: without ?record poemkg:establishes ?criterion",
    "derive/225-ranks: > for < in FILTER(?betterKey < ?key)",
    "derive/333-readiness: MAX for MIN in SELECT ?option (MIN(?order) AS ?first)",
    "derive/410-notes: without giving ?note poemkg:applies poemkg:met",
    "derive/714-ranked-questions: MAX for MIN in "
    "SELECT ?question ?patient ?criterion (MIN(?rank) AS ?first)",
    "prepare/30-met-by-presence: EXISTS for "
    "FILTER NOT EXISTS { ?criterion poemkg:requiresResult ?result }",
]
SURVIVES = "derive/032-stale-tests: without ?patient poemkg:latest ?record"
"""Later steps look at the latest facts of a patient alone: what is marked besides is not read."""
TRIED = ("S1b", "S3a", "S4b", "S4c", "S8a", "imaging-discordant", "operator-at", "line-contra")


@cache
def patients() -> dict[str, Triples]:
    return {s.name: s.triples for s in samples() if s.name.startswith(TRIED)}


@cache
def mutants() -> dict[str, QueryMutant]:
    queries = {name.split(":")[0] for name in (*CAUGHT, SURVIVES)}
    return {mutant.name: mutant for mutant in all_query_mutants(knowledge(), queries)[0]}


@cache
def some_mutants() -> list[QueryMutant]:
    """Return every twelfth mutant, of which it is derived anew whether it is caught."""
    return [m for m in list(mutants().values())[::12] if m.query.startswith("derive/")]


@cache
def caught() -> dict[str, Caught]:
    asked = [*(mutants()[name] for name in (*CAUGHT, SURVIVES)), *some_mutants()]
    return try_queries(knowledge(), patients(), list(dict.fromkeys(asked)))


@pytest.mark.parametrize("name", CAUGHT)
def test_a_mutant_that_changes_advice_is_caught(name: str) -> None:
    assert name in mutants()
    assert name in caught()


def test_an_equivalent_mutant_survives() -> None:
    assert SURVIVES in mutants()
    assert SURVIVES not in caught()


def test_following_a_change_agrees_with_deriving_anew() -> None:
    triples = [t for some in patients().values() for t in some]
    sound = derive(knowledge(), triples).advice
    tried = some_mutants()
    assert len(tried) > 7
    for mutant in tried:
        steps = tuple(
            replace(q, text=mutant.text) if q.name == mutant.query else q
            for q in knowledge().derive
        )
        differs = derive(replace(knowledge(), derive=steps), triples).advice != sound
        found = caught().get(mutant.name)
        # Truth tables catch besides what changes nothing for these patients.
        assert differs == (found is not None and found.by == "corpus"), mutant.name


def test_a_wrong_bound_is_caught_in_the_ontology() -> None:
    name = "procedure-count-floor metFrom 20.0: 20.1"
    (mutant,) = [m for m in triple_mutants(knowledge(), sample=None) if m.name == name]
    assert try_triples(knowledge(), patients(), [mutant])


def test_a_lost_constraint_is_caught_in_the_shapes() -> None:
    name = "record-concept-one: maxCount 1: dropped"
    (mutant,) = [m for m in shape_mutants(sample=None) if m.name == name]
    assert try_shapes([mutant])


def test_lists_of_triples_are_spelled_out() -> None:
    text = "CONSTRUCT { ?a a ?b , ?c ; ?d ?e } WHERE { ?a ?b ?c ; ?d ?e . FILTER(?c > 1) }"
    shown = [p.text() for p in Parsed(spelled_out(text)).patterns]
    assert shown == ["?a a ?b", "?a a ?c", "?a ?d ?e", "?a ?b ?c", "?a ?d ?e"]


def test_every_group_reached_its_share_when_it_last_ran() -> None:
    figures = read_figures()
    assert set(figures) == {*GROUPS, PATTERNS}
    assert [f.group for f in figures.values() if f.share < AT_LEAST] == []


def test_every_survivor_has_a_reason() -> None:
    assert [key for key, reason in read_survivors().items() if len(reason) < 20] == []


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(read_figures(), read_survivors())
