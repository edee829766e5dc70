"""What `recommend` says of one patient, to hold what a batch says against."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from poem_kg.cohort.advising import Adviser
from poem_kg.cohort.model import Block, PatientResult
from poem_kg.errors import InputError
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.model import Finding
from poem_kg.namespaces import POEMKG, RDF, SHAPES
from poem_kg.reading import read_graph
from tests.derivation.view import knowledge

EX = "https://example.org/"


@cache
def knowledge_base() -> KnowledgeBase:
    return KnowledgeBase(knowledge())


@cache
def adviser(as_of: date | None = None) -> Adviser:
    return Adviser(knowledge(), as_of=as_of)


@dataclass(frozen=True)
class Outcome:
    """What comes of a patient, in a form that can be compared.

    Attributes:
        triples: the graph of the advice; None for a patient without.
        findings: why there is none; of a file that cannot be used, the cause alone.
    """

    triples: frozenset[str] | None
    findings: tuple[Finding | str, ...] = ()


def alone(block: Block, *, as_of: date | None = None) -> Outcome:
    """Return what `recommend` says of a file that holds the lines of a block and nothing else."""
    suffix = ".nq" if block.graph else ".nt"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "patient" + suffix)
        path.write_bytes(block.data)
        try:
            advice = knowledge_base().recommend(path, as_of=as_of)
        except InputError as error:
            return Outcome(None, (f"{error.cause}; {error.advice}",))
    if not advice.conforms:
        return Outcome(None, advice.findings)
    return Outcome(frozenset(str(triple) for triple in advice.graph))


def outcome(result: PatientResult) -> Outcome:
    """Return what a batch says of a patient, without the graph that the advice stands in."""
    if result.rejected:
        (first, *others) = result.findings
        if first.shape == SHAPES + "usable" and not others:
            return Outcome(None, (first.message.split(": ", 1)[1],))
        return Outcome(None, result.findings)
    quads = list(ox.parse(result.advice, format=ox.RdfFormat.N_QUADS))
    assert {quad.graph_name for quad in quads} == {ox.NamedNode(result.patient + "/advice")}
    assert len(set(quads)) == len(quads), "a quad stands there twice"
    return Outcome(frozenset(str(quad.triple) for quad in quads))


def together(blocks: Sequence[Block], *, as_of: date | None = None) -> list[Outcome]:
    """Return what comes of the blocks in one batch."""
    return [outcome(result) for result in adviser(as_of).advise(blocks)]


def block(data: bytes, name: str = "patient") -> Block:
    return Block(name=name, data=data)


def block_of(triples: Iterable[ox.Triple], name: str = "patient") -> Block:
    return Block(name=name, data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")


def example(path: Path) -> Block:
    """Return an example file as lines of N-Triples."""
    return block_of(read_graph(path).triples, path.stem)


def made_up(*lines: str, iri: str = EX + "p") -> bytes:
    """Return a patient written in short: `S P O` with CURIEs of `a`, `poem:`, `ex:` or full IRIs.

    >>> made_up("ex:p poem:age 40").count(b"\\n")
    2
    """
    written = [f"<{iri}> <{RDF}type> <{POEMKG}Patient> .\n"]
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        written.append(f"{_term(subject)} {_term(predicate)} {_term(value)} .\n")
    return "".join(written).encode()


def _term(word: str) -> str:
    if word == "a":
        return f"<{RDF}type>"
    if word.isdigit():
        return f'"{word}"^^<http://www.w3.org/2001/XMLSchema#integer>'
    if word.startswith(("<", '"', "_:")):
        return word
    prefix, _, name = word.partition(":")
    return f"<{ {'poem': POEMKG, 'ex': EX}[prefix] }{name}>"
