"""The rows of the CSV tables, and the CSVW description of their columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pyoxigraph as ox

from poem_kg.export.columns import OPTIONS, OPTIONS_WITH_SEVERAL, TABLES, Column, Table
from poem_kg.export.csv_text import SEPARATOR, cell, cell_of, csv_text
from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.model import Advice, Option, StatementReference
from poem_kg.namespaces import MODULE, OWL, RDF, SKOS

OPTIONS_FILE: Final = "options.csv"
"""The name of the table of options."""

_TYPE: Final = RDF + "type"
_INDIVIDUAL: Final = OWL + "NamedIndividual"


def knowledge_tables(name: str, knowledge: Knowledge) -> dict[str, bytes]:
    """Return the CSV files of a dataset, by file name.

    Rows stand in the order of their IRIs.

    Args:
        name: a key of `columns.TABLES`.
        knowledge: where the rows come from.
    """
    reader = _Reader(knowledge)
    return {
        f"{table.name}.csv": csv_text([c.name for c in table.columns], reader.rows(table))
        for table in TABLES[name]
    }


def option_table(advices: Iterable[Advice]) -> dict[str, bytes]:
    """Return the options of several patients as a CSV file, by its name; best options first."""
    rows = [
        _option_row(advice, option)
        for advice in sorted(advices, key=lambda advice: advice.patient)
        for option in advice.options
    ]
    return {OPTIONS_FILE: csv_text(list(OPTIONS), rows)}


def tables_metadata(files: Iterable[str], knowledge: Knowledge) -> bytes:
    """Return what the columns of the tables mean, as metadata for tabular data on the web.

    The words for a column are those that the ontology has for its property (CSVW, "Metadata
    Vocabulary for Tabular Data", sections 5.3 to 5.6).

    Args:
        files: the names of the CSV files.
        knowledge: where the words come from.
    """
    index = Index(knowledge.ontology)
    known = {f"{table.name}.csv": table for tables in TABLES.values() for table in tables}
    tables = [
        _described(known[name], index, knowledge) if name in known else _described_options()
        for name in sorted(files)
    ]
    document = {"@context": "http://www.w3.org/ns/csvw", "tables": tables}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _described(table: Table, index: Index, knowledge: Knowledge) -> dict[str, Any]:
    columns = []
    for column in table.columns:
        about = "IRI of the row"
        if column.path:
            last = column.path[-1]
            about = index.one(last, SKOS + "definition") or knowledge.label(last).split("#")[-1]
        columns.append(_column(column.name, about, column.many, column.path[-1:]))
        if column.shows != "value":
            columns[-1]["dc:description"] += f" (its {column.shows})"
    return _table(table.name + ".csv", table.about, columns)


def _described_options() -> dict[str, Any]:
    columns = [
        _column(name, about, name in OPTIONS_WITH_SEVERAL, ()) for name, about in OPTIONS.items()
    ]
    return _table(OPTIONS_FILE, "an option of a patient", columns)


def _table(url: str, about: str, columns: list[dict[str, str]]) -> dict[str, Any]:
    return {"url": url, "dc:description": f"a row is {about}", "tableSchema": {"columns": columns}}


def _column(name: str, about: str, many: bool, path: tuple[str, ...]) -> dict[str, str]:
    column = {"name": name, "titles": name, "dc:description": about}
    if path:
        column["propertyUrl"] = path[-1]
    if many:
        column["separator"] = SEPARATOR
    return column


def _option_row(advice: Advice, option: Option) -> list[str]:
    def statements(references: Sequence[StatementReference]) -> str:
        return cell_of(dict.fromkeys(reference.statement for reference in references))

    def requirements(state: str) -> str:
        return cell_of(r.label for r in option.requirements if r.state == state)

    values = {
        "patient": cell(advice.patient),
        "rank": str(option.rank),
        "option": cell(option.option),
        "therapy": cell(option.therapy),
        "therapy_label": cell(option.label),
        "standing": cell(option.standing),
        "line": "" if option.line is None else str(option.line),
        "disorder": cell(option.disorder),
        "via": cell(option.via or ""),
        "readiness": cell(option.readiness),
        "for": statements(option.for_),
        "against": statements(option.against),
        "cautions": statements(option.cautions),
        "gaps": statements(option.gaps),
        "outcomes": statements(option.outcomes),
        "met": requirements("met"),
        "not_met": requirements("not-met"),
        "unknown": requirements("unknown"),
        "ontology_version": cell(advice.provenance.ontology_version),
    }
    return [values[column] for column in OPTIONS]


class _Reader:
    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._index = Index(knowledge.ontology)

    def rows(self, table: Table) -> Iterator[list[str]]:
        """Yield the cells of each subject, in the order of the subjects."""
        subjects = {
            triple.subject.value
            for triple in self._knowledge.ontology
            if isinstance(triple.subject, ox.NamedNode)
            and triple.subject.value.startswith(table.space)
            and not triple.subject.value.startswith(MODULE)
            and triple.subject.value != table.space
        }
        for subject in sorted(subjects):
            yield [cell_of(self._values(subject, column)) for column in table.columns]

    def _values(self, subject: str, column: Column) -> list[str]:
        terms = [subject]
        for step in column.path:
            terms = [found for term in terms for found in self._index.all(term, step)]
        if column.path == (_TYPE,) and len(terms) > 1:
            terms = [term for term in terms if term != _INDIVIDUAL]
        if column.shows == "code":
            terms = [self._code(term) for term in terms]
        elif column.shows == "label":
            terms = [self._knowledge.label(term) for term in terms]
        return terms

    def _code(self, term: str) -> str:
        return self._index.one(term, SKOS + "notation") or self._knowledge.label(term)
