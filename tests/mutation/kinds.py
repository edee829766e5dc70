"""Other terms of the same kind: what a mutant swaps a term for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import OWL, POEMKG, RDF, RDFS

_TYPE = RDF + "type"
_ABOVE = RDFS + "subClassOf"


class Siblings:
    """The terms of one ontology by their kinds.

    A sibling of an individual has the same class; a sibling of a class has the same class directly
    above. It is the next one by IRI, the first after the last.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        families: dict[str, set[str]] = defaultdict(set)
        for triple in knowledge.ontology:
            term, kind = triple.subject, triple.object
            if not isinstance(term, ox.NamedNode) or not isinstance(kind, ox.NamedNode):
                continue
            if not kind.value.startswith(OWL) and triple.predicate.value in (_TYPE, _ABOVE):
                families[f"{triple.predicate.value} {kind.value}"].add(term.value)
        self._next: dict[str, str] = {}
        for _, members in sorted(families.items(), key=lambda f: -len(f[1])):
            if len(members) > 1:
                self._next.update(_ring(members))

    def of(self, iri: str) -> str | None:
        """Return another term of the kind of an IRI, or None where there is none of ours."""
        other = self._next.get(iri)
        return other if other and iri.startswith(POEMKG.removesuffix("ontology/")) else None


def _ring(members: Iterable[str]) -> dict[str, str]:
    ordered = sorted(members)
    return dict(zip(ordered, [*ordered[1:], ordered[0]], strict=True))
