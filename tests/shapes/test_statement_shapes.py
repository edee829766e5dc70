"""The knowledge keeps to its shapes, and each shape notices a defect of its kind."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pyoxigraph as ox
import pytest

from poem_kg.knowledge import Knowledge
from poem_kg.model import Finding
from poem_kg.namespaces import POEMKG
from poem_kg.validation import validate_statements
from tests.shapes.support import (
    CONCLUSIONS,
    DEFECTS,
    MARK,
    PATIENTS,
    SUBCLASS,
    TYPE,
    Case,
    fired,
    first_of_each_shape,
    knowledge,
    reporting_shapes,
    with_defect,
    with_defects,
)


def test_the_knowledge_conforms() -> None:
    assert validate_statements(knowledge()).findings == ()


@pytest.mark.parametrize("case", first_of_each_shape(DEFECTS))
def test_exactly_this_shape_notices_the_defect(case: Case) -> None:
    found = list(fired(validate_statements(with_defect(case, knowledge())).findings))
    assert found.count(case.shape) == case.expected, found
    assert set(found) == {case.shape, *case.also}


GROUPS = 16
"""So many, since a defect must not take away what another one needs; a test tells if it does."""


@pytest.mark.parametrize("group", range(GROUPS))
def test_subclasses_are_noticed_like_their_classes(group: int) -> None:
    """Retyping every statement, criterion and source by a new subclass changes no finding."""
    cases = DEFECTS[group::GROUPS]
    expected = validate_statements(with_defects(cases, knowledge())).findings
    assert {case.shape for case in cases} <= set(fired(expected)), "choose other groups"
    found = validate_statements(with_defects(cases, _retyped())).findings
    assert set(found) == set(expected)


def test_every_shape_has_a_defect() -> None:
    assert len(DEFECTS) == 185
    defects = {case.shape for case in DEFECTS}
    assert defects == reporting_shapes() - {case.shape for case in (*PATIENTS, *CONCLUSIONS)}


def test_a_broken_percentage_is_told_with_what_to_do() -> None:
    case = next(c for c in DEFECTS if c.id == "estimate-sample-size/1-missing-or-wrong")
    assert validate_statements(with_defect(case, knowledge())).findings == (
        Finding(
            focus="https://w3id.org/poem-kg/statement/droracle2025-C42",
            path="https://w3id.org/poem-kg/ontology/sampleSize",
            value=None,
            severity="Violation",
            message='Give the number of patients, or "not reported".',
            shape="https://w3id.org/poem-kg/shapes/estimate-sample-size",
        ),
    )


@cache
def _retyped() -> Knowledge:
    base = knowledge()
    changed: list[ox.Triple] = []
    for triple in base.ontology:
        value = triple.object
        if triple.predicate == TYPE and str(value).startswith("<" + POEMKG):
            assert isinstance(value, ox.NamedNode)
            kind = ox.NamedNode(value.value + MARK)
            changed.append(ox.Triple(kind, SUBCLASS, value))
            value = kind
        changed.append(ox.Triple(triple.subject, triple.predicate, value))
    return replace(base, ontology=tuple(dict.fromkeys(changed)))
