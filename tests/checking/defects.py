"""A copy of the ontology with many slips in it, each of which a rule must name."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from poem_kg.checking.model import CheckReport, Problem
from poem_kg.namespaces import PREFIXES

ONTOLOGY = Path(__file__).resolve().parents[2] / "ontology"
PAGE = "guidelines/droracle-2025.ttl"
TABLE = "alignments/poem-kg.sssom.tsv"


@dataclass(frozen=True)
class Slip:
    """One edit and what must be said of it.

    Attributes:
        rule: the name of the rule that must find it.
        file: the file that is edited.
        old: what stands there, after the first place of `after`.
        new: what is written instead; the finding is on the line on which it stands, or on the
            line of `at`.
        term: the term that must be named, with its prefix.
        after: the block in which to edit.
        at: what stands on the line of the finding, where that is not `new`.
    """

    rule: str
    file: str
    old: str
    new: str
    term: str
    after: str = ""
    at: str = ""


def copy(folder: Path) -> Path:
    """Return a copy of the ontology in a folder. No links: a slip would edit the ontology."""
    shutil.copytree(ONTOLOGY, folder / "ontology")
    return folder / "ontology"


def edit(path: Path, old: str, new: str, *, after: str = "") -> None:
    """Put a text in the place of another, once, after the first place of a third."""
    text = path.read_bytes().decode()
    start = text.index(after)
    begin = text.index(old, start)
    path.write_bytes((text[:begin] + new + text[begin + len(old) :]).encode())


def line_of(path: Path, text: str, *, after: str = "") -> int:
    """Return the line, from 1, on which a text stands after another."""
    whole = path.read_bytes().decode()
    place = whole.index(text.strip("\n\t ").split("\n")[0], whole.index(after))
    return whole.count("\n", 0, place) + 1


def full(name: str) -> str:
    """Return the IRI of a name with a prefix; what has none of ours stays as it is."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else name


def problems_of(report: CheckReport, rule: str) -> list[Problem]:
    """Return what a rule found."""
    return [problem for problem in report.problems if problem.name == rule]


