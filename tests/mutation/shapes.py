"""Mutants of shapes, judged by the cases of `tests/shapes`: what should fire, and nothing else."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import pyoxigraph as ox
import shacl

from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, RDF, RDFS, SH, SHAPES
from poem_kg.resources import data_dir
from poem_kg.validation import CONCLUSION_SHAPES, PATIENT_SHAPES, STATEMENT_SHAPES, vocabulary
from tests.mutation.bench import Caught
from tests.mutation.queries import FLIPS
from tests.shapes.support import (
    CONCLUSIONS,
    DEFECTS,
    EXAMPLES,
    PATIENTS,
    SEVERITY,
    Case,
    knowledge,
    read,
)
from tests.shapes.test_conclusion_shapes import advised

Graph = frozenset[ox.Triple]
SAMPLE = 300
ROOMS: Mapping[str, tuple[str, ...]] = {
    "patients": PATIENT_SHAPES,
    "statements": STATEMENT_SHAPES,
    "conclusions": CONCLUSION_SHAPES,
}
_CASE = "https://example.org/case/"
_ABOUT = {SH + n for n in ("message", "description", "name", "prefixes", "declare", "prefix")}
_ABOUT |= {SH + "namespace", RDF + "type", RDF + "rest"}
_OTHER = {
    SH + "Violation": SH + "Warning",
    SH + "Warning": SH + "Info",
    SH + "Info": SH + "Warning",
    POEMKG + "present": POEMKG + "absent",
    POEMKG + "absent": POEMKG + "present",
    POEMKG + "provisional": POEMKG + "absent",
}
_SIGNS = re.compile(r'"[^"]*"|<=|>=|!=|&&|\|\||[<>=](?![\w/:.#-]*>)|\b(?:DISTINCT|MIN|MAX)\b')
_LINE = re.compile(r"^\s*(?:FILTER\b.*|\S+ \S+ \S+ \.)\s*$")


@dataclass(frozen=True)
class ShapeMutant:
    """One change of one shape.

    Attributes:
        room: which shapes it belongs to: "patients", "statements" or "conclusions".
        name: the shape and the change in words.
        shapes: local names of the shapes whose cases may notice it.
        graph: all shapes of the room after the change.
    """

    room: str
    name: str
    shapes: frozenset[str]
    graph: Graph = field(repr=False)


def shape_mutants(*, sample: int | None = SAMPLE) -> list[ShapeMutant]:
    """Return mutants of the shapes of every room, in the order of their names.

    Args:
        sample: how many, the same ones each time; None for all.
    """
    found: dict[str, ShapeMutant] = {}
    for room in ROOMS:
        for mutant in _of_room(room, _room(room)):
            found.setdefault(mutant.name, mutant)
    mutants = sorted(found.values(), key=lambda mutant: mutant.name)
    if sample is not None and sample < len(mutants):
        mutants = random.Random(1).sample(mutants, sample)
    return sorted(mutants, key=lambda mutant: (mutant.room, mutant.name))


@cache
def _room(room: str) -> Graph:
    return frozenset(t for n in ROOMS[room] for t in read(data_dir("shapes") / f"{n}.ttl"))


def _severities(graph: Graph) -> Graph:
    """Return what `test_severities` lists."""
    return frozenset(t for t in graph if t.predicate == SEVERITY)


def _of_room(room: str, graph: Graph) -> Iterator[ShapeMutant]:
    owners, below = _owners(graph), _below(graph)
    seen: Counter[str] = Counter()
    for triple in sorted(graph, key=lambda t: _said(t, owners)):
        owner = owners.get(triple.subject)
        if owner is None or triple.predicate.value in _ABOUT:
            continue
        if not triple.predicate.value.startswith(SH) and triple.predicate.value != RDF + "first":
            continue
        for what, other in _changes(triple):
            name = f"{owner}: {_said(triple, owners)}: {what}"
            seen[name] += 1
            name += f" #{seen[name]}" if seen[name] > 1 else ""
            changed = (graph - {triple}) | ({other} if other else frozenset())
            yield ShapeMutant(room, name, below(owner), changed)


def _owners(graph: Graph) -> Mapping[object, str]:
    """Return the named shape to which each node belongs, by its local name."""
    above = {t.object: t.subject for t in graph if isinstance(t.object, ox.BlankNode)}
    owners: dict[object, str] = {}
    for node in {t.subject for t in graph}:
        top = node
        while isinstance(top, ox.BlankNode) and top in above:
            top = above[top]
        if isinstance(top, ox.NamedNode) and top.value.startswith(SHAPES):
            owners[node] = top.value.removeprefix(SHAPES)
    return owners


def _below(graph: Graph) -> Callable[[str], frozenset[str]]:
    """Return a function that gives a shape, those it refers to and those that refer to it."""
    owners = _owners(graph)
    links: dict[str, set[str]] = defaultdict(set)
    for t in graph:
        if isinstance(t.object, ox.NamedNode) and t.object in owners and t.subject in owners:
            links[owners[t.subject]].add(owners[t.object])
            if not t.predicate.value.endswith("property"):
                links[owners[t.object]].add(owners[t.subject])

    def below(name: str) -> frozenset[str]:
        reached, waiting = {name}, [name]
        while waiting:
            for other in links[waiting.pop()] - reached:
                reached.add(other)
                waiting.append(other)
        return frozenset(reached)

    return below


def _changes(triple: ox.Triple) -> Iterator[tuple[str, ox.Triple | None]]:
    value, told = triple.object, triple.predicate.value
    if told == SH + "select":
        assert isinstance(value, ox.Literal)
        for what, text in _texts(value.value):
            yield what, ox.Triple(triple.subject, triple.predicate, ox.Literal(text))
        return
    if told != RDF + "first" and told != SH + "path":
        yield "dropped", None
    if isinstance(value, ox.Literal) and value.value.isdigit():
        for number in (int(value.value) + 1, int(value.value) - 1):
            if number >= 0:
                literal = ox.Literal(str(number), datatype=value.datatype)
                yield str(number), ox.Triple(triple.subject, triple.predicate, literal)
    if isinstance(value, ox.NamedNode) and value.value in _OTHER:
        other = _OTHER[value.value]
        yield _local(other), ox.Triple(triple.subject, triple.predicate, ox.NamedNode(other))


def _texts(text: str) -> Iterator[tuple[str, str]]:
    """Yield each change of the SPARQL of a constraint: a line dropped, a sign flipped."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if _LINE.match(line):
            changed = "\n".join(lines[:number] + lines[number + 1 :])
            if _runs(changed):
                yield f"without {' '.join(line.split())}", changed
    for match in _SIGNS.finditer(text):
        for other in FLIPS.get(match[0].upper(), ()):
            changed = text[: match.start()] + other + text[match.end() :]
            if _runs(changed):
                start = text.rfind("\n", 0, match.start()) + 1
                line = " ".join(text[start : text.find("\n", match.end())].split())
                yield f"{other or 'nothing'} for {match[0]} in {line}", changed


