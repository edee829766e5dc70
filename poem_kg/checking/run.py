"""`check_knowledge`: every rule on an ontology folder, in one report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from poem_kg.catalogue import read_queries
from poem_kg.checking.asked import Unplaced, query_problems, shape_problems
from poem_kg.checking.citations import citation_problems
from poem_kg.checking.coverage import claim_problems, patient_problems
from poem_kg.checking.folder import Folder, read_folder
from poem_kg.checking.inert import inert_shapes
from poem_kg.checking.kinds import kind_problems
from poem_kg.checking.mappings import mapping_problems
from poem_kg.checking.model import UNCHECKED, CheckReport, Problem
from poem_kg.checking.owl import owl_problems
from poem_kg.checking.places import placed
from poem_kg.checking.rules import (
    CONSISTENCY,
    EXAMPLE_PATIENTS,
    NO_PATIENT,
    PROFILE,
    SATISFIABILITY,
    WAIVERS,
    check_queries,
    rules,
)
from poem_kg.checking.spelling import SPELLING_QUERIES, Spelling
from poem_kg.checking.units import unit_problems
from poem_kg.checking.waivers import waived
from poem_kg.knowledge import Knowledge, as_quads, prepared_from
from poem_kg.namespaces import compact
from poem_kg.resources import data_dir

_OF_REASONER = frozenset({PROFILE.name, CONSISTENCY.name, SATISFIABILITY.name})
_OF_PATIENTS = frozenset({EXAMPLE_PATIENTS.name, NO_PATIENT.name})


def check_knowledge(folder: Path | None = None, *, reasoner: bool = True) -> CheckReport:
    """Return what is wrong with an ontology folder, by default with that of the package.

    A file that is no Turtle is a problem like another: the rest is checked all the same, without
    what may only be missing because that file cannot be read.

    Args:
        folder: a folder with `poem-kg.ttl` and `catalog-v001.xml`.
        reasoner: also ask HermiT for consistency and the OWL API for the OWL 2 DL profile, and
            try the example patients.

    Raises:
        KnowledgeError: the folder holds no ontology, or a shape or a query is broken.
        ToolMissing: there is no Java for the OWL checks.
    """
    root = (folder if folder is not None else data_dir("ontology")).resolve()
    found = read_folder(root)
    knowledge = _knowledge(found, found.knowledge)
    spelling = Spelling(found)
    problems = [*found.problems, *spelling.problems()]
    problems += _hinted(_placed(found, _asked(found, spelling, knowledge)), spelling)
    checked = [
        f"{len(found.modules)} files, {len(found.imported)} modules, "
        f"{len(found.knowledge)} triples; imports, spelling, vocabularies, kinds, units",
        "shapes for statements and criteria, and whether every shape can fire",
        f"{len(check_queries())} check queries",
        f"{len(found.alignments)} alignments, mappings and their identifiers",
    ]
    looked_at = {rule.name for rule in rules()} - _OF_REASONER - _OF_PATIENTS
    if found.broken:
        problems = _without_consequences(found, problems)
        looked_at = set()
        checked.append(f"{UNCHECKED}OWL and no patients, since a file is no Turtle")
    elif reasoner:
        problems += owl_problems(found, knowledge.label)
        checked.append("OWL 2 DL profile (OWL API), consistency and satisfiability (HermiT)")
        looked_at |= _OF_REASONER
        if _has_standing_errors(found, problems):
            # What the patients show then may only be what the errors cause.
            checked.append(f"{UNCHECKED}patients, since there are errors")
        else:
            problems += [placed(found, p) for p in patient_problems(root)]
            checked.append("example patients, and statements that one of them meets")
            looked_at |= _OF_PATIENTS
    else:
        checked.append(f"{UNCHECKED}OWL and no patients, as asked")
    standing, aside = waived(problems, found.knowledge, rules(), looked_at=looked_at)
    standing = [placed(found, problem) for problem in standing]
    return CheckReport(
        sound=not any(p.severity == "error" for p in standing),
        checked=tuple(checked),
        problems=_in_order(standing),
        waived=_in_order(aside),
    )


def _has_standing_errors(folder: Folder, problems: Iterable[Problem]) -> bool:
    """Whether there is an error that no waiver sets aside; one in a waiver alters no advice."""
    standing, _ = waived(problems, folder.knowledge, rules(), looked_at=())
    return any(p.severity == "error" and p.name != WAIVERS.name for p in standing)


def _asked(folder: Folder, spelling: Spelling, as_it_is: Knowledge) -> Iterator[Unplaced]:
    """What the rules find that look at the graph; most see what misspelt terms mean."""
    meant = spelling.corrected(folder.knowledge)
    knowledge = _knowledge(folder, meant) if spelling.corrections else as_it_is
    store = knowledge.store()
    # The alignments, which no other query reads, have terms that may be misspelt too.
    as_written = ox.Store()
    aligned = (
        triple
        for module in folder.alignments
        for triple in module.triples
        if str(triple.subject) != f"<{module.header}>"  # it names files
    )
    as_written.bulk_extend(as_quads((*folder.knowledge, *knowledge.prepared, *aligned)))
    for query in check_queries():
        spelt = query.path.stem in SPELLING_QUERIES
        yield from query_problems(query, as_written if spelt else store)
    yield from shape_problems(knowledge)
    yield from kind_problems(meant)
    yield from unit_problems(meant)
    yield from citation_problems(knowledge)
    yield from claim_problems(meant)
    for problem in (*mapping_problems(folder, knowledge), *inert_shapes(knowledge)):
        yield problem, ()


def _knowledge(folder: Folder, triples: tuple[ox.Triple, ...]) -> Knowledge:
    queries = data_dir("queries")
    prepare = read_queries(queries / "prepare")
    return Knowledge(
        ontology=triples,
        prepared=prepared_from(triples, prepare),
        version="",
        digest="",
        prepare=prepare,
        derive=read_queries(queries / "derive"),
        files=tuple(m.path for m in folder.modules if m.name in folder.imported),
    )


def _placed(folder: Folder, problems: Iterable[Unplaced]) -> Iterator[Problem]:
    for problem, values in problems:
        yield placed(folder, problem, values)


def _hinted(problems: Iterable[Problem], spelling: Spelling) -> Iterator[Problem]:
    """The problems of spelling with what was probably meant."""
    for problem in problems:
        hint = spelling.hint(problem.term)
        if problem.name in SPELLING_QUERIES and not hint:
            hint = next(
                (spelling.hint(iri) for iri in spelling.corrections if _ends_with(problem, iri)), ""
            )
        yield replace(problem, message=problem.message + hint) if hint else problem


def _ends_with(problem: Problem, iri: str) -> bool:
    return problem.message.endswith(": " + compact(iri))


def _without_consequences(folder: Folder, problems: Iterable[Problem]) -> list[Problem]:
    """The problems without those that a file that cannot be read may only seem to cause."""
    broken = {module.name for module in folder.broken}
    mentioned = " ".join(module.text for module in folder.broken)

    def may_be_caused(problem: Problem) -> bool:
        if problem.name == "syntax":
            return False
        local = problem.term.rstrip("/#").rsplit("/", 1)[-1].rsplit("#", 1)[-1]
        return problem.file in broken or (bool(local) and local in mentioned)

    return [problem for problem in problems if not may_be_caused(problem)]


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(
        sorted(
            set(problems),
            key=lambda p: (p.severity, p.file or "~", p.line or 0, p.name, p.term, p.message),
        )
    )
