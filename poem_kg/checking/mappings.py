"""The mappings to other terminologies: the SSSOM table, its identifiers, and the triples beside it.

What a table must hold is that of the Simple Standard for Sharing Ontological Mappings. An
identifier is held against the form that its terminology gives to identifiers, with the check
digit where there is one; whether it exists, nobody can tell without the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.checking.folder import ALIGNMENTS, Folder
from poem_kg.checking.model import Problem, Rule, found
from poem_kg.checking.rules import IDENTIFIERS, IN_STEP, MAPPING_TERMS, SSSOM
from poem_kg.errors import shorten
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import BASE, SKOS, compact

TABLE: Final = f"{ALIGNMENTS}/poem-kg.sssom.tsv"
TRIPLES: Final = f"{ALIGNMENTS}/mappings.ttl"

_LONG: Final = 200
_FORMS: Final = Path(__file__).with_name("identifiers.tsv")
_HEADER: Final = ("curie_map", "license", "mapping_set_id", "mapping_set_version")
_COLUMNS: Final = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_MATCHES: Final = frozenset(
    f"skos:{n}Match" for n in ("broad", "close", "exact", "narrow", "related")
)
_BUILT_IN: Final = ("skos", "semapv", "owl", "rdfs")
_JUSTIFIED: Final = frozenset(
    f"semapv:{name}"
    for name in (
        "BackgroundKnowledgeBasedMatching CompositeMatching InstanceBasedMatching LexicalMatching "
        "LexicalSimilarityThresholdMatching LogicalReasoning ManualMappingCuration MappingChaining "
        "MappingInversion MappingReview SemanticSimilarityThresholdMatching StructuralMatching "
        "UnspecifiedMatching"
    ).split()
)
"""SSSOM, slot mapping_justification."""
_PREFIX: Final = re.compile(r'#  (?P<prefix>[^:\s]+): "(?P<space>[^"]+)"')


@dataclass(frozen=True)
class _Row:
    line: int
    cells: dict[str, str]

    def iri(self, slot: str, prefixes: dict[str, str]) -> str:
        prefix, _, local = self.cells.get(slot, "").partition(":")
        return prefixes.get(prefix, f"{prefix}:") + local


def mapping_problems(folder: Folder, knowledge: Knowledge) -> Iterator[Problem]:
    """Yield what is wrong with the mappings of a folder; one without a table has none.

    Args:
        folder: where `alignments/` lies.
        knowledge: the labels of our terms.
    """
    yield from _identifiers_in_triples(folder)
    path = folder.root / TABLE
    if not path.is_file():
        return
    try:
        lines = path.read_bytes().decode().splitlines()
    except UnicodeDecodeError as error:
        yield found(SSSOM, TABLE, f"is not UTF-8: {error.reason}", file=TABLE, line=1)
        return
    prefixes = {m["prefix"]: m["space"] for m in map(_PREFIX.fullmatch, lines) if m}
    yield from _header_problems(lines)
    rows, wrong = _rows(lines)
    yield from wrong
    declared = {t.subject.value for t in knowledge.ontology if isinstance(t.subject, ox.NamedNode)}
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        yield from _row_problems(row, prefixes, knowledge, declared)
        key = tuple(row.cells.get(slot, "") for slot in _COLUMNS[:3])
        if key in seen:
            yield _in_table(SSSOM, row, prefixes, f"stands twice; first in line {seen[key]}")
        seen.setdefault(key, row.line)
    yield from _out_of_step(folder, rows, prefixes)


def _header_problems(lines: list[str]) -> Iterator[Problem]:
    said = {line[1:].partition(":")[0] for line in lines if line.startswith("#")}
    for key in _HEADER:
        if key not in said:
            yield found(SSSOM, TABLE, f"has no {key} in its header", file=TABLE, line=1)


def _rows(lines: list[str]) -> tuple[list[_Row], list[Problem]]:
    table = [(n, line) for n, line in enumerate(lines, 1) if not line.startswith("#")]
    if not table:
        return [], [found(SSSOM, TABLE, "has no table", file=TABLE, line=len(lines))]
    # SSSOM has no quotes, so a tab always parts two cells; and a cell may be of any length.
    (head, *body) = [line.split("\t") if line else [] for _, line in table]
    problems = [
        found(SSSOM, TABLE, f"has no column {name}", file=TABLE, line=table[0][0])
        for name in _COLUMNS
        if name not in head
    ]
    rows = []
    for (line, _), cells in zip(table[1:], body, strict=True):
        if len(cells) != len(head):
            message = f"has {len(cells)} cells where the table has {len(head)} columns"
            problems.append(
                found(SSSOM, cells[0] if cells else TABLE, message, file=TABLE, line=line)
            )
        rows.append(_Row(line, dict(zip(head, cells, strict=False))))
    return rows, problems


def _row_problems(
    row: _Row, prefixes: dict[str, str], knowledge: Knowledge, declared: set[str]
) -> Iterator[Problem]:
    for slot in _COLUMNS:
        prefix, colon, local = row.cells.get(slot, "").partition(":")
        if not (colon and local):
            yield _in_table(SSSOM, row, prefixes, f"has no {slot}")
        elif prefix not in prefixes and prefix not in _BUILT_IN:
            yield _in_table(
                SSSOM, row, prefixes, f"{slot} has the prefix {prefix}, which curie_map lacks"
            )
    predicate = row.cells.get("predicate_id", "")
    if predicate and predicate not in _MATCHES:
        yield _in_table(SSSOM, row, prefixes, f"{predicate} is no mapping property of SKOS")
    justified = row.cells.get("mapping_justification", "")
    if justified and justified not in _JUSTIFIED:
        yield _in_table(SSSOM, row, prefixes, f"{justified} is no justification of semapv")
    subject = row.iri("subject_id", prefixes)
    label = row.cells.get("subject_label", "")
    if subject not in declared:
        yield _in_table(MAPPING_TERMS, row, prefixes, "does not exist in the ontology")
    elif label and label != knowledge.label(subject):
        told = f'is called "{label}" here and "{knowledge.label(subject)}" in the ontology'
        yield _in_table(MAPPING_TERMS, row, prefixes, told)
    wrong = _form_problem(row.iri("object_id", prefixes))
    if wrong:
        yield _in_table(IDENTIFIERS, row, prefixes, wrong)


def _in_table(rule: Rule, row: _Row, prefixes: dict[str, str], message: str) -> Problem:
    term = row.iri("subject_id", prefixes)
    to = shorten(row.cells.get("object_id", ""), _LONG)
    told = f"{shorten(message, 2 * _LONG)} (mapping to {to})"
    return found(rule, term, told, file=TABLE, line=row.line)


def _identifiers_in_triples(folder: Folder) -> Iterator[Problem]:
    for module in folder.alignments:
        for triple in module.triples:
            value = triple.object
            if not isinstance(value, ox.NamedNode) or not isinstance(triple.subject, ox.NamedNode):
                continue
            wrong = _form_problem(value.value)
            if wrong and triple.subject.value.startswith(BASE):
                yield found(
                    IDENTIFIERS,
                    triple.subject.value,
                    wrong,
                    file=module.name,
                    line=module.places.line(triple.subject.value, None, value.value),
                )


def _out_of_step(folder: Folder, rows: list[_Row], prefixes: dict[str, str]) -> Iterator[Problem]:
    module = next((m for m in folder.modules if m.name == TRIPLES), None)
    if module is None or module.broken:
        return
    said = {
        (t.subject.value, t.predicate.value, t.object.value)
        for t in module.triples
        if t.predicate.value.startswith(SKOS)
        and t.predicate.value.endswith("Match")
        and isinstance(t.subject, ox.NamedNode)
        and isinstance(t.object, ox.NamedNode)
    }
    known = {"skos": SKOS, **prefixes}
    told = {
        (
            row.iri("subject_id", known),
            row.iri("predicate_id", known),
            row.iri("object_id", known),
        ): row
        for row in rows
    }
    for subject, predicate, value in sorted(said - set(told)):
        yield found(
            IN_STEP,
            subject,
            f"is mapped by {compact(predicate)} to <{value}> only here",
            file=TRIPLES,
            line=module.places.line(subject, predicate, value),
        )
    for key in sorted(set(told) - said):
        message = f"is mapped by {compact(key[1])} to <{key[2]}> only here"
        yield found(IN_STEP, key[0], message, file=TABLE, line=told[key].line)


def _form_problem(iri: str) -> str:
    """Say how an identifier differs from the form of its terminology; "" where it does not."""
    for namespace, (prefix, form) in _forms().items():
        if not iri.startswith(namespace):
            continue
        local = iri.removeprefix(namespace)
        if not form.fullmatch(local):
            return f"{prefix}:{local} is no identifier of {prefix}"
        if prefix == "SNOMEDCT" and not verhoeff(local):
            return f"{prefix}:{local} has a wrong check digit"
        return ""
    return ""


@lru_cache(maxsize=1)
def _forms() -> dict[str, tuple[str, re.Pattern[str]]]:
    """Namespace to prefix and form; the longest namespace first."""
    lines = _FORMS.read_text(encoding="utf-8").splitlines()[1:]
    table = sorted((line.split("\t") for line in lines), key=lambda row: -len(row[1]))
    return {namespace: (prefix, re.compile(form)) for prefix, namespace, form in table}


def verhoeff(digits: str) -> bool:
    """Tell whether the last of some digits is the check digit of the others, by Verhoeff.

    >>> verhoeff("22298006"), verhoeff("22298007")
    (True, False)
    """
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _product(check, _permuted(int(digit), place % 8))
    return check == 0


def _product(one: int, other: int) -> int:
    """The product in the group of the symmetries of a pentagon."""
    if one < 5:
        return (one + other) % 5 if other < 5 else (one + other) % 5 + 5
    return (one - other) % 5 + 5 if other < 5 else (one - other) % 5


def _permuted(digit: int, times: int) -> int:
    for _ in range(times):
        digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
    return digit
