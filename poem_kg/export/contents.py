"""Which triples each dataset holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError
from poem_kg.knowledge import load_alignments
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.model import Advice
from poem_kg.namespaces import CRITERION, OWL, POEMKG, RDF, SOURCE, STATEMENT

_TYPE: Final = ox.NamedNode(RDF + "type")
_ONTOLOGY: Final = ox.NamedNode(OWL + "Ontology")
_ROOT: Final = ox.NamedNode(POEMKG)
_IMPORTS: Final = ox.NamedNode(OWL + "imports")


def knowledge_triples(name: str, kb: KnowledgeBase) -> tuple[ox.Triple, ...]:
    """Return the triples of a dataset that is about no patient.

    Args:
        name: "ontology" (one ontology that imports nothing, for Protégé and the OWL API),
            "knowledge" (all modules as they are and what was prepared from them, which the
            queries of `queries/ask` run on), "alignments" (mappings) or "statements"
            (statements, criteria and sources only).
        kb: where they come from.

    Raises:
        KeyError: there is no such dataset.
        KnowledgeError: an alignment cannot be read.
    """
    knowledge = kb.knowledge
    if name == "ontology":
        return _merged(knowledge.ontology)
    if name == "knowledge":
        return tuple(dict.fromkeys((*knowledge.ontology, *knowledge.prepared)))
    if name == "alignments":
        return load_alignments()
    if name == "statements":
        return _about(knowledge.ontology, STATEMENT, SOURCE, CRITERION)
    raise KeyError(name)


def advise(kb: KnowledgeBase, patients: Sequence[str]) -> tuple[Advice, ...]:
    """Return the advice for each patient file, in the order given.

    Raises:
        InputError: a patient cannot be used or does not conform.
    """
    found = []
    for file in patients:
        advice = kb.recommend(file)
        if not advice.conforms:
            raise InputError(
                file, "violates the shapes", "run poem-kg validate and correct the file"
            )
        found.append(advice)
    return tuple(found)


def _merged(triples: Iterable[ox.Triple]) -> tuple[ox.Triple, ...]:
    """The modules as one ontology.

    The OWL API opens no file with several headers, or with imports that it cannot fetch.
    """
    graph = tuple(triples)
    headers = {t.subject for t in graph if t.predicate == _TYPE and t.object == _ONTOLOGY}
    dropped = headers - {_ROOT}
    return tuple(t for t in graph if t.subject not in dropped and t.predicate != _IMPORTS)


def _about(triples: Iterable[ox.Triple], *spaces: str) -> tuple[ox.Triple, ...]:
    return tuple(
        t
        for t in triples
        if isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(spaces)
    )
