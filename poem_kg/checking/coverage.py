"""What of a source is not said by a statement, and which statement no patient has met.

An example patient that cannot be used is told too: otherwise nobody would miss what it shows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from poem_kg.checking.asked import Unplaced
from poem_kg.checking.folder import ROOT
from poem_kg.checking.model import Problem, found
from poem_kg.checking.rules import CLAIM_GAPS, EXAMPLE_PATIENTS, NO_PATIENT
from poem_kg.errors import InputError, PoemKgError, one_line
from poem_kg.namespaces import POEMKG, RDF
from poem_kg.resources import data_dir

if TYPE_CHECKING:
    from poem_kg.knowledge_base import KnowledgeBase

_CLAIM: Final = POEMKG + "claim"
_SOURCE: Final = POEMKG + "source"
_NUMBERED: Final = re.compile(r"(?P<letters>[A-Za-z]*)(?P<digits>[0-9]+)")
_NOT_SHOWN: Final = frozenset(POEMKG + name for name in ("Departure", "Interpretation", "PageFact"))
"""Kinds of statements that are about the source or the model, so no patient need meet them."""


def claim_problems(triples: Iterable[ox.Triple]) -> Iterator[Unplaced]:
    """Yield the claims of a page that no statement has, between the first and the last number.

    Args:
        triples: the ontology.
    """
    claims: dict[str, str] = {}
    sources: dict[str, str] = {}
    for t in triples:
        if isinstance(t.subject, ox.NamedNode):
            if t.predicate.value == _CLAIM and isinstance(t.object, ox.Literal):
                claims[t.subject.value] = t.object.value
            elif t.predicate.value == _SOURCE and isinstance(t.object, ox.NamedNode):
                sources[t.subject.value] = t.object.value
    series: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    width: dict[tuple[str, str], int] = {}
    for statement, claim in sorted(claims.items(), key=lambda said: said[0] not in sources):
        match = _NUMBERED.fullmatch(claim)
        if match is None:
            continue
        # One that does not say its source is found for that, not for the gap that it may fill.
        where = {sources[statement]} if statement in sources else set(sources.values())
        for source in where:
            key = (source, match["letters"])
            if statement in sources or key in series:
                series[key][int(match["digits"])] = statement
                width[key] = max(width.get(key, 0), len(match["digits"]))
    for (source, letters), numbers in sorted(series.items()):
        for number in range(min(numbers), max(numbers)):
            if number in numbers:
                continue
            claim = f"{letters}{number:0{width[source, letters]}d}"
            before = numbers[max(n for n in numbers if n < number)]
            stem = before.removesuffix(claims[before])
            # Where statements are called by their claims, so would be the one that is missing.
            term = stem + claim if stem != before else source
            message = f"would be claim {claim}, for which there is no statement"
            yield found(CLAIM_GAPS, term, message), (before,)


def patient_problems(root: Path) -> Iterator[Problem]:
    """Yield what is wrong with example patients, and the statements that show in none of them.

    The patients are those in `examples/` beside the folder, or else those of the package.

    Args:
        root: an ontology folder without errors, or with such as are waived.
    """
    try:
        yield from _patient_problems(root)
    except PoemKgError as error:
        # What a waiver sets aside may be what the advice cannot do without.
        yield found(
            EXAMPLE_PATIENTS,
            ROOT,
            f"cannot be tried on patients: {error}",
            advice="Correct that, even where a waiver sets a finding about it aside.",
            file=ROOT,
        )


def _patient_problems(root: Path) -> Iterator[Problem]:
    from poem_kg.knowledge_base import KnowledgeBase
    from poem_kg.tracing.tracing import patient_files, trace

    beside = root.parent / "examples"
    folder = beside if beside.is_dir() else data_dir("examples")
    kb = KnowledgeBase.load(ontology=root)
    usable = []
    for path in patient_files([folder]):
        name = one_line(f"examples/{path.relative_to(folder).as_posix()}")
        problems = list(_example_problems(kb, path, name))
        yield from problems
        if not problems:
            usable.append(path)
    types: dict[str, set[str]] = defaultdict(set)
    for t in kb.knowledge.ontology:
        if t.predicate.value == RDF + "type":
            types[t.subject.value].add(t.object.value)  # type: ignore[union-attr]
    traced = trace(kb, usable)
    for statement in traced.statements:
        if not statement.exercises and not types[statement.iri] & _NOT_SHOWN:
            message = f"shows in none of {traced.patients} example patients"
            yield found(NO_PATIENT, statement.iri, message)


def _example_problems(kb: KnowledgeBase, path: Path, name: str) -> Iterator[Problem]:
    """What keeps an example from being advised on; its name is that beside the ontology."""
    file = f"../{name}"
    try:
        source = kb.read(path)
        findings = kb.validate(source)
    except InputError as error:
        line = error.location.removeprefix(f"{path}:")
        yield found(
            EXAMPLE_PATIENTS,
            name,
            error.cause,
            advice=f"{error.advice[:1].upper()}{error.advice[1:]}.",
            file=file,
            line=int(line) if line.isdecimal() else None,
        )
        return
    for finding in findings:
        if finding.severity == "Violation":
            message = f"does not conform: {finding.message}"
            line_of_focus = source.lines.get(finding.focus)
            yield found(EXAMPLE_PATIENTS, finding.focus, message, file=file, line=line_of_focus)
