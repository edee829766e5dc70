"""The check of percentages in words: which text is found, and beside which estimates."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from tests.engines.oxigraph import Oxigraph
from tests.queries.files import CHECK
from tests.queries.graphs import ntriples

CHECKED = next(query for query in CHECK if query.name == "check/figures-in-words")
PREFIX = """@prefix p: <https://w3id.org/poem-kg/ontology/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
p:OutcomeEstimate p:isKindOf p:Estimate .
<urn:e> a p:OutcomeEstimate ; p:source <urn:source> ; p:unit "%" ; p:value 18.5 .
<urn:f> a p:OutcomeEstimate ; p:source <urn:source> ; p:unit "%" ; p:value 90.0 .
<urn:g> a p:OutcomeEstimate ; p:source <urn:source> ; p:unit "mm[Hg]" ; p:value 15.0 .
<urn:h> a p:OutcomeEstimate ; p:source <urn:other> ; p:unit "%" ; p:value 40.0 .
"""
ELSEWHERE = "has a percentage in words that no estimate of its source holds"
ANOTHER = "has a percentage in words that is not its value"
NONE = "has a percentage in words and no value"


def problems(text: str) -> list[str]:
    """What the check says of a small graph, one for each row."""
    engine = Oxigraph()
    triples = [q.triple for q in ox.parse((PREFIX + text).encode(), format=ox.RdfFormat.TURTLE)]
    engine.load(ntriples(triples))
    return [str(row[1]).strip('"') for row in engine.select(CHECKED.text)]


@pytest.mark.parametrize("prop", ["rdfs:label", "skos:definition"])
@pytest.mark.parametrize(
    ("words", "held"),
    [
        ("In 90 %.", True),
        ("In 90.0%.", True),
        ("90 per cent", True),
        ("In 18.5 % of 200 patients.", True),
        ("In 18,5 %.", True),
        ("Reflux in 18.5 %, success in 90 %.", True),
        ("Two years after it, none.", True),
        ("In 91 %.", False),
        ("In 8.5 %.", False),
        ("In 40 %.", False),  # another source's
        ("In 15 %.", False),  # in another unit
        ("Reflux in 18.5 %, success in 91 %.", False),
        ("Reflux in 19 %, success in 90 %.", False),
        ("In 18.5 %, in 91 % and in 90 %.", False),
    ],
)
def test_a_percentage_that_an_estimate_of_the_same_source_holds_passes(
    prop: str, words: str, held: bool
) -> None:
    text = f'<urn:s> a p:Efficacy ; p:source <urn:source> ; {prop} "{words}"@en .'

    assert problems(text) == ([] if held else [ELSEWHERE])


@pytest.mark.parametrize(
    ("value", "words", "same"),
    [
        ("11.0", "In 11.0 %.", True),
        ("11.0", "In 11 %, in 4 of 36.", True),
        ("18.5", "In 18,5 %.", True),
        ("18.5", "Found in 18.50 per cent", True),
        ("90.0", "In 90 to 94 %.", True),
        ("90.0", "In nearly all.", True),
        ("11.0", "In 110 %.", False),
        ("11.0", "In 11.5 %.", False),
        ("1.1", "In 11 %.", False),
        ("5.0", "In 18.5 %.", False),
        ("90.0", "In 91 %.", False),
    ],
)
def test_the_words_of_an_estimate_give_its_value(value: str, words: str, same: bool) -> None:
    text = f"""<urn:s> a p:OutcomeEstimate ; p:source <urn:source> ; p:unit "%" ;
        p:value {value} ; skos:definition "{words}"@en ."""

    assert problems(text) == ([] if same else [ANOTHER])


def test_an_estimate_without_value_has_no_percentage_in_words() -> None:
    text = '<urn:s> a p:OutcomeEstimate ; p:source <urn:source> ; rdfs:label "90 %"@en .'

    assert problems(text) == [NONE]


@pytest.mark.parametrize("kind", ["Interpretation", "StudyPattern"])
def test_what_explains_and_what_is_made_of_thresholds_passes(kind: str) -> None:
    text = f"""p:{kind} p:isKindOf p:{kind} .
        <urn:s> a p:{kind} ; p:source <urn:source> ; skos:definition "At least 20 %."@en ."""

    assert problems(text) == []
