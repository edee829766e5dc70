"""The place of a passage in its source, as the ontology gives it."""

from __future__ import annotations

from typing import Final

from poem_kg.errors import KnowledgeError, shorten
from poem_kg.index import Index
from poem_kg.namespaces import POEMKG, compact

_ORDINAL: Final = POEMKG + "ordinal"


def ordinal_of(index: Index, passage: str) -> int:
    """Return the place of a passage in its source, from 1; 0 where nothing gives it.

    Args:
        index: the ontology.
        passage: the IRI of the passage.

    Raises:
        KnowledgeError: it is no whole number.
    """
    said = index.one(passage, _ORDINAL)
    if said is None:
        return 0
    try:
        return int(said)
    except ValueError:
        raise KnowledgeError(
            f'{compact(passage)}: has the {compact(_ORDINAL)} "{shorten(said, 60)}", which is no '
            "whole number; correct it in the ontology"
        ) from None
