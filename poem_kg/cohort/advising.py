"""Advice for a batch of patients: what `recommend` says of each alone, at the price of a few.

Patients are read, admitted, renamed, validated together, derived together, and told apart again.
Nothing about one patient depends on who else is in the batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import pyoxigraph as ox

from poem_kg.cohort.cases import Case, can_be_renamed, case_of, rename
from poem_kg.cohort.model import Block, PatientResult
from poem_kg.cohort.rows import option_rows, tally_of
from poem_kg.cohort.steps import Steps, internal_words
from poem_kg.derivation import derive
from poem_kg.errors import InputError, PoemKgError
from poem_kg.guest import Admission
from poem_kg.knowledge import Knowledge
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.model import Finding, Provenance, QueryReference
from poem_kg.namespaces import POEMKG, SHAPES, XSD
from poem_kg.provenance import run_triples
from poem_kg.reading import SourceGraph, read_block
from poem_kg.validation import PatientValidator

_AS_OF: Final = f"<{POEMKG}asOf>".encode()
_DERIVED_BY: Final = f"<{POEMKG}derivedBy>".encode()


@dataclass(frozen=True)
class _Guest:
    """A block that was read and admitted."""

    iri: str
    source: SourceGraph = field(repr=False)
    lines: tuple[bytes, ...] = field(repr=False)
    findings: tuple[Finding, ...]
    case: Case | None


class Adviser:
    """The knowledge, prepared once, to advise any number of batches in one process.

    Args:
        knowledge: what to derive from.
        as_of: the day for which to advise; without it the newest date among a patient's records.
        limits: what one patient may take.
    """

    def __init__(
        self, knowledge: Knowledge, *, as_of: date | None = None, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        self._knowledge = knowledge
        self._as_of = as_of
        self._limits = limits
        self._admission = Admission(knowledge)
        self._validator = PatientValidator(knowledge)
        self._internal = internal_words(knowledge)
        self._steps = Steps(knowledge.derive, self._internal)
        self._words = _words(knowledge)
        self._hashes = frozenset(
            hashlib.sha1(word[1:-1], usedforsecurity=False).hexdigest().encode()
            for word in self._words
        )
        self._queries = tuple(
            QueryReference(name=q.name, iri=q.iri, digest=q.digest)
            for q in (*knowledge.prepare, *knowledge.derive)
        )

    def advise(self, blocks: Sequence[Block]) -> list[PatientResult]:
        """Return what comes of each block, in their order.

        Args:
            blocks: at most 100,000 patients; some hundred at a time are quickest.

        Raises:
            KnowledgeError: a query or a shape is wrong.
        """
        results: dict[int, PatientResult] = {}
        guests: dict[int, _Guest] = {}
        for number, block in enumerate(blocks):
            try:
                guests[number] = self._guest(number, block)
            except (InputError, _Unreadable) as error:
                results[number] = _refused(block, error)
        conforming: dict[int, _Guest] = {}
        for number, guest in self._validated(guests):
            if any(finding.severity == "Violation" for finding in guest.findings):
                results[number] = PatientResult(patient=guest.iri, findings=guest.findings)
            else:
                conforming[number] = guest
        conclusions = self._derived(conforming)
        for number, guest in conforming.items():
            results[number] = self._result(guest, conclusions[number])
        return [results[number] for number in range(len(blocks))]

    def _guest(self, number: int, block: Block) -> _Guest:
        if block.problem is not None:
            raise _Unreadable(block.problem)
        source, lines = read_block(
            block.data,
            quads=block.graph is not None,
            name=block.name,
            limits=self._limits,
        )
        iri = self._admission.admit(source)
        told = list(lines)
        if self._as_of is not None:
            day = f'"{self._as_of.isoformat()}"^^<{XSD}date>'
            told.append(b"<%s> %s %s .\n" % (iri.encode(), _AS_OF, day.encode()))
        renamable = can_be_renamed(iri, (_subject(t) for t in source.triples))
        return _Guest(
            iri=iri,
            source=source,
            lines=tuple(told),
            findings=self._admission.unknown_terms(source),
            case=rename(number, iri, told, self._words.__contains__) if renamable else None,
        )

    def _validated(self, guests: dict[int, _Guest]) -> Iterable[tuple[int, _Guest]]:
        cases = {
            guest.case.name: b"".join(guest.case.lines)
            for guest in guests.values()
            if guest.case is not None
        }
        found = self._validator.validate_many(cases)
        for number, guest in guests.items():
            if guest.case is None:
                own = self._validator.validate(_parsed(guest.lines)).findings
            else:
                own = tuple(_named_back(f, guest.case) for f in found[guest.case.name])
            yield number, replace(guest, findings=guest.findings + own)

    def _derived(self, guests: dict[int, _Guest]) -> dict[int, list[bytes]]:
        """The conclusions about each, in lines of N-Triples under the input's own names."""
        together = [guest.case for guest in guests.values() if guest.case is not None]
        by_case: dict[bytes, set[bytes]] = {case.name.encode(): set() for case in together}
        if together:
            store = self._knowledge.store()
            data = b"".join(line for case in together for line in case.lines)
            store.load(data, format=ox.RdfFormat.N_TRIPLES)
            for line in self._steps.run(store):
                by_case[case_of(line) or b""].add(line)
        found = {}
        for number, guest in guests.items():
            if guest.case is None:
                advice = derive(self._knowledge, _parsed(guest.lines)).advice
                found[number] = sorted(_written(advice))
            else:
                text = b"".join(by_case[guest.case.name.encode()])
                named = guest.case.named_back(text, self._hashes)
                # Sorted again: minted names follow the place in the batch until they are named back.
                found[number] = sorted(named.splitlines(keepends=True))
        return found

    def _result(self, guest: _Guest, conclusions: list[bytes]) -> PatientResult:
        as_of = self._as_of.isoformat() if self._as_of else _as_of(conclusions)
        provenance = Provenance(
            ontology_version=self._knowledge.version,
            ontology_digest=self._knowledge.digest,
            input_digest=guest.source.digest,
            input_graph_digest=guest.source.graph_digest,
            as_of=as_of,
            queries=self._queries,
        )
        made_by = _parsed(line for line in conclusions if line.split(b" ", 2)[1] == _DERIVED_BY)
        run = run_triples(provenance, made_by, patient=guest.iri)
        lines = dict.fromkeys((*_written(guest.source.triples), *conclusions, *_written(run)))
        graph = f"<{guest.iri}/advice>".encode()
        return PatientResult(
            patient=guest.iri,
            advice=b"".join(lines).replace(b" .\n", b" %s .\n" % graph),
            options=option_rows(self._knowledge, guest.iri, conclusions),
            tally=tally_of(conclusions),
        )


