"""What a user would write without us: one rdflib graph, pySHACL, the derive queries once each.

`python -m benchmarks._reference PATIENTS.nt VALID.txt RESULT.json --most N --budget SECONDS`;
started by `benchmarks.cohort`. Patients are put in one graph and validated together with the
vocabulary that the shapes read. Those that conform are put in one graph with the ontology and what
is prepared from it, each derive query runs once in order and what it constructs is added, and the
conclusions are written as N-Triples. Loading knowledge and shapes counts as start-up, not as work.

Both halves take as many of the first patients as end within half of the budget, so they may differ
in number; the rate adds up what a patient costs in each. A small batch is a favour to the
reference, whose cost a patient grows with the batch.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.term import Node

from benchmarks._measuring import peak_mb
from benchmarks._same import about, blocks_of, digest, digests, patient_of
from poem_kg.knowledge import Knowledge, load_knowledge
from poem_kg.namespaces import POEMKG, SH
from poem_kg.resources import data_dir
from poem_kg.validation import PATIENT_SHAPES, vocabulary

logging.getLogger("rdflib").setLevel(logging.ERROR)

Triple = tuple[Node, Node, Node]


_FEW = 5
"""How many patients are done whatever they cost."""

T = TypeVar("T")


def main() -> None:
    """Measure and write the result."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("valid", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--most", type=int, required=True)
    parser.add_argument("--budget", type=float, required=True)
    arguments = parser.parse_args()
    blocks = blocks_of(arguments.source)
    valid = [b for b in arguments.valid.read_text().split() if b in blocks]

    start = time.perf_counter()
    knowledge = load_knowledge()
    known = _graph((*knowledge.ontology, *knowledge.prepared))
    words = _graph(vocabulary(knowledge))
    shapes = rdflib.Graph()
    for name in PATIENT_SHAPES:
        shapes.parse(data_dir("shapes") / f"{name}.ttl", format="turtle")
    start_up = time.perf_counter() - start

    def validate(some: Sequence[str]) -> set[str]:
        return _refused(_read(blocks[p] for p in some) + words, shapes)

    def conclude(some: Sequence[str]) -> tuple[bytes, dict[str, float]]:
        graph = _read(blocks[p] for p in some) + known
        conclusions, steps = _derive(graph, knowledge)
        return conclusions.serialize(format="nt", encoding="utf-8"), steps

    everyone = list(blocks)
    half = arguments.budget / 2
    validated, validating, refused = _as_many(validate, everyone, arguments.most, half)
    derived, deriving, (written, steps) = _as_many(conclude, valid, arguments.most, half)
    peak = peak_mb()
    found = (q.triple for q in ox.parse(written, format=ox.RdfFormat.N_TRIPLES))
    a_patient = validating / len(validated) + deriving / len(derived)
    result = {
        "patientsPerSecond": 1 / a_patient,
        "validated": len(validated),
        "validatedPerSecond": len(validated) / validating,
        "derived": len(derived),
        "derivedPerSecond": len(derived) / deriving,
        "startUpSeconds": start_up,
        "peakMb": peak,
        "slowestQueries": dict(sorted(steps.items(), key=lambda step: -step[1])[:5]),
        "conforming": sorted(set(validated) - refused),
        "digests": dict.fromkeys(derived, digest(())) | digests((about(t), t) for t in found),
    }
    arguments.result.write_text(json.dumps(result))


def _as_many(
    work: Callable[[Sequence[str]], T], patients: Sequence[str], most: int, budget: float
) -> tuple[Sequence[str], float, T]:
    """As many patients as can be done in so many seconds, what they took, and what came of it.

    Batches double as long as the next one, growing as the last one did, ends within the budget.
    """
    spent = before = 0.0
    count = _FEW
    while True:
        batch = patients[: min(count, most)]
        start = time.perf_counter()
        result = work(batch)
        seconds = time.perf_counter() - start
        spent += seconds
        expected = seconds * max(2.0, seconds / before if before else 2.0)
        if len(batch) < count or count >= most or spent + expected > budget:
            return batch, seconds, result
        before = seconds
        count *= 2


def _read(blocks: Iterable[bytes]) -> rdflib.Graph:
    return rdflib.Graph().parse(data=b"".join(blocks), format="nt")


def _graph(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    data = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=data, format="nt")


def _refused(graph: rdflib.Graph, shapes: rdflib.Graph) -> set[str]:
    """The patients in whose name a node with a violation begins."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none", advanced=False)
    severity, focus = rdflib.URIRef(SH + "resultSeverity"), rdflib.URIRef(SH + "focusNode")
    results = report.subjects(severity, rdflib.URIRef(SH + "Violation"))
    return {patient_of(str(report.value(result, focus))) for result in results} - {""}


def _derive(graph: rdflib.Graph, knowledge: Knowledge) -> tuple[rdflib.Graph, dict[str, float]]:
    """The conclusions, and the seconds of each query; the graph grows, by working triples too."""
    found: set[Triple] = set()
    steps: dict[str, float] = {}
    for query in knowledge.derive:
        start = time.perf_counter()
        constructed = graph.query(query.text).graph
        assert constructed is not None
        # SPARQL 1.1, 16.2: a triple with a literal as subject is left out; rdflib keeps it.
        new = [t for t in constructed if not isinstance(t[0], rdflib.Literal)]
        found.update(new)
        for triple in new:
            graph.add(triple)
        steps[query.name] = time.perf_counter() - start
    hidden = {
        rdflib.URIRef(t.subject.value)
        for t in knowledge.ontology
        if t.predicate.value == POEMKG + "internal" and isinstance(t.subject, ox.NamedNode)
    }
    conclusions = rdflib.Graph()
    for subject, predicate, value in found:
        if (value if predicate == rdflib.RDF.type else predicate) not in hidden:
            conclusions.add((subject, predicate, value))
    return conclusions, steps


if __name__ == "__main__":
    main()
