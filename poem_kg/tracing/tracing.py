"""From passages over statements and criteria to the patients that exercise them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from poem_kg.errors import InputError
from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import DCTERMS, POEMKG, RDF, RDFS, SKOS, STATEMENT
from poem_kg.tracing.appearing import appearances
from poem_kg.tracing.model import (
    FLAGGED,
    MODELLED,
    WAIVED,
    Exercise,
    Trace,
    TracedPassage,
    TracedStatement,
    UsedCriterion,
)
from poem_kg.tracing.ordinals import ordinal_of

_TYPE: Final = RDF + "type"
_LABEL: Final = RDFS + "label"
_TEMPLATE: Final = "template"
"""The example that is no patient but a form to fill in."""
_NO_SOURCE: Final = "without a source"


def trace(kb: KnowledgeBase, patients: Iterable[Path]) -> Trace:
    """Return what stands for every passage, and who exercises every statement.

    Args:
        kb: the knowledge.
        patients: the files of the patients, as `patient_files` finds them.

    Raises:
        InputError: a patient file cannot be used at all.
        KnowledgeError: the place of a passage in its source is no whole number.
    """
    knowledge = kb.knowledge
    index = Index((*knowledge.ontology, *knowledge.prepared))
    exercises, number, left_out = _exercises(kb, patients)
    passages = _passages(index)
    of_passage: dict[str, list[str]] = defaultdict(list)
    for passage in passages:
        for statement in passage.statements:
            of_passage[statement].append(passage.iri)
    statements = tuple(
        _statement(iri, knowledge, index, of_passage.get(iri, []), exercises.get(iri, []))
        for iri in _statements(index)
    )
    with_passages = {passage.source for passage in passages}
    sources = {statement.source for statement in statements} | with_passages
    return Trace(
        title=index.one(POEMKG, DCTERMS + "title") or POEMKG,
        version=knowledge.version,
        note=index.one(POEMKG, SKOS + "scopeNote") or "",
        sources=tuple(
            (source, knowledge.label(source) if source else _NO_SOURCE)
            for source in sorted(sources, key=lambda s: (s not in with_passages, s))
        ),
        passages=passages,
        statements=tuple(sorted(statements, key=lambda s: (s.source, s.iri))),
        patients=number,
        left_out=left_out,
    )


def patient_files(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Return the patient files in folders and below them, by name; the form is none.

    Raises:
        InputError: a folder is not there.
    """
    found: list[Path] = []
    for folder in folders:
        if not folder.is_dir():
            raise InputError(str(folder), "is no folder", "name a folder with patient files")
        found += (p for p in folder.rglob("*.ttl") if p.stem != _TEMPLATE)
    return tuple(sorted(set(found), key=lambda path: (path.stem, str(path))))


def _exercises(
    kb: KnowledgeBase, patients: Iterable[Path]
) -> tuple[dict[str, list[Exercise]], int, tuple[str, ...]]:
    found: dict[str, list[Exercise]] = defaultdict(list)
    left_out = []
    number = 0
    for path in patients:
        source = kb.read(path)
        advice = kb.recommend(source)
        if not advice.conforms:
            left_out.append(path.name)
            continue
        number += 1
        label = Index(source.triples).one(advice.patient, _LABEL) or path.stem
        for statement, ways in appearances(advice.graph).items():
            found[statement].append(
                Exercise(
                    patient=advice.patient, name=path.stem, label=label, ways=tuple(sorted(ways))
                )
            )
    return found, number, tuple(left_out)


def _passages(index: Index) -> tuple[TracedPassage, ...]:
    found = []
    for iri in index.having(_TYPE, POEMKG + "Passage"):
        statements = index.all(iri, POEMKG + "modelledBy")
        reason = index.one(iri, POEMKG + "notModelledBecause") or ""
        state = MODELLED if statements else WAIVED
        found.append(
            TracedPassage(
                iri=iri,
                source=index.one(iri, POEMKG + "ofSource") or "",
                ordinal=ordinal_of(index, iri),
                locator=index.one(iri, POEMKG + "locator") or "",
                digest=index.one(iri, POEMKG + "textDigest") or "",
                state=FLAGGED if bool(statements) == bool(reason) else state,
                reason=reason,
                statements=statements,
            )
        )
    return tuple(sorted(found, key=lambda p: (p.source, p.ordinal, p.iri)))


def _statements(index: Index) -> tuple[str, ...]:
    kinds = index.having(POEMKG + "isKindOf", POEMKG + "Statement")
    members = {s for kind in kinds for s in index.having(_TYPE, kind)}
    return tuple(sorted(s for s in members if s.startswith(STATEMENT)))


def _statement(
    iri: str,
    knowledge: Knowledge,
    index: Index,
    passages: Iterable[str],
    exercises: Iterable[Exercise],
) -> TracedStatement:
    kinds = index.having(POEMKG + "isKindOf", POEMKG + "Statement")
    kind = next(k for k in index.all(iri, _TYPE) if k in kinds)
    review = index.one(iri, POEMKG + "review")
    return TracedStatement(
        iri=iri,
        label=knowledge.label(iri),
        kind=knowledge.label(kind),
        source=index.one(iri, POEMKG + "source") or "",
        claim=index.one(iri, POEMKG + "claim") or "",
        locator=index.one(iri, POEMKG + "locator") or "",
        review=knowledge.label(review) if review else "",
        passages=tuple(passages),
        criteria=_criteria(iri, knowledge, index),
        exercises=tuple(sorted(exercises, key=lambda e: (e.name, e.patient))),
    )


def _criteria(iri: str, knowledge: Knowledge, index: Index) -> tuple[UsedCriterion, ...]:
    """The criteria that a statement names, by the property that names them."""
    names = index.having(RDFS + "range", POEMKG + "Criterion")
    return tuple(
        UsedCriterion(
            iri=criterion,
            label=knowledge.label(criterion),
            name=name.removeprefix(POEMKG),
            use=knowledge.label(name),
        )
        for name in names
        for criterion in index.all(iri, name)
    )