def _runs(text: str) -> bool:
    prefixes = f"PREFIX poemkg: <{POEMKG}> PREFIX rdfs: <{RDFS}> PREFIX rdf: <{RDF}>\n"
    more = "".join(
        f"PREFIX {p}: <urn:{p}>\n"
        for p in set(re.findall(r"\b([a-z]+):\w", text)) - {"poemkg", "rdfs", "rdf"}
    )
    try:
        ox.Store().query(prefixes + more + text.replace("$PATH", "poemkg:hasRecord"))
    except (SyntaxError, RuntimeError):
        return False
    return True


def try_shapes(mutants: Sequence[ShapeMutant]) -> dict[str, Caught]:
    """Return which case notices each mutant that is noticed, by the name of the mutant."""
    caught: dict[str, Caught] = {}
    for mutant in mutants:
        case = _notices(mutant)
        if case:
            caught[mutant.name] = Caught(by="shape case", what=case)
    return caught


def _notices(mutant: ShapeMutant) -> str | None:
    if _severities(mutant.graph) != _severities(_room(mutant.room)):
        return "the list of severities"
    try:
        shapes = shacl.Shapes.from_text(_text(mutant.graph))
    except ValueError:
        return "the engine refuses the shapes"
    if mutant.room == "patients":
        cases = tuple(case for case in PATIENTS if case.shape in mutant.shapes)
        return _patients_notice(cases, _run(shapes, _patients(cases)))
    defects = DEFECTS if mutant.room == "statements" else CONCLUSIONS
    sound = "sound" if mutant.room == "statements" else "advised"
    related = [case for case in defects if case.shape in mutant.shapes]
    if _run(shapes, _sound(sound)):
        return "the sound knowledge"
    for case in related:
        found = [result[1] for result in _run(shapes, _defective(sound, case))]
        if found.count(case.shape) != case.expected or set(found) != {case.shape, *case.also}:
            return case.id
    return None


