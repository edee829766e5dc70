"""The advice for one patient as the page shows it, and as files to keep.

Nothing is decided here, and nothing is worded here: the words are those of the ontology, as
`poem-kg explain` says them to a clinician.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from poem_kg.compact_jsonld import advice_in
from poem_kg.explain.builder import explain
from poem_kg.explain.formats import written
from poem_kg.explain.lines import SECTIONS
from poem_kg.explain.model import Explanation, WhyNot
from poem_kg.explain.panels import panels
from poem_kg.explain.sentences import noted
from poem_kg.explain.words import words_for
from poem_kg.index import Index
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.model import Advice, Finding, Notice, TestFirst
from poem_kg.model import Diagnosis as Found
from poem_kg.namespaces import POEMKG
from poem_kg.reading import SourceGraph
from poem_kg.serialise import serialise
from poem_kg.service.advice_cards import Cards, nested, ref_to_card
from poem_kg.service.advice_parts import (
    AdviceView,
    Diagnosis,
    Mark,
    Note,
    Notes,
    Problem,
    Refusal,
    Test,
    Told,
)
from poem_kg.service.advice_telling import TONES, Refers, Unmarked, field_of, in_words
from poem_kg.service.model import Answer
from poem_kg.service.model import Refusal as Refused
from poem_kg.service.pages import Pages
from poem_kg.service.provenance_graph import Ref, provenance_graph

AUDIENCE: Final = "clinician"
_TOP: Final = ("disclaimer", "review")
_OURS: Final = "interpretation"
_WORDED: Final = frozenset(
    (
        "already-done",
        "caution",
        "contradiction",
        "exclusion",
        "follow-up",
        "gap",
        "left-out",
        "natural-history",
    )
)
"""Kinds of notices for which the ontology has words; the others say what they say."""
_ASKS: Final = {
    "diagnoses": "diagnoses",
    "options": "why-this-therapy",
    "tests": "tests-to-take-first",
    "questions": "next-questions",
    "silences": "nothing-to-say",
    "notices": "notices",
    "provenance": "provenance",
}
"""Part of the page to the query of the catalogue that asks after it."""


def advice_view(kb: KnowledgeBase, source: SourceGraph, advice: Advice, pages: Pages) -> AdviceView:
    """Return what the page shows of an advice; only the findings where the patient violates shapes.

    Args:
        kb: gave the advice.
        source: the patient, as it was read.
        advice: the advice for this patient.
        pages: knows where things are found.
    """
    words = words_for(kb.knowledge, AUDIENCE)
    problems = tuple(_problem(finding, source, pages) for finding in advice.findings)
    if not advice.conforms:
        return AdviceView(
            title=words.say("title-unnamed", iri=advice.patient), conforms=False, problems=problems
        )
    explanation = _explained(kb, source, advice)
    refers = Refers(Unmarked(explanation, words), pages)
    cards = Cards(advice, refers)
    say = words.say
    notes = _Notes(refers)
    provenance = advice.provenance
    return AdviceView(
        title=refers.told.title(),
        conforms=True,
        as_of=say("as-of", date=explanation.as_of) if explanation.as_of else "",
        no_diagnosis="" if advice.diagnoses else say("no-diagnosis"),
        no_options="" if advice.options else say("no-options"),
        problems=problems,
        top=notes.by_kind(n for n in advice.notices if n.kind in _TOP),
        diagnoses=tuple(_diagnosis(d, refers) for d in advice.diagnoses),
        cards=cards.all(),
        refusals=tuple(_refusal(w, refers) for w in explanation.why_not),
        tests=tuple(_test(t, refers) for t in advice.tests),
        questions=tuple(map(cards.question, advice.questions)),
        silences=tuple((in_words(n.kind), refers.ref(n.term)) for n in advice.no_statement),
        notes=notes.by_kind(n for n in advice.notices if n.kind not in (*_TOP, _OURS)),
        ours=notes.ours(advice.notices),
        graphs=tuple(
            provenance_graph(panel, refers.told, refers.href) for panel in panels(refers.told)
        ),
        version=say(
            "version", version=provenance.ontology_version, digest=provenance.ontology_digest
        ),
        digests=(
            ("ontology", provenance.ontology_digest),
            ("input", provenance.input_digest),
            ("input graph", provenance.input_graph_digest),
        ),
        queries=tuple(Ref(q.name, pages.addresses.of(q.iri)) for q in explanation.queries),
        ran=len(provenance.queries),
        asks={part: refers.asks(name) for part, name in _ASKS.items()},
    )


def download(kb: KnowledgeBase, source: SourceGraph, advice: Advice, name: str) -> Answer:
    """Return a file about a patient, with the bytes that the command writes.

    Args:
        kb: gave the advice.
        source: the patient, as it was read.
        advice: the advice for this patient.
        name: one of `DOWNLOADS`.

    Raises:
        Refusal: there is no such file, or none of a patient who violates the shapes.
    """
    if name not in DOWNLOADS:
        raise Refused(400, f"there is no such file; choose one of {', '.join(DOWNLOADS)}")
    media_type, conforming, write = DOWNLOADS[name]
    if conforming and not advice.conforms:
        raise Refused(422, "the patient does not conform, so there is no advice to keep; mend it")
    headers = (
        ("Cache-Control", "no-store"),
        ("Content-Disposition", f'attachment; filename="{name}"'),
    )
    return Answer(media_type=media_type, body=write(kb, source, advice), headers=headers)


def _explained(kb: KnowledgeBase, source: SourceGraph, advice: Advice) -> Explanation:
    day = advice.provenance.as_of
    derivation = kb.derive(source, as_of=date.fromisoformat(day) if day else None)
    return explain(kb.knowledge, advice, derivation)


def _problem(finding: Finding, source: SourceGraph, pages: Pages) -> Problem:
    concept = Index(source.triples).one(finding.focus, POEMKG + "concept")
    where = Ref(finding.focus, None)
    if concept is not None:
        where = Ref(pages.shown.link(concept).text, field_of(concept))
    return Problem(
        severity=Mark(finding.severity, TONES.get(finding.severity, "")),
        message=finding.message,
        where=where,
        path=_named(finding.path, pages) if finding.path else None,
        value=finding.value,
        shape=_named(finding.shape, pages),
    )


def _named(iri: str, pages: Pages) -> Ref:
    link = pages.shown.link(iri)
    return Ref(link.text, link.href)


def _diagnosis(found: Found, refers: Refers) -> Diagnosis:
    return Diagnosis(
        ref=refers.ref(found.disorder),
        basis=found.basis,
        status=in_words(found.status),
        by=refers.ref(found.classification) if found.classification else None,
        facts=refers.facts(found.facts),
    )


def _refusal(found: WhyNot, refers: Refers) -> Refusal:
    therapy = refers.ref(found.therapy)
    if found.option is not None:
        therapy = ref_to_card(therapy, found.therapy)
    reason = refers.words.say(f"why-not-{found.reason}", therapy=therapy.text)
    held = tuple(Told(criterion.text, (criterion,)) for criterion in refers.refs(found.held_by))
    if found.option is not None:
        return Refusal(therapy, reason, held)
    one = replace(refers.explanation, why_not=(found,))
    return Refusal(
        therapy, reason, nested(SECTIONS["why-not"](Unmarked(one, refers.words)), refers)
    )


def _test(found: TestFirst, refers: Refers) -> Test:
    statement = refers.told.statements.get(found.statement)
    return Test(
        ref=refers.ref(found.test),
        statement=refers.ref(found.statement),
        place=refers.place(found.source, statement),
        facts=refers.facts(found.facts),
    )


class _Notes:
    """Puts notices under what their kind is called."""

    def __init__(self, refers: Refers) -> None:
        self._refers = refers

    def by_kind(self, notices: Iterable[Notice]) -> tuple[Notes, ...]:
        kinds: dict[str, list[Note]] = {}
        for notice in notices:
            kinds.setdefault(notice.kind, []).append(self._note(notice))
        return tuple(Notes(k, in_words(k), tuple(found)) for k, found in kinds.items())

    def ours(self, notices: Iterable[Notice]) -> Notes | None:
        found = tuple(self._note(n) for n in notices if n.kind == _OURS)
        title = self._refers.words.say("section-decisions")
        return Notes(_OURS, title, found) if found else None

    def _note(self, notice: Notice) -> Note:
        refers = self._refers
        statement = notice.statement
        worded = notice.kind in _WORDED
        return Note(
            text=noted(notice, refers.told) if worded else notice.text or notice.label,
            ref=refers.ref(statement) if statement else None,
            place=refers.place(notice.source, refers.told.statements.get(statement or ""))
            if notice.source
            else None,
            may=notice.applies == "unknown",
            ours=notice.kind == _OURS or (statement is not None and refers.ours(statement)),
            facts=refers.facts(notice.facts),
        )


Writer = Callable[[KnowledgeBase, SourceGraph, Advice], bytes]


def _picture(kb: KnowledgeBase, source: SourceGraph, advice: Advice) -> bytes:
    words = words_for(kb.knowledge, AUDIENCE)
    return written(_explained(kb, source, advice), words, format="svg")


def _json(kb: KnowledgeBase, source: SourceGraph, advice: Advice) -> bytes:
    return (json.dumps(advice.to_json(), ensure_ascii=False, indent=2) + "\n").encode()


DOWNLOADS: Final[Mapping[str, tuple[str, bool, Writer]]] = {
    "advice.ttl": (
        "text/turtle; charset=utf-8",
        True,
        lambda kb, source, advice: advice_in(advice, "turtle"),
    ),
    "advice.jsonld": (
        "application/ld+json",
        True,
        lambda kb, source, advice: advice_in(advice, "jsonld"),
    ),
    "advice.json": ("application/json", False, _json),
    "patient.ttl": (
        "text/turtle; charset=utf-8",
        False,
        lambda kb, source, advice: serialise(source.triples, "turtle"),
    ),
    "provenance.svg": ("image/svg+xml", True, _picture),
}
"""Name of a file to its media type, whether the patient has to conform, and what writes it."""
