"""What the OWL engines find: the profile, contradictions and classes without members, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from poem_kg.checking.folder import Folder
from poem_kg.checking.model import Problem, Rule, found
from poem_kg.checking.places import placed
from poem_kg.checking.rules import CONSISTENCY, PROFILE, SATISFIABILITY
from poem_kg.namespaces import OWL, RDF, RDFS, XSD, compact

if TYPE_CHECKING:
    from poem_kg.owl.reasoning import ReasonerResult
    from poem_kg.owl.words import Step

_IRI: Final = re.compile(r"<([^<>\s]+)>")
_BUILT_IN: Final = (OWL, RDF, RDFS, XSD)


def owl_problems(folder: Folder, label: Callable[[str], str]) -> Iterator[Problem]:
    """Yield what is wrong with the ontology, and with it and each alignment together.

    Args:
        folder: read without errors of syntax.
        label: gives the label of a term by its IRI.

    Raises:
        ToolMissing: there is no Java.
        PoemKgError: an engine failed.
    """
    from poem_kg.owl.reasoning import examine

    known = folder.knowledge
    merged = [(), *((module,) for module in folder.alignments)]
    asked = [(*known, *(t for m in more for t in m.triples)) for more in merged]
    seen: set[tuple[str, str, str]] = set()
    for report in examine(asked):
        problems = [_profile_problem(folder, violation) for violation in report.violations]
        problems += [_profile_problem(folder, refusal) for refusal in report.refusals]
        if report.result is not None:
            problems += unsound_problems(folder, report.result, label)
        for problem in problems:
            # What the ontology alone shows, it shows with every alignment too.
            key = (
                problem.name,
                problem.term,
                problem.message if problem.name == PROFILE.name else "",
            )
            if key not in seen:
                seen.add(key)
                yield problem


def unsound_problems(
    folder: Folder, result: ReasonerResult, label: Callable[[str], str]
) -> Iterator[Problem]:
    """Yield what the reasoner found, each with its justification in words.

    Args:
        folder: where the axioms stand.
        result: what the reasoner found.
        label: gives the label of a term by its IRI.
    """
    if not result.consistent:
        yield _unsound(folder, CONSISTENCY, "", result.reasons.get("", ()), label)
    for iri in result.unsatisfiable:
        yield _unsound(folder, SATISFIABILITY, iri, result.reasons.get(iri, ()), label)


def _profile_problem(folder: Folder, violation: str) -> Problem:
    iris = [iri for iri in _IRI.findall(violation) if not iri.startswith(_BUILT_IN)]
    term = iris[0] if iris else "the ontology"
    return placed(folder, found(PROFILE, term, violation), tuple(iris[1:]))


def _unsound(
    folder: Folder,
    rule: Rule,
    about: str,
    axioms: Sequence[str],
    label: Callable[[str], str],
) -> Problem:
    """A contradiction with its justification; the place is that of its first axiom."""
    from poem_kg.owl.words import steps

    told = steps(axioms, label, start=about)
    where = [_where(folder, step) for step in told]
    parts = [
        step.words + (f" ({compact(at.term)}, {at.file}:{at.line})" if at else "")
        for step, at in zip(told, where, strict=True)
    ]
    because = "; and ".join(parts) if parts else "no reason was found in the time allowed"
    start = f'"{label(about)}" can have no member' if about else "contradicts itself"
    first = next((at for at in where if at is not None), None)
    if first is None:
        term = about or next((t for step in told for t in step.terms), "the ontology")
        return placed(folder, found(rule, term, f"{start}, because {because}"))
    return found(
        rule, about or first.term, f"{start}, because {because}", file=first.file, line=first.line
    )


class _At(NamedTuple):
    """The triple that says an axiom: its subject, and where it stands."""

    term: str
    file: str
    line: int


def _where(folder: Folder, step: Step) -> _At | None:
    for pattern in step.patterns:
        for module in folder.modules:
            line = module.places.line(pattern.subject, pattern.predicate, pattern.object)
            if line is not None:
                return _At(pattern.subject, module.name, line)
    return None
