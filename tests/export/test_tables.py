"""The CSV tables: whole, readable by any CSV reader, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata

import pyoxigraph as ox
import pytest

from poem_kg.export.columns import OPTIONS, STATEMENTS, TERMS, Table
from poem_kg.export.csv_text import cell, cell_of, csv_text
from poem_kg.export.tables import tables_metadata
from poem_kg.namespaces import DCTERMS, POEMKG, PREFIXES, RDF, RDFS, SKOS, STATEMENT
from tests.export.files import all_tables, csv_files, example_advice, knowledge_base

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
INDIVIDUAL = PREFIXES["owl"] + "NamedIndividual"


def read(name: str) -> list[dict[str, str]]:
    text = csv_files()[name].decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def values_of(text: str) -> list[str]:
    """The values of a cell, as the documentation tells a reader to take them apart."""
    parts = re.split(r"(?<!\\)\|", text) if text else []
    return [part.replace(r"\|", "|") for part in parts]


def rows_in(table: Table) -> dict[str, list[ox.Triple]]:
    found: dict[str, list[ox.Triple]] = {}
    for triple in knowledge_base().knowledge.ontology:
        subject = triple.subject
        if isinstance(subject, ox.NamedNode) and subject.value.startswith(table.space):
            local = subject.value.removeprefix(table.space)
            if local and "/" not in local:
                found.setdefault(subject.value, []).append(triple)
    return found


@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.name)
def test_a_table_has_one_row_for_each_subject_in_their_order(table: Table) -> None:
    rows = [row[table.columns[0].name] for row in read(f"{table.name}.csv")]

    assert rows == sorted(rows_in(table))


@pytest.mark.parametrize("table", [t for t in all_tables() if t != TERMS], ids=lambda t: t.name)
def test_every_triple_about_a_subject_is_in_its_row(table: Table) -> None:
    """The label of a marker stands for the marker; all else can be read as it is."""
    labels = {
        t.subject: t.object.value
        for t in knowledge_base().knowledge.ontology
        if t.predicate.value in (RDFS + "label", SKOS + "notation", POEMKG + "printed")
        and isinstance(t.object, ox.Literal)
    }
    codes = {
        t.subject: t.object.value
        for t in knowledge_base().knowledge.ontology
        if t.predicate.value == SKOS + "notation" and isinstance(t.object, ox.Literal)
    }
    columns: dict[str, list[str]] = {}
    for column in table.columns:
        if column.path:
            columns.setdefault(column.path[0], []).append(column.name)
    rows = {row[table.columns[0].name]: row for row in read(f"{table.name}.csv")}
    for subject, triples in rows_in(table).items():
        for triple in triples:
            assert not isinstance(triple.object, ox.Triple | ox.BlankNode)
            if triple.object.value == INDIVIDUAL:
                continue
            assert triple.predicate.value in columns, "no column shows this property"
            told = {
                value
                for name in columns[triple.predicate.value]
                for value in values_of(rows[subject][name])
            }
            known = {triple.object.value}
            if isinstance(triple.object, ox.NamedNode):
                known |= {m[triple.object] for m in (labels, codes) if triple.object in m}
            assert told & known, f"{triple} is not in the row"


@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.name)
def test_only_columns_for_several_values_hold_several(table: Table) -> None:
    single = [column.name for column in table.columns if not column.many]

    for row in read(f"{table.name}.csv"):
        for name in single:
            assert len(values_of(row[name])) <= 1, (row, name)


def test_a_claim_can_be_read_off_its_row() -> None:
    (row,) = [row for row in read("statements.csv") if row["claim"] == "C02"]

    assert row["statement"] == STATEMENT + "droracle2025-C02"
    assert row["kind"] == "recommendation"
    assert row["direction"] == "for"
    assert row["strength"] == row["certainty"] == "not-graded"
    assert values_of(row["therapy_label"]) == [
        "laparoscopic Heller myotomy",
        "per-oral endoscopic myotomy",
    ]
    assert len(values_of(row["therapy"])) == 2
    assert row["locator"] == "Opening paragraph, sentence 1"
    assert row["marker"] == "1"
    assert row["verified"] == "verified-in-the-cited-source"
    assert row["review"] == "pending-human-review"


def test_labels_stand_in_the_order_of_their_terms() -> None:
    label = knowledge_base().knowledge.label
    for row in read("statements.csv"):
        for name in ("disorder", "therapy", "test"):
            terms = values_of(row[name])
            assert values_of(row[f"{name}_label"]) == [label(term) for term in terms]


def test_options_say_what_the_advice_says() -> None:
    rows = read("options.csv")
    assert list(rows[0]) == list(OPTIONS)
    expected = [
        (advice.patient, str(option.rank), option.therapy, option.readiness)
        for advice in sorted(example_advice(), key=lambda advice: advice.patient)
        for option in advice.options
    ]
    assert len(expected) > 20
    got = [(row["patient"], row["rank"], row["therapy"], row["readiness"]) for row in rows]
    assert got == expected


def test_the_bytes_are_those_of_rfc_4180() -> None:
    for data in csv_files().values():
        text = data.decode("utf-8")
        assert not text.startswith("\ufeff")
        assert text.endswith("\r\n")
        assert "\n" not in text.replace("\r\n", "")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        assert len({len(row) for row in reader}) == 1


def test_no_cell_begins_a_formula_or_holds_what_is_not_seen() -> None:
    cells = [
        text
        for data in csv_files().values()
        for row in csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
        for text in row
    ]
    assert len(cells) > 10_000
    for text in cells:
        assert text[:1] not in ("=", "+", "@", "\t", "\r"), text
        assert not text.startswith("-") or NUMBER.fullmatch(text), text
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("\r\n=1", "'  =1"),
        ("  =1", "'  =1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("-5", "-5"),
        ("-5.25", "-5.25"),
        ("a=b", "a=b"),
        ("two\nlines", "two lines"),
        ("turned \u202e round", r"turned \u202E round"),
        ("\x00", r"\u0000"),
    ],
)
def test_a_cell_is_guarded(text: str, expected: str) -> None:
    assert cell(text) == expected


def test_several_values_come_apart_again() -> None:
    values = ["a", "b|c", 'say "d", e']
    data = csv_text(["x"], [[cell_of(values)]])

    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))

    assert values_of(rows[1][0]) == values


def test_a_row_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(ValueError, match="2 cells for 1 columns"):
        csv_text(["x"], [["1", "2"]])


def test_the_metadata_describe_every_column_in_its_place() -> None:
    files = csv_files()
    metadata = json.loads(tables_metadata(files, knowledge_base().knowledge))
    assert metadata["@context"] == "http://www.w3.org/ns/csvw"
    assert [table["url"] for table in metadata["tables"]] == sorted(files)
    for table in metadata["tables"]:
        columns = table["tableSchema"]["columns"]
        header = next(csv.reader(io.StringIO(files[table["url"]].decode())))
        assert [column["titles"] for column in columns] == header
        assert len(set(header)) == len(header)
        for column in columns:
            assert column["dc:description"] and "#" not in column["dc:description"], column


def test_the_metadata_take_their_words_from_the_ontology() -> None:
    metadata = json.loads(tables_metadata(["statements.csv"], knowledge_base().knowledge))
    columns = {c["name"]: c for c in metadata["tables"][0]["tableSchema"]["columns"]}
    definition = next(
        t.object.value
        for t in knowledge_base().knowledge.ontology
        if t.subject == ox.NamedNode(POEMKG + "populationNote")
        and t.predicate.value == SKOS + "definition"
        and isinstance(t.object, ox.Literal)
    )
    assert columns["population_note"]["dc:description"] == definition
    assert columns["population_note"]["propertyUrl"] == POEMKG + "populationNote"
    assert columns["therapy"]["separator"] == "|"
    assert "separator" not in columns["claim"]
    assert columns["kind"]["propertyUrl"] == RDF + "type"
    assert {c.path[-1] for c in STATEMENTS.columns if c.path} >= {DCTERMS + "title"}
