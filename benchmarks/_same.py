"""Whether two runs hold the same conclusions, patient by patient, by digest.

Set aside before the comparison, because only one side has them or both copy them:

- the patient's own triples, which our advice repeats and the reference keeps in its input;
- the run that derived the advice: everything about `urn:poem-kg:...` nodes, and the
  `prov:wasGeneratedBy` that leads to them. They hold digests of the input and of our queries.

Numbers are compared as numbers, since `4.50` and `4.5` are one value spelt twice.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox
import zstandard

from poem_kg.namespaces import PROV, XSD
from poem_kg.provenance import URN

SET_ASIDE = ("the patient's own triples", "the run (urn:poem-kg:*)", "prov:wasGeneratedBy")
_NUMBERS = (XSD + "decimal", XSD + "integer")


def digests(triples: Iterable[tuple[str, ox.Triple]]) -> dict[str, str]:
    """Return a digest of the triples of each patient, in whatever order they come."""
    lines: dict[str, set[str]] = defaultdict(set)
    for patient, triple in triples:
        lines[patient].add(_line(triple))
    return {patient: _of_lines(told) for patient, told in lines.items()}


def digest(triples: Iterable[ox.Triple]) -> str:
    """Return a digest of triples, in whatever order they come."""
    return _of_lines({_line(triple) for triple in triples})


def our_digests(advice: Path, source: Path) -> dict[str, str]:
    """Return a digest of the conclusions about each patient in `advice.nq.zst`.

    Args:
        advice: the file, in which the quads of a patient stand together.
        source: the patients in N-Triples, whose own triples are set aside.
    """
    blocks = blocks_of(source)
    found: dict[str, str] = {}
    for graph, quads in groupby(quads_of(advice), key=lambda quad: quad.graph_name):
        assert isinstance(graph, ox.NamedNode)
        patient = graph.value.removesuffix("/advice")
        if patient in found:
            raise SystemExit(f"{advice}: the quads of {patient} do not stand together")
        own = {q.triple for q in ox.parse(blocks[patient], format=ox.RdfFormat.N_TRIPLES)}
        told = (quad.triple for quad in quads if not _of_the_run(quad.triple))
        found[patient] = digest(triple for triple in told if triple not in own)
    return found


def _of_the_run(triple: ox.Triple) -> bool:
    subject = triple.subject
    run = isinstance(subject, ox.NamedNode) and subject.value.startswith(URN)
    return run or triple.predicate.value == PROV + "wasGeneratedBy"


def quads_of(advice: Path) -> Iterator[ox.Quad]:
    """Yield the quads of a packed file, one frame after the other."""
    with advice.open("rb") as file:
        reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        yield from ox.parse(reader, format=ox.RdfFormat.N_QUADS)


def patient_of(node: str) -> str:
    """Return the patient in whose name a node of `benchmarks.patients` begins, or ""."""
    start, mark, rest = node.partition("/cohort/P")
    return f"{start}{mark}{rest.split('/')[0]}" if mark else ""


def about(triple: ox.Triple) -> str:
    """Return the patient in whose name the subject of a conclusion begins, or ""."""
    return patient_of(triple.subject.value) if isinstance(triple.subject, ox.NamedNode) else ""


def blocks_of(source: Path) -> dict[str, bytes]:
    """Return the lines of each patient of a file that `benchmarks.patients` wrote.

    Lines about operators and centres belong to the patient before them.
    """
    blocks: dict[str, list[bytes]] = {}
    patient = ""
    with source.open("rb") as file:
        for line in file:
            patient = patient_of(line[1:].split(b">", 1)[0].decode()) or patient
            blocks.setdefault(patient, []).append(line)
    return {patient: b"".join(lines) for patient, lines in blocks.items()}


def _of_lines(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _line(triple: ox.Triple) -> str:
    value = triple.object
    if isinstance(value, ox.Literal) and value.datatype.value in _NUMBERS:
        number = Decimal(value.value).normalize()
        value = ox.Literal(f"{number:f}", datatype=value.datatype)
    return f"{triple.subject} {triple.predicate} {value}"
