"""The page to begin at: what this is, how far it was reviewed, what it rests on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from poem_kg.namespaces import POEMKG, RDF, RDFS
from poem_kg.service.marks import CITES, REVIEW, VERIFIED
from poem_kg.service.showing import OURS, SOURCE, Link, Shown
from poem_kg.service.sources import EVIDENCE, RESOLVES_TO
from poem_kg.service.tree import STATEMENT
from poem_kg.service.triples import Graph

_OWN: Final = POEMKG + "ownDecision"
_ON_ADVICE: Final = POEMKG + "noticeOnAdvice"


@dataclass(frozen=True)
class Rests:
    """A source with what it carries.

    Attributes:
        link: the source.
        kind: what kind of source it is.
        statements: how many statements come from it.
        cited: how many statements of other sources cite it.
    """

    link: Link
    kind: str
    statements: int
    cited: int


def home(graph: Graph, shown: Shown) -> dict[str, Any]:
    """Return what the page lays out, counted in the graph.

    Args:
        graph: what is known.
        shown: puts it into the parts of a page.
    """
    statements = [iri for iri in graph.subjects() if STATEMENT in graph.kinds(iri)]
    ours = sum(OURS in graph.kinds(iri) for iri in statements)
    return {
        "count": len(statements),
        "ours": ours,
        "ours_kind": shown.name(OURS),
        "reviewed": _counted(graph, shown, statements, REVIEW),
        "verified": _counted(graph, shown, statements, VERIFIED),
        "notices": tuple(
            shown.entry(iri)
            for iri in sorted(statements)
            if graph.values(iri, _ON_ADVICE) and _OWN not in graph.iris(iri, VERIFIED)
        ),
        "sources": _sources(graph, shown),
    }


def _counted(
    graph: Graph, shown: Shown, statements: list[str], name: str
) -> tuple[tuple[Link, int], ...]:
    """Each value of the closed list in its order, with how many statements have it."""
    counts = Counter(value for iri in statements for value in graph.iris(iri, name))
    closed = (v for c in graph.iris(name, RDFS + "range") for v in graph.pointing(c, RDF + "type"))
    values = sorted(closed, key=lambda value: _order(graph, value))
    return tuple((shown.link(value), counts[value]) for value in values)


def _order(graph: Graph, value: str) -> tuple[int, str]:
    order = graph.text(value, POEMKG + "order")
    return int(order.value) if order else 0, value


def _sources(graph: Graph, shown: Shown) -> tuple[Rests, ...]:
    """The sources, those with the most statements first."""
    found = []
    for iri in graph.subjects():
        if EVIDENCE in graph.kinds(iri):
            markers = graph.pointing(iri, RESOLVES_TO)
            found.append(
                Rests(
                    link=shown.link(iri),
                    kind=", ".join(kind.text for kind in shown.kinds(iri)),
                    statements=len(graph.pointing(iri, SOURCE)),
                    cited=len({s for marker in markers for s in graph.pointing(marker, CITES)}),
                )
            )
    return tuple(sorted(found, key=lambda r: (-r.statements, -r.cited, r.link.text.casefold())))
