"""Every claim of the modelled page is in the ontology once, with its marker, subject and figures.

`claims.tsv` is the list of claims that was drawn up from the page before anything was modelled. It
is compared here with the statements, so that a figure or a marker that changes on one side only is
found.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

HERE = Path(__file__).parent
ONTOLOGY = HERE.parents[1] / "ontology"

BASE = "https://w3id.org/poem-kg/"
POEMKG = BASE + "ontology/"
PAGE = BASE + "source/droracle2025"
DEFINITION = "http://www.w3.org/2004/02/skos/core#definition"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

TYPES_I_AND_II = {"AchalasiaTypeI", "AchalasiaTypeII"}
POEM_I_II = {"therapy": {"PerOralEndoscopicMyotomy"}, "disorder": TYPES_I_AND_II}
ON_POEM = {"therapy": {"PerOralEndoscopicMyotomy"}}
ON_ACHALASIA_THERAPY = {"therapy": {"AchalasiaTherapy"}}
PD_VS_LHM = {"better": {"PneumaticDilation"}, "worse": {"LaparoscopicHellerMyotomy"}}
ABSENT = {"disorder": {"AbsentContractility"}}
PAGE_ITSELF = {"concerns": {"source:droracle2025"}}
MIMICS = ON_ACHALASIA_THERAPY | {
    "group": {"AchalasiaMimic"},
    "excludedBy": {"criterion:achalasia-mimic"},
}

SUBJECTS: Mapping[str, Mapping[str, set[str]]] = {
    "type III achalasia": {"disorder": {"AchalasiaTypeIII"}},
    "type III": {"disorder": {"AchalasiaTypeIII"}},
    "type III POEM": ON_POEM | {"disorder": {"AchalasiaTypeIII"}},
    "all achalasia syndromes": {"disorder": {"Achalasia"}},
    "treatment choice": {"disorder": {"Achalasia"}},
    "PD, type I+II": {"therapy": {"PneumaticDilation"}, "disorder": TYPES_I_AND_II},
    "LHM, type I+II": {"therapy": {"LaparoscopicHellerMyotomy"}, "disorder": TYPES_I_AND_II},
    "PD vs LHM": PD_VS_LHM,
    "POEM vs PD, type I+II": POEM_I_II | {"comparedWith": {"PneumaticDilation"}},
    "POEM, type I+II": POEM_I_II | {"when": set()},
    "POEM in type I/II with hiatal hernia": POEM_I_II | {"when": {"criterion:hiatal-hernia"}},
    "POEM in type I/II with advanced oesophageal dilation": POEM_I_II
    | {"when": {"criterion:advanced-dilation"}},
    "POEM in type I/II with sigmoidization": POEM_I_II | {"when": {"criterion:sigmoid-oesophagus"}},
    "POEM in type I/II with epiphrenic diverticulum": POEM_I_II
    | {"when": {"criterion:epiphrenic-diverticulum"}},
    "DES": {"disorder": {"DistalOesophagealSpasm"}},
    "EGJOO": {"disorder": {"EGJOutflowObstruction"}},
    "absent contractility deemed achalasia": ABSENT,
    "opioid-induced dysfunction": {"disorder": {"OpioidInducedOesophagealDysfunction"}},
    "POEM": ON_POEM,
    "POEM, prior achalasia treatment": ON_POEM | {"outcome": {"PriorTreatmentEffect"}},
    "post-POEM patient": ON_POEM | {"followUpAfter": {"PerOralEndoscopicMyotomy"}},
    "before POEM": ON_POEM,
    "POEM operator": ON_POEM,
    "POEM centre": ON_POEM,
    "achalasia work-up": MIMICS,
    "mimics": MIMICS,
    "patient selection": ON_ACHALASIA_THERAPY,
    "patient information": ON_POEM,
    "seed page": PAGE_ITSELF,
    "seed reference list": PAGE_ITSELF,
    "seed scope": PAGE_ITSELF,
}
"""What each subject of the list must be in the graph: property to exactly these, or for `concerns`
at least these."""

UNITS = {"%": "%", "mmHg": "mm[Hg]", "Eckardt": "{score}"}
SURE = {
    "H": "verifiedInSource",
    "M": "verifiedElsewhere",
    "L": "pageOnly",
    "seed": "verifiedInSource",
}
FOUND_ELSEWHERE = {"C39", "C58"}
"""Marked L for the cited source, while evidence.md names another one that supports them."""


def read_claims() -> list[dict[str, str]]:
    with (HERE / "claims.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


CLAIMS = read_claims()
ESTIMATES = {f"C{n}" for n in (*range(33, 49), 50, 51, 58)}
each_claim = pytest.mark.parametrize("row", CLAIMS, ids=lambda row: row["claim"])
each_estimate = pytest.mark.parametrize(
    "row", [row for row in CLAIMS if row["claim"] in ESTIMATES], ids=lambda row: row["claim"]
)


class Knowledge:
    """The ontology files, read by subject and local name."""

    def __init__(self, folder: Path) -> None:
        self._store = ox.Store()
        for path in sorted(folder.rglob("*.ttl")):
            self._store.load(path=str(path), format=ox.RdfFormat.TURTLE)

    def subjects(self, predicate: str, value: ox.NamedNode | ox.Literal) -> list[str]:
        node = ox.NamedNode(predicate)
        return [str(q.subject)[1:-1] for q in self._store.quads_for_pattern(None, node, value)]

    def values(self, subject: str, predicate: str) -> set[str]:
        node = ox.NamedNode(predicate)
        found = self._store.quads_for_pattern(ox.NamedNode(subject), node, None)
        return {getattr(quad.object, "value", "") for quad in found}

    def names(self, subject: str, predicate: str) -> set[str]:
        """The values of a property of ours, shortened to local name or prefix:name."""
        return {shorten(value) for value in self.values(subject, POEMKG + predicate)}

    def statement(self, claim: str) -> str:
        statements = [
            subject
            for subject in self.subjects(POEMKG + "claim", ox.Literal(claim))
            if PAGE in self.values(subject, POEMKG + "source")
        ]
        assert len(statements) == 1, f"{claim} is stated {len(statements)} times"
        return statements[0]

    def criteria(self, subject: str) -> set[str]:
        """The required criteria with their parts."""
        required = self.values(subject, POEMKG + "requires")
        return required.union(*(self.values(c, POEMKG + "part") for c in required))

    def figures(self, subject: str) -> set[Decimal]:
        """Every number that stands in the data of a statement, not in its running text."""
        texts: set[str] = set()
        for name in ("value", "baselineValue", "timePoint", "statistic"):
            texts |= self.values(subject, POEMKG + name)
        for criterion in self.criteria(subject):
            for name in ("metFrom", "notMetBelow"):
                texts |= self.values(criterion, POEMKG + name)
        if POEMKG + "PageFact" in self.values(subject, TYPE):
            texts |= self.values(subject, DEFINITION)
        return numbers(texts)


def shorten(iri: str) -> str:
    if iri.startswith(POEMKG):
        return iri.removeprefix(POEMKG)
    return iri.removeprefix(BASE).replace("/", ":", 1)


def numbers(texts: Iterable[str]) -> set[Decimal]:
    return {Decimal(n) for text in texts for n in re.findall(r"\d+(?:\.\d+)?", text)}


def content_figures(row: Mapping[str, str]) -> set[Decimal]:
    """The figures of a claim, without references to other claims and to evidence.md."""
    return numbers([re.sub(r"C\d\d|evidence\.md \d+", "", row["content"])])


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge(ONTOLOGY)


def test_the_list_has_76_claims() -> None:
    assert [row["claim"] for row in CLAIMS] == [f"C{n:02d}" for n in range(1, 77)]


def test_no_statement_claims_what_is_not_in_the_list(knowledge: Knowledge) -> None:
    stated = {
        claim
        for subject in knowledge.subjects(POEMKG + "source", ox.NamedNode(PAGE))
        for claim in knowledge.values(subject, POEMKG + "claim")
    }

    assert stated == {row["claim"] for row in CLAIMS}


@each_claim
def test_a_claim_is_one_statement_of_the_page(knowledge: Knowledge, row: dict[str, str]) -> None:
    statement = knowledge.statement(row["claim"])

    assert statement == f"{BASE}statement/droracle2025-{row['claim']}"


@each_claim
def test_a_claim_cites_the_marker_that_the_page_prints(
    knowledge: Knowledge, row: dict[str, str]
) -> None:
    marker, _, note = row["seed_citation"].partition(" ")
    statement = knowledge.statement(row["claim"])

    markers = knowledge.values(statement, POEMKG + "cites")
    printed = {p for m in markers for p in knowledge.values(m, POEMKG + "printed")}

    assert len(markers) == len(printed)
    assert printed == ({marker} - {"-"})
    assert knowledge.values(statement, POEMKG + "markerNote") == ({note.strip("()")} - {""})


@each_claim
def test_a_claim_is_about_its_subject(knowledge: Knowledge, row: dict[str, str]) -> None:
    statement = knowledge.statement(row["claim"])

    for name, expected in SUBJECTS[row["subject"]].items():
        found = knowledge.names(statement, name)
        if name == "concerns":
            assert expected <= found, f"{row['claim']} {name}"
        else:
            assert found == expected, f"{row['claim']} {name}"


@each_claim
def test_the_figures_of_a_claim_are_data(knowledge: Knowledge, row: dict[str, str]) -> None:
    statement = knowledge.statement(row["claim"])

    missing = content_figures(row) - knowledge.figures(statement)

    assert not missing, f"{row['claim']} lacks {sorted(map(str, missing))}"


@each_estimate
def test_the_data_of_an_estimate_hold_no_other_figure(
    knowledge: Knowledge, row: dict[str, str]
) -> None:
    statement = knowledge.statement(row["claim"])

    assert knowledge.figures(statement) == content_figures(row)


@each_claim
def test_label_and_definition_name_no_figure_that_is_not_data(
    knowledge: Knowledge, row: dict[str, str]
) -> None:
    statement = knowledge.statement(row["claim"])
    texts = knowledge.values(statement, LABEL) | knowledge.values(statement, DEFINITION)

    assert numbers(texts) <= knowledge.figures(statement)


@each_estimate
def test_an_estimate_has_its_unit_and_its_time(knowledge: Knowledge, row: dict[str, str]) -> None:
    statement = knowledge.statement(row["claim"])
    units = {code for sign, code in UNITS.items() if sign in row["content"]}
    years = re.findall(r"(\d+) years?", row["content"])

    assert knowledge.names(statement, "population") == {"Achalasia"}
    assert knowledge.values(statement, POEMKG + "unit") == units
    assert knowledge.values(statement, POEMKG + "timePoint") == (
        {f"{year} a" for year in years} or {"not reported"}
    )


@each_claim
def test_the_rank_of_a_claim_is_its_line(knowledge: Knowledge, row: dict[str, str]) -> None:
    rank = set(re.findall(r"rank (\d)", row["kind"]))

    assert knowledge.values(knowledge.statement(row["claim"]), POEMKG + "line") == rank


@each_claim
def test_a_claim_is_as_sure_as_the_evidence(knowledge: Knowledge, row: dict[str, str]) -> None:
    letter = re.match(r"seed|[HML]", row["how_sure"])
    assert letter is not None
    expected = "verifiedElsewhere" if row["claim"] in FOUND_ELSEWHERE else SURE[letter[0]]

    statement = knowledge.statement(row["claim"])

    assert knowledge.names(statement, "verified") == {expected}


def test_the_severity_claim_sorts_six_events(knowledge: Knowledge) -> None:
    sorted_events = knowledge.names(knowledge.statement("C48"), "classifies")

    assert sorted_events == {f"statement:droracle2025-C{n}" for n in range(42, 48)}


def test_the_share_of_major_events_is_approximate(knowledge: Knowledge) -> None:
    statement = knowledge.statement("C40")

    assert knowledge.values(statement, POEMKG + "approximate") == {"true"}
