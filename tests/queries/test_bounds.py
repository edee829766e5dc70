"""The check of bounds against every pair of bounds, with the value below, at and above.

A pair is sound when no number is both met and not met; here that is tried on numbers, not read off
the names.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pyoxigraph as ox
import pytest

from tests.engines.oxigraph import Oxigraph
from tests.queries.files import CHECK
from tests.queries.graphs import DEFECTS, defective_graph

BOUNDS = next(query for query in CHECK if query.name == "check/bounds")
PREFIX = """@prefix p: <https://w3id.org/poem-kg/ontology/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
MET: dict[str, Callable[[float, float], bool]] = {
    "metAbove": lambda number, bound: number > bound,
    "metBelow": lambda number, bound: number < bound,
    "metFrom": lambda number, bound: number >= bound,
    "metUpTo": lambda number, bound: number <= bound,
}
NOT_MET: dict[str, Callable[[float, float], bool]] = {
    "notMetAbove": lambda number, bound: number > bound,
    "notMetBelow": lambda number, bound: number < bound,
    "notMetFrom": lambda number, bound: number >= bound,
    "notMetUpTo": lambda number, bound: number <= bound,
}
PAIRS = [
    (met, unmet, value)
    for met, unmet in itertools.product(MET, NOT_MET)
    if (met in ("metAbove", "metFrom")) == (unmet in ("notMetBelow", "notMetUpTo"))
    for value in (40.0, 50.0, 60.0)
]
KINDS = {
    "MeasureCriterion": "onMeasure",
    "ShareCriterion": "onShare",
    "SwallowCriterion": "onSwallowMeasure",
}
"""Kind of criterion to the property by which it names its measure."""


def problems(text: str) -> list[str]:
    """What the check says of a small graph, one for each row."""
    engine = Oxigraph()
    engine.load(_ntriples(PREFIX + text))
    return [str(row[1]).strip('"') for row in engine.select(BOUNDS.text)]


def _ntriples(turtle: str) -> str:
    triples = [q.triple for q in ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)]
    return (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()


@pytest.mark.parametrize(("met", "unmet", "value"), PAIRS)
def test_a_pair_is_refused_exactly_if_a_number_is_both(met: str, unmet: str, value: float) -> None:
    numbers = [half / 2 for half in range(0, 201)]
    both = any(MET[met](n, 50.0) and NOT_MET[unmet](n, value) for n in numbers)

    found = problems(f"<urn:c> p:{met} 50.0 ; p:{unmet} {value} .")

    assert bool(found) == both
    assert all(problem.startswith("is met and not met at once") for problem in found)


def test_every_pair_of_one_side_is_tried_on_three_values() -> None:
    assert len(PAIRS) == 8 * 3


@pytest.mark.parametrize("on", KINDS.values())
@pytest.mark.parametrize("bound", [*MET, *NOT_MET])
def test_a_bound_beyond_the_range_is_told_for_every_kind(on: str, bound: str) -> None:
    measure = f"<urn:c> p:{on} <urn:m> . <urn:m> p:minimum 0.0 ; p:maximum 100.0 ."

    assert problems(f"<urn:c> p:{bound} -1.0 . {measure}") == [
        "has a bound below the range of the measure"
    ]
    assert problems(f"<urn:c> p:{bound} 101.0 . {measure}") == [
        "has a bound above the range of the measure"
    ]
    assert problems(f"<urn:c> p:{bound} 0.0 . {measure}") == []
    assert problems(f"<urn:c> p:{bound} 100.0 . {measure}") == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_criterion_of_every_kind_needs_both_bounds(kind: str) -> None:
    schema = f"p:{kind} rdfs:subClassOf p:BoundedCriterion . <urn:c> a p:{kind} ."

    assert sorted(problems(schema)) == ["is never met", "is never not met"]
    for met in MET:
        assert problems(f"{schema} <urn:c> p:{met} 50.0 .") == ["is never not met"]
    for unmet in NOT_MET:
        assert problems(f"{schema} <urn:c> p:{unmet} 50.0 .") == ["is never met"]


@pytest.mark.parametrize("lower", ["metAbove", "metFrom"])
@pytest.mark.parametrize("upper", ["metBelow", "metUpTo"])
@pytest.mark.parametrize("value", [49.0, 49.5, 50.0, 50.5, 51.0])
@pytest.mark.parametrize("counted", [True, False])
def test_bounds_that_no_number_meets_are_never_met(
    lower: str, upper: str, value: float, counted: bool
) -> None:
    numbers = [n if counted else n / 4 for n in range(0, 401)]
    possible = any(MET[lower](n, 50.0) and MET[upper](n, value) for n in numbers)

    found = problems(
        f"""<urn:c> p:{lower} 50.0 ; p:{upper} {value} ; p:onMeasure <urn:m> .
        <urn:m> p:integerValued {str(counted).lower()} ."""
    )

    assert found == ([] if possible else ["is never met"])


def test_every_planted_criterion_is_found() -> None:
    path = next(path for path in DEFECTS if path.stem == "bounds")
    engine = Oxigraph()
    engine.load(defective_graph(path))

    found = {str(row[0]).rsplit("/", 1)[-1].rstrip(">") for row in engine.select(BOUNDS.text)}

    assert found == {
        "above-range-share",
        "below-range",
        "below-range-swallow",
        "boundless",
        "boundless-share",
        "boundless-swallow",
        "chicago40-half-failed",
        "chicago40-no-pressurization",
        "child",
        "neither-17-nor-18",
        "procedure-count-floor",
        "swapped",
        "swapped-share",
    }
