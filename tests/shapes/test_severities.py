"""How grave each shape is: everything is a Violation but what is listed here."""

from __future__ import annotations

import pyoxigraph as ox

from poem_kg.namespaces import SH
from tests.shapes.support import SEVERITY, local, shape_triples

WARNINGS = {
    "attested-disagreement",
    "centre-linked",
    "contradiction-discordant",
    "contradiction-provisional",
    "disagreement",
    "limit-position",
    "limit-study",
    "operator-linked",
    "part-date",
    "part-missing",
    "patient-record-some",
    "swallow-read",
    "swallow-some",
    "test-undated",
    "therapy-undated",
    "transfer-chain",
}
INFOS = {
    "foreign-property",
    "record-late",
    "study-provisional",
    "value-not-compared",
}


def of_severity(name: str) -> set[str]:
    """Return the local names of the shapes with a severity."""
    found = (t.subject for t in shape_triples() if t.predicate == SEVERITY)
    named = {node for node in found if isinstance(node, ox.NamedNode)}
    grave = ox.NamedNode(SH + name)
    return {local(n.value) for n in named if ox.Triple(n, SEVERITY, grave) in shape_triples()}


def test_only_these_shapes_are_no_violations() -> None:
    assert of_severity("Warning") == WARNINGS
    assert of_severity("Info") == INFOS


def test_every_other_shape_is_a_violation() -> None:
    reporting = {t.subject for t in shape_triples() if t.predicate == SEVERITY}
    assert len(of_severity("Violation")) == len(reporting) - len(WARNINGS) - len(INFOS)
