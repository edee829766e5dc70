"""Citation markers that stand for nothing in the reference list of their page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from poem_kg.checking.asked import Unplaced
from poem_kg.checking.model import found
from poem_kg.checking.rules import DANGLING
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG

_DANGLING: Final = POEMKG + "dangling"
_CITES: Final = POEMKG + "cites"


def citation_problems(knowledge: Knowledge) -> Iterator[Unplaced]:
    """Yield the markers that the page prints without an entry, with how many statements cite them.

    Args:
        knowledge: the ontology.
    """
    citing: dict[str, int] = {}
    dangling: set[str] = set()
    for triple in knowledge.ontology:
        predicate, value = triple.predicate.value, triple.object
        if predicate == _CITES and isinstance(value, ox.NamedNode):
            citing[value.value] = citing.get(value.value, 0) + 1
        marked = predicate == _DANGLING and getattr(value, "value", "") in ("true", "1")
        if marked and isinstance(triple.subject, ox.NamedNode):
            dangling.add(triple.subject.value)
    for marker in sorted(dangling):
        message = f"has no entry in the reference list; {citing.get(marker, 0)} statements cite it"
        yield found(DANGLING, marker, message), (_DANGLING,)
