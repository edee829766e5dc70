"""The SSSOM file is well formed, holds the verified codes and says the same as the SKOS triples."""

from __future__ import annotations

import csv
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.knowledge import load_knowledge, parse_module
from poem_kg.namespaces import RDFS, SKOS

HERE = Path(__file__).parent
ALIGNMENTS = HERE.parents[1] / "ontology" / "alignments"
LINES = (ALIGNMENTS / "poem-kg.sssom.tsv").read_text(encoding="utf-8").splitlines()
ROWS = list(csv.DictReader((li for li in LINES if not li.startswith("#")), delimiter="\t"))
# The verified codes that the file was made from.
VERIFIED = list(
    csv.DictReader((HERE / "mappings.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t")
)
PREDICATES = {f"skos:{n}Match" for n in ("exact", "close", "broad", "narrow", "related")}
LICENSED = ("SNOMEDCT:", "MedDRA:")


def curie_map() -> dict[str, str]:
    """The prefixes of the header."""
    entries = (li[3:].split(": ", 1) for li in LINES if li.startswith("#  ") and ': "' in li)
    return {prefix: iri.strip('"') for prefix, iri in entries}


def expand(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return curie_map()[prefix] + local


def test_the_header_names_what_the_standard_requires() -> None:
    header = "\n".join(LINES)
    for key in ("mapping_set_id", "license", "mapping_set_version", "curie_map"):
        assert f"#{key}:" in header


def test_every_row_is_complete() -> None:
    labels = {
        t.subject.value: t.object.value
        for t in load_knowledge().ontology
        if t.predicate.value == RDFS + "label"
        and isinstance(t.subject, ox.NamedNode)
        and isinstance(t.object, ox.Literal)
    }
    for row in ROWS:
        assert row["predicate_id"] in PREDICATES
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
        assert labels[expand(row["subject_id"])] == row["subject_label"]
        assert expand(row["object_id"])


def test_no_row_stands_twice() -> None:
    keys = [(r["subject_id"], r["predicate_id"], r["object_id"]) for r in ROWS]
    assert len(set(keys)) == len(keys)


def test_labels_of_licensed_terminologies_are_left_out() -> None:
    assert not [r for r in ROWS if r["object_id"].startswith(LICENSED) and r["object_label"]]


def test_codes_and_labels_are_those_that_were_verified() -> None:
    verified = {(v["object_id"], v["object_label"] or "") for v in VERIFIED}
    ours = {(r["object_id"], r["object_label"] or "") for r in ROWS}
    assert {code for code, _ in ours} == {code for code, _ in verified}
    kept = {pair for pair in verified if not pair[0].startswith(LICENSED)}
    assert {pair for pair in ours if not pair[0].startswith(LICENSED)} == kept


def test_a_changed_predicate_says_why() -> None:
    verified = {(v["predicate_id"], v["object_id"]) for v in VERIFIED}
    for row in ROWS:
        if (row["predicate_id"], row["object_id"]) not in verified:
            assert row["comment"], row


@pytest.mark.parametrize("direction", ["missing", "extra"])
def test_the_triples_say_what_the_rows_say(direction: str) -> None:
    rows = {
        (expand(r["subject_id"]), expand(r["predicate_id"]), expand(r["object_id"])) for r in ROWS
    }
    triples = {
        (t.subject.value, t.predicate.value, t.object.value)
        for t in parse_module(ALIGNMENTS / "mappings.ttl")
        if t.predicate.value.startswith(SKOS)
        and t.predicate.value.endswith("Match")
        and isinstance(t.subject, ox.NamedNode)
        and isinstance(t.object, ox.NamedNode)
    }
    assert (rows - triples if direction == "missing" else triples - rows) == set()