class _Unreadable(PoemKgError):
    """What stood in the place of a patient could not be read."""


def _refused(block: Block, error: PoemKgError) -> PatientResult:
    """A block that cannot be used at all."""
    patient = block.graph or block.name
    finding = Finding(
        focus=patient,
        path=None,
        value=None,
        severity="Violation",
        message=str(error),
        shape=SHAPES + "usable",
    )
    return PatientResult(patient=patient, findings=(finding,))


def _named_back(finding: Finding, case: Case) -> Finding:
    told = (finding.focus, finding.path, finding.value, finding.message)
    focus, path, value, message = (
        None if text is None else case.named_back(text.encode(), ()).decode() for text in told
    )
    return replace(finding, focus=focus or "", path=path, value=value, message=message or "")


def _words(knowledge: Knowledge) -> frozenset[bytes]:
    """Every IRI of the knowledge, in angle brackets."""
    return frozenset(
        str(term).encode()
        for triple in (*knowledge.ontology, *knowledge.prepared)
        for term in (triple.subject, triple.predicate, triple.object)
        if isinstance(term, ox.NamedNode)
    )


def _subject(triple: ox.Triple) -> str:
    assert isinstance(triple.subject, ox.NamedNode)
    return triple.subject.value


def _parsed(lines: Iterable[bytes]) -> list[ox.Triple]:
    return [q.triple for q in ox.parse(b"".join(lines), format=ox.RdfFormat.N_TRIPLES)]


def _written(triples: Iterable[ox.Triple]) -> list[bytes]:
    written = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    return written.splitlines(keepends=True)


def _as_of(conclusions: Iterable[bytes]) -> str | None:
    for line in conclusions:
        _, predicate, value = line.split(b" ", 2)
        if predicate == _AS_OF:
            return value.split(b'"', 2)[1].decode()
    return None
