"""The mappings as SSSOM: the curated rows as they are, and a row for every other mapping."""

from __future__ import annotations

import csv
import re

import pyoxigraph as ox

from poem_kg.export.sssom import curated, mapping_set
from poem_kg.export.statistics import LINK_PREDICATES, links, terminology
from poem_kg.knowledge import load_alignments
from poem_kg.namespaces import BASE
from tests.export.files import knowledge_base

IRI = "https://example.org/set.sssom.tsv"


def exported(*more: ox.Triple) -> str:
    triples = (*load_alignments(), *more)
    return mapping_set(triples, knowledge_base().knowledge, iri=IRI).decode("utf-8")


def read(text: str) -> tuple[list[str], dict[str, str], list[dict[str, str]]]:
    """Metadata lines, prefixes and rows, read by the rules of the standard."""
    lines = text.splitlines()
    header = [line[1:] for line in lines if line.startswith("#")]
    assert lines[: len(header)] == ["#" + line for line in header], "the header comes first"
    start = header.index("curie_map:") + 1
    prefixes = {}
    for line in header[start:]:
        if not line.startswith("  "):
            break
        prefix, _, space = line.strip().partition(": ")
        prefixes[prefix] = space.strip('"')
    rows = list(csv.DictReader(lines[len(header) :], delimiter="\t", quoting=csv.QUOTE_NONE))
    return header, prefixes, rows


def test_the_set_names_what_the_standard_requires() -> None:
    header, prefixes, rows = read(exported())

    keys = {line.partition(":")[0] for line in header if not line.startswith(" ")}
    assert {"mapping_set_id", "license", "mapping_set_version", "curie_map"} <= keys
    assert f'mapping_set_id: "{IRI}"' in header
    for row in rows:
        for slot in ("subject_id", "predicate_id", "object_id", "mapping_justification"):
            prefix, colon, local = row[slot].partition(":")
            assert colon and local and prefix in prefixes, row


def test_every_mapping_of_the_alignments_is_a_row_and_no_other() -> None:
    _, prefixes, rows = read(exported())

    def iri(curie: str) -> str:
        prefix, _, local = curie.partition(":")
        return prefixes[prefix] + local

    told = {tuple(iri(row[f"{slot}_id"]) for slot in ("subject", "predicate", "object"))
            for row in rows}  # fmt: skip
    expected = {
        (t.subject.value, t.predicate.value, t.object.value)
        for t in load_alignments()
        if t.predicate.value in LINK_PREDICATES
        and isinstance(t.subject, ox.NamedNode)
        and isinstance(t.object, ox.NamedNode)
        and t.subject.value.startswith(BASE)
        and not t.object.value.startswith(BASE)
    }
    assert told == expected
    assert len(rows) == len(told) > len(curated().rows)


def test_the_curated_rows_are_there_as_they_are() -> None:
    _, _, rows = read(exported())

    for row in curated().rows:
        assert {key: row.get(key) or "" for key in rows[0]} in rows


def test_the_rows_are_sorted_and_whole() -> None:
    text = exported()
    _, _, rows = read(text)
    keys = [(row["subject_id"], row["predicate_id"], row["object_id"]) for row in rows]
    assert keys == sorted(set(keys))
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert len({line.count("\t") for line in lines}) == 1
    assert not re.search(r"\t[=+@\-]", text), "no cell begins a formula"


def test_a_vocabulary_that_nobody_named_gets_a_prefix() -> None:
    made = ox.Triple(
        ox.NamedNode(BASE + "ontology/Statement"),
        ox.NamedNode("http://www.w3.org/2002/07/owl#equivalentClass"),
        ox.NamedNode("https://example.org/words#Saying"),
    )

    _, prefixes, rows = read(exported(made))

    (row,) = [row for row in rows if row["object_id"].endswith(":Saying")]
    assert prefixes[row["object_id"].partition(":")[0]] == "https://example.org/words#"
    assert row["predicate_id"] == "owl:equivalentClass"
    assert row["subject_label"] == "statement"


def test_what_joins_two_terms_of_ours_or_two_of_others_is_no_mapping() -> None:
    ours = [ox.NamedNode(BASE + f"ontology/{name}") for name in ("Source", "Statement")]
    others = [ox.NamedNode(f"https://example.org/{name}") for name in "ab"]
    below = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")

    found = exported(ox.Triple(ours[0], below, ours[1]), ox.Triple(others[0], below, others[1]))

    assert found == exported()


def test_a_term_belongs_to_the_longest_namespace_that_fits() -> None:
    spaces = {"short": "http://e/", "long": "http://e/a/"}
    assert terminology("http://e/a/x", spaces) == ("long", "http://e/a/")
    obo = "http://purl.obolibrary.org/obo/BFO_"
    assert terminology(obo + "0000001", {}) == ("BFO", obo)


def test_links_are_counted_by_vocabulary_and_property() -> None:
    counted = links(load_alignments(), curated().prefixes)
    mondo = curated().prefixes["MONDO"]
    exact = "http://www.w3.org/2004/02/skos/core#exactMatch"
    by_hand = [
        t
        for t in load_alignments()
        if t.predicate.value == exact and str(t.object).startswith(f"<{mondo}")
    ]
    assert counted["MONDO", mondo, exact] == len(by_hand) > 0
    assert sum(counted.values()) == len(read(exported())[2])
