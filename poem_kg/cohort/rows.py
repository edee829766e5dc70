"""What a table of options says of a patient, read off its conclusions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from poem_kg.cohort.model import OptionRow, Tally
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, PROV, RDF

_TYPE: Final = f"<{RDF}type>".encode()
_SOURCE: Final = f"<{PROV}wasDerivedFrom>".encode()
_UNKNOWN: Final = f"<{POEMKG}unknown>".encode()

Terms = dict[bytes, dict[bytes, list[bytes]]]
"""Subject to predicate to objects, as N-Triples writes them."""


def _word(name: str) -> bytes:
    return f"<{POEMKG}{name}>".encode()


_READ: Final = {
    name: _word(name)
    for name in (
        "about",
        "basis",
        "criterion",
        "decides",
        "disorder",
        "disputed",
        "line",
        "questionRank",
        "rank",
        "readiness",
        "requirement",
        "restsOnUnknown",
        "silentOn",
        "standing",
        "state",
        "statement",
        "suspected",
        "therapy",
    )
}
DERIVED_BY: Final = _word("derivedBy")
AS_OF: Final = _word("asOf")
_WANTED: Final = frozenset({_TYPE, _SOURCE, DERIVED_BY, AS_OF, *_READ.values()})
_OPTION, _ARGUMENT, _DIAGNOSIS = _word("Option"), _word("Argument"), _word("Diagnosis")
_SILENCE, _QUESTION = _word("NoStatement"), _word("Question")


def indexed(conclusions: Iterable[bytes]) -> Terms:
    """Return the conclusions that rows and tallies are made of, by subject and predicate.

    Args:
        conclusions: what was derived about a patient: subject, predicate and object of each.
    """
    terms: Terms = defaultdict(lambda: defaultdict(list))
    wanted = _WANTED
    for line in conclusions:
        subject, predicate, value = line.split(b" ", 2)
        if predicate in wanted:
            terms[subject][predicate].append(value)
    return terms


def made_by(terms: Terms) -> dict[bytes, list[bytes]]:
    """Return each conclusion with the queries that made it."""
    return {node: told[DERIVED_BY] for node, told in terms.items() if DERIVED_BY in told}


def as_of(terms: Terms) -> str | None:
    """Return the day for which the conclusions hold, or None."""
    for told in terms.values():
        if AS_OF in told:
            return _plain(told[AS_OF][0])
    return None


def option_rows(knowledge: Knowledge, patient: str, terms: Terms) -> tuple[OptionRow, ...]:
    """Return a row for each option, best rank first, then by therapy.

    Args:
        knowledge: tells the codes of standings and readiness.
        patient: the IRI of the patient.
        terms: what was derived about the patient.
    """
    rows = []
    for told in list(terms.values()):
        if _OPTION not in told[_TYPE]:
            continue
        governing = _one(told, "statement")
        arguments = [terms[a] for a in told[_SOURCE] if _ARGUMENT in terms[a][_TYPE]]
        others = {_one(argument, "statement") for argument in arguments} - {governing}
        unknown = {
            criterion
            for requirement in told[_READ["requirement"]]
            if terms[requirement][_READ["state"]] == [_UNKNOWN]
            for criterion in terms[requirement][_READ["criterion"]]
        }
        for argument in arguments:
            if _one(argument, "statement") == governing:
                unknown.update(argument[_READ["restsOnUnknown"]])
        line = told[_READ["line"]]
        rows.append(
            OptionRow(
                patient=patient,
                disorder=_one(told, "disorder"),
                therapy=_one(told, "therapy"),
                standing=knowledge.notation(_one(told, "standing")),
                line=int(_plain(line[0])) if line else None,
                rank=int(_one(told, "rank")),
                readiness=knowledge.notation(_one(told, "readiness")),
                unknown=tuple(sorted(_plain(criterion) for criterion in unknown)),
                statements=(governing, *sorted(others)),
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.rank, row.therapy)))


def tally_of(terms: Terms) -> Tally:
    """Return what a manifest counts of a patient besides its options.

    Args:
        terms: what was derived about the patient.
    """
    diagnoses: set[tuple[str, str]] = set()
    silences: set[tuple[str, str]] = set()
    questions: list[tuple[int, bool, bool, int, str]] = []
    for told in list(terms.values()):
        kinds = told[_TYPE]
        if _DIAGNOSIS in kinds:
            basis = _one(told, "basis")
            diagnoses.update((_plain(d), basis) for d in told[_READ["disorder"]])
        elif _SILENCE in kinds:
            silences.add((_one(told, "silentOn"), _one(told, "about")))
        elif _QUESTION in kinds:
            questions.append(
                (
                    int(_one(told, "questionRank")),
                    not told[_READ["disputed"]],
                    not told[_READ["suspected"]],
                    -len(told[_READ["decides"]]),
                    _one(told, "criterion"),
                )
            )
    return Tally(
        diagnoses=tuple(sorted(diagnoses)),
        no_statement=tuple(sorted(silences)),
        question=min(questions)[-1] if questions else None,
    )


def _one(told: dict[bytes, list[bytes]], name: str) -> str:
    """The value of a word, the first of several."""
    return min(_plain(value) for value in told[_READ[name]])


def _plain(term: bytes) -> str:
    """An IRI without its brackets, a literal without its quotes and datatype."""
    if term.startswith(b"<"):
        return term[1:-1].decode()
    return term[1 : term.rindex(b'"')].decode()
