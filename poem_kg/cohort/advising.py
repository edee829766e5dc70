"""Advice for a batch of patients: what `recommend` says of each alone, at the price of a few.

Patients are read, admitted, renamed, validated together, derived together, and told apart again.
Nothing about one patient depends on who else is in the batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pyoxigraph as ox

from poem_kg.cohort.blocks import without_advice
from poem_kg.cohort.cases import NUMBER, Case, can_be_renamed
from poem_kg.cohort.model import Block, PatientResult
from poem_kg.cohort.reads import TYPE
from poem_kg.cohort.rows import AS_OF, as_of, indexed, made_by, option_rows, tally_of
from poem_kg.cohort.runs import Runs
from poem_kg.cohort.steps import Steps, internal_words
from poem_kg.derivation import derive
from poem_kg.errors import InputError, PoemKgError
from poem_kg.guest import Admission
from poem_kg.knowledge import Knowledge
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.model import Finding
from poem_kg.namespaces import XSD
from poem_kg.reading import BlockReader, PlainBlock, read_block
from poem_kg.validation import PatientValidator, in_order


@dataclass(frozen=True)
class _Guest:
    """A block that was read and admitted."""

    iri: str
    source: PlainBlock = field(repr=False)
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
        self._reader = BlockReader(limits)
        self._validator = PatientValidator(knowledge)
        self._steps = Steps(knowledge.derive, internal_words(knowledge))
        self._runs = Runs(knowledge)
        self._words = words_of(knowledge)
        self._hashes = hashes_of(self._words)
        self._plain: set[bytes] = set()
        self._read = self._steps.reads.words | object_words(knowledge) | {TYPE}
        self._prepared = [
            quad for quad in knowledge.store() if str(quad.predicate).encode() in self._read
        ]

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
                results[number] = without_advice(block, str(error))
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
        findings: tuple[Finding, ...] = ()
        quads = block.graph is not None
        plain = self._reader.plain(block.data, quads=quads)
        iri = self._admission.glance(plain.lines) if plain is not None else None
        if plain is None or iri is None:
            source, lines = read_block(
                block.data, quads=quads, name=block.name, limits=self._limits
            )
            iri = self._admission.admit(source)
            findings = self._admission.unknown_terms(source)
            plain = PlainBlock(tuple(lines), source.digest, source.graph_digest)
        told = plain.lines
        if self._as_of is not None:
            day = f'"{self._as_of.isoformat()}"^^<{XSD}date>'
            told = (*told, b"<%s> %s %s .\n" % (iri.encode(), AS_OF, day.encode()))
        case = None
        if can_be_renamed(iri, told):
            case = Case(number, iri, told, self._words.__contains__, self._hashes, self._plain)
        return _Guest(iri=iri, source=plain, lines=told, findings=findings, case=case)

    def _validated(self, guests: dict[int, _Guest]) -> Iterable[tuple[int, _Guest]]:
        """The guests with all findings about those who cannot be advised."""
        cases = {g.case.name: g for g in guests.values() if g.case is not None}
        texts = {name: b"".join(g.case.lines) for name, g in cases.items() if g.case is not None}
        found = self._validator.refused(
            {name: text for name, text in texts.items() if not cases[name].findings}
        )
        found |= self._validator.validate_many(
            {name: text for name, text in texts.items() if cases[name].findings}
        )
        for number, guest in guests.items():
            if guest.case is None:
                own = self._validator.validate(_parsed(guest.lines)).findings
            else:
                own = in_order(_named_back(f, guest.case) for f in found.get(guest.case.name, ()))
            yield number, replace(guest, findings=guest.findings + own)

    def _derived(self, guests: dict[int, _Guest]) -> dict[int, list[bytes]]:
        """The conclusions about each, in terms of the input."""
        together = [guest.case for guest in guests.values() if guest.case is not None]
        by_case: dict[bytes, list[bytes]] = {case.name[-5:].encode(): [] for case in together}
        if together:
            store = ox.Store()
            store.bulk_extend(self._prepared)
            data = b"".join(line for case in together for line in case.lines if self._is_read(line))
            # What was read and checked needs no checking again, here and in the steps.
            store.load(data, format=ox.RdfFormat.N_TRIPLES, lenient=True)
            for lines in self._steps.run(store):
                for line in lines:
                    by_case[line[NUMBER]].append(line)
        found: dict[int, list[bytes]] = {}
        for number, guest in guests.items():
            if guest.case is None:
                lines = _written(derive(self._knowledge, _parsed(guest.lines)).advice)
                found[number] = sorted(line[:-3] for line in lines)
            else:
                found[number] = guest.case.named_back(set(by_case[guest.case.name[-5:].encode()]))
        return found

    def _is_read(self, line: bytes) -> bool:
        """Whether a query could read a line: foreign data need not be loaded at all."""
        return line.split(b" ", 2)[1] in self._read

    def _result(self, guest: _Guest, conclusions: list[bytes]) -> PatientResult:
        terms = indexed(conclusions)
        graph = b" <%s/advice> .\n" % guest.iri.encode()
        nodes = made_by(terms)
        run = self._runs.text(
            guest.iri,
            guest.source,
            as_of=self._as_of.isoformat() if self._as_of else as_of(terms),
            nodes=nodes,
            queries=(query for made in nodes.values() for query in made),
            graph=graph,
        )
        # In canonical lines a point before a line feed ends the line, and nothing else.
        own = b"".join(guest.source.lines).replace(b" .\n", graph)
        return PatientResult(
            patient=guest.iri,
            advice=b"".join((own, *(line + graph for line in conclusions), run)),
            options=option_rows(self._knowledge, guest.iri, terms),
            tally=tally_of(terms),
        )


class _Unreadable(PoemKgError):
    """What stood in the place of a patient could not be read."""


def _named_back(finding: Finding, case: Case) -> Finding:
    return replace(
        finding,
        focus=case.text(finding.focus),
        value=None if finding.value is None else case.text(finding.value),
        message=case.text(finding.message),
    )


def words_of(knowledge: Knowledge) -> frozenset[bytes]:
    """Return every IRI of the knowledge, in angle brackets."""
    return frozenset(
        str(term).encode()
        for triple in (*knowledge.ontology, *knowledge.prepared)
        for term in (triple.subject, triple.predicate, triple.object)
        if isinstance(term, ox.NamedNode)
    )


def hashes_of(words: Iterable[bytes]) -> frozenset[bytes]:
    """Return the SHA1 of each IRI in angle brackets, as minted IRIs hold it."""
    return frozenset(
        hashlib.sha1(word[1:-1], usedforsecurity=False).hexdigest().encode() for word in words
    )


def object_words(knowledge: Knowledge) -> frozenset[bytes]:
    """Return every IRI that is an object: a variable predicate of a query can stand for these."""
    return frozenset(
        str(triple.object).encode()
        for triple in (*knowledge.ontology, *knowledge.prepared)
        if isinstance(triple.object, ox.NamedNode)
    )


def _parsed(lines: Iterable[bytes]) -> list[ox.Triple]:
    return [q.triple for q in ox.parse(b"".join(lines), format=ox.RdfFormat.N_TRIPLES)]


def _written(triples: Iterable[ox.Triple]) -> list[bytes]:
    written = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    return written.splitlines(keepends=True)