SLIPS = (
    Slip("unknown-vocabulary-terms", "criteria.ttl", "rdfs:label", "rdfs:lable", "rdfs:lable"),
    Slip(
        "undeclared-terms",
        PAGE,
        "poemkg:locator",
        "poemkg:lokator",
        "poemkg:lokator",
        after="stmt:droracle2025-C34\n",
    ),
    Slip(
        "dangling-references",
        PAGE,
        "stmt:poem-kg-I19",
        "stmt:poem-kg-I199",
        "stmt:droracle2025-C33",
        after="stmt:droracle2025-C33\n",
    ),
    Slip(
        "values-of-another-kind",
        PAGE,
        "poemkg:direction poemkg:directionNeutral",
        "poemkg:direction poemkg:pageOnly",
        "stmt:droracle2025-C35",
        after="stmt:droracle2025-C35\n",
    ),
    Slip(
        "properties-of-another-kind",
        PAGE,
        "\tpoemkg:review ",
        '\tpoemkg:printed "9" ;\n\tpoemkg:review ',
        "stmt:droracle2025-C36",
        after="stmt:droracle2025-C36\n",
    ),
    Slip(
        "ill-typed-values",
        PAGE,
        "poemkg:value ",
        'poemkg:value "about"^^<http://www.w3.org/2001/XMLSchema#decimal> ; #',
        "stmt:droracle2025-C37",
        after="stmt:droracle2025-C37\n",
    ),
    Slip(
        "units",
        PAGE,
        'poemkg:unit "%"',
        'poemkg:unit "percent"',
        "stmt:droracle2025-C34",
        after="stmt:droracle2025-C34\n",
    ),
    Slip(
        "incomplete-estimates",
        PAGE,
        '\tpoemkg:sampleSize "not reported" ;\n',
        "",
        "stmt:droracle2025-C33",
        after="stmt:droracle2025-C33\n",
        at="stmt:droracle2025-C33\n",
    ),
    Slip(
        "ungraded-sources",
        PAGE,
        "poemkg:strength poemkg:strengthNotGraded",
        "poemkg:strength poemkg:strengthStrong",
        "stmt:droracle2025-C16",
        after="stmt:droracle2025-C16\n",
    ),
    Slip(
        "bolder-than-linked",
        PAGE,
        "poemkg:direction poemkg:directionFor",
        "poemkg:direction poemkg:directionAgainst",
        "stmt:droracle2025-C17",
        after="stmt:droracle2025-C17\n",
        at="poemkg:supportsStatement",
    ),
    Slip(
        "unverified-citations",
        "sources.ttl",
        "\tpoemkg:bibliographyNote",
        "\tdcterms:abstract",
        "source:barbieri2015",
        after="source:barbieri2015\n",
        at="poemkg:MetaAnalysis",
    ),
    Slip(
        "dangling-citations",
        "sources.ttl",
        "poemkg:dangling false",
        "poemkg:dangling true",
        "source:droracle2025-marker-4",
        after="source:droracle2025-marker-4\n",
    ),
    Slip(
        "claims-without-statement",
        PAGE,
        'poemkg:claim "C39"',
        'poemkg:claim "C41"',
        "stmt:droracle2025-C39",
        after="stmt:droracle2025-C39\n",
        at="stmt:droracle2025-C39\n",
    ),
    Slip(
        "duplicate-labels",
        "outcomes.ttl",
        '"clinical success"@en',
        '"contraindicated"@en',
        "poemkg:ClinicalSuccess",
        after="poemkg:ClinicalSuccess\n",
    ),
    Slip(
        "undefined-classes",
        "outcomes.ttl",
        "skos:definition",
        "skos:scopeNote",
        "poemkg:Contraindicated",
        after="poemkg:Contraindicated\n",
        at="poemkg:Contraindicated\n",
    ),
    Slip(
        "mapping-identifiers",
        TABLE,
        "MONDO:0008698",
        "MONDO:008698",
        "poemkg:AchalasiaTypeI",
        after="\npoemkg:AchalasiaTypeI\t",
    ),
    Slip(
        "mapping-identifiers",
        TABLE,
        "SNOMEDCT:235595009",
        "SNOMEDCT:235595090",
        "poemkg:GastroOesophagealRefluxDisease",
    ),
    Slip(
        "mapping-table",
        TABLE,
        "semapv:ManualMappingCuration",
        "",
        "poemkg:Achalasia",
        after="HP:0002571",
        at="HP:0002571",
    ),
    Slip(
        "mapping-terms",
        TABLE,
        "\tachalasia mimic\t",
        "\tachalasia mimick\t",
        "poemkg:AchalasiaMimic",
    ),
    Slip(
        "mappings-in-step",
        TABLE,
        "skos:narrowMatch\tMONDO:0019635",
        "skos:broadMatch\tMONDO:0019635",
        "poemkg:Achalasia",
    ),
    Slip(
        "missing-imports",
        "passages/droracle-2025.ttl",
        "\t\tmodule:guideline-droracle-2025 ,\n",
        "",
        "module:guideline-droracle-2025",
        at="poemkg:modelledBy stmt:",
    ),
    Slip(
        "waivers",
        "waivers.ttl",
        "poemkg:waiverReason",
        "skos:note",
        "poemkg:waiver-chicago40-opioids",
        at="poemkg:waiver-chicago40-opioids",
    ),
    Slip(
        "wrong-prefixes",
        "alignments/prov.ttl",
        "<http://www.w3.org/ns/prov#>",
        "<https://www.w3.org/ns/prov#>",
        "https://www.w3.org/ns/prov#",
    ),
    Slip(
        "module-headers",
        "words.ttl",
        "dcterms:title",
        "dcterms:alternative",
        "module:words",
        at="module:words\n",
    ),
)
"""Slips that do not get into each other's way, so one check finds them all."""
