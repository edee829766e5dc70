"""What each statement and criterion rests on, a line each: source, place, interpretation, class.

These triples change no conclusion, only what is told about it, so nothing else would notice a
wrong one.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from poem_kg.namespaces import DCTERMS, POEMKG, STATEMENT

TOLD = {
    DCTERMS + "source",
    *(POEMKG + name for name in ("source", "locator", "restsOn", "definedClass", "populationNote")),
}


def foundations(triples: Iterable[ox.Triple]) -> list[str]:
    """Return a line for each triple that tells what a statement or criterion rests on, sorted."""
    return sorted(
        "\t".join(_short(part) for part in (t.subject, t.predicate, t.object))
        for t in triples
        if t.predicate.value in TOLD and _short(t.subject).startswith(("statement/", "criterion/"))
    )


def _short(node: object) -> str:
    text = node.value if isinstance(node, ox.NamedNode | ox.Literal) else str(node)
    base = STATEMENT.removesuffix("statement/")
    return text.removeprefix(base).removeprefix("ontology/")