def _run(shapes: shacl.Shapes, data: str) -> set[tuple[str, ...]]:
    """Return focus, shape, severity and what else tells two findings apart."""
    try:
        results = shapes.validate_text(data, format="ntriples").results
    except ValueError:
        return {("", "", "refused")}
    return {
        (
            r.focus_node.strip("<>"),
            (r.source_shape or "").strip("<>").removeprefix(SHAPES),
            r.severity,
            r.path or "",
            r.value_plain or "",
            r.message or "",
        )
        for r in results
    }


def _patients_notice(cases: Sequence[Case], found: Iterable[tuple[str, ...]]) -> str | None:
    """Return a case whose findings are not what it expects, as `test_patient_shapes` asks."""
    by_case: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for focus, shape, severity, *_ in found:
        by_case[focus.removeprefix(_CASE).split("/")[0] if _CASE in focus else "example"].append(
            (shape, severity)
        )
    for number, case in enumerate(cases):
        here = by_case[str(number)]
        grave = {shape for shape, severity in here if severity != "Info"}
        fired = sum(shape == case.shape for shape, _ in here)
        if fired != case.expected or not grave <= ({case.shape, *case.also} if fired else set()):
            return case.id
    return "an example" if any(s != "Info" for _, s in by_case["example"]) else None


@lru_cache(maxsize=4)
def _patients(cases: Sequence[Case]) -> str:
    """The patients of cases and two examples beside each other, each with IRIs of its own."""
    texts = [
        _text(case.triples()).replace(f"<{_CASE}", f"<{_CASE}{number}/")
        for number, case in enumerate(cases)
    ]
    texts += [_text(read(path)) for path in EXAMPLES if path.stem.startswith(("S10", "S13b"))]
    return "".join(texts) + _text(vocabulary(knowledge()))


@cache
def _sound(which: str) -> str:
    return _text(_base(which).ontology + _base(which).prepared)


@lru_cache(maxsize=12)
def _defective(which: str, case: Case) -> str:
    store = _base(which).store()
    store.update(Path(case.path).read_text(encoding="utf-8"))
    return _text(quad.triple for quad in store)


def _base(which: str) -> Knowledge:
    return knowledge() if which == "sound" else advised()


def _text(triples: Iterable[ox.Triple]) -> str:
    return (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()


def _said(triple: ox.Triple, owners: Mapping[object, str]) -> str:
    value = triple.object
    if isinstance(value, ox.BlankNode):
        return f"{_local(triple.predicate.value)} [...]"
    text = _local(value.value if isinstance(value, ox.NamedNode | ox.Literal) else str(value))
    return f"{_local(triple.predicate.value)} {' '.join(text.split())[:60]}"


def _local(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1] if iri.startswith("http") else iri
