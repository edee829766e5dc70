"""The columns of the CSV tables: which property each shows, and how."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from poem_kg.namespaces import CRITERION, POEMKG, PREFIXES, SOURCE, STATEMENT

Shows = Literal["value", "code", "label"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table.

    Attributes:
        name: what stands in the header.
        path: the properties to follow from the subject of the row; none is the subject itself.
        shows: the value as it is, its code (`skos:notation`, else its label), or its label.
        many: whether a cell may hold several values.
    """

    name: str
    path: tuple[str, ...]
    shows: Shows = "value"
    many: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table: one row for each subject in a namespace.

    Attributes:
        name: the file's name without its suffix.
        about: what a row is.
        space: the namespace of the subjects.
        columns: the columns, the first of which is the subject.
    """

    name: str
    about: str
    space: str
    columns: tuple[Column, ...]


def _column(
    path: str, name: str | None = None, *, shows: Shows = "value", many: bool = False
) -> Column:
    """A column for properties as prefixed names, named after the last of them."""
    steps = [step.partition(":") for step in path.split()]
    last = re.sub(r"(?=[A-Z])", "_", steps[-1][2]).lower()
    iris = tuple(PREFIXES[prefix] + local for prefix, _, local in steps)
    return Column(name=name or last, path=iris, shows=shows, many=many)


def _subject(name: str) -> Column:
    return Column(name=name, path=())


def _named(path: str, *, many: bool = False) -> tuple[Column, Column]:
    """Two columns: IRIs, and the labels of the same terms in the same order."""
    column = _column(path, many=many)
    return column, _column(path, f"{column.name}_label", shows="label", many=many)


def _coded(*paths: str) -> tuple[Column, ...]:
    return tuple(_column(path, shows="code") for path in paths)


def _single(*paths: str) -> tuple[Column, ...]:
    return tuple(_column(path) for path in paths)


def _several(*paths: str) -> tuple[Column, ...]:
    return tuple(_column(path, many=True) for path in paths)


_KIND: Final = _column("rdf:type", "kind", shows="code", many=True)
_TEXTS: Final = _single("rdfs:label", "skos:definition")

STATEMENTS: Final = Table(
    name="statements",
    about="a statement, a departure of a page from its sources, or a sequence of lines",
    space=STATEMENT,
    columns=(
        _subject("statement"),
        *_single("poemkg:claim"),
        _KIND,
        *_TEXTS,
        *_coded("poemkg:direction", "poemkg:strength", "poemkg:certainty", "poemkg:standing"),
        *_named("poemkg:disorder", many=True),
        *_named("poemkg:therapy", many=True),
        *_several("poemkg:when", "poemkg:unless", "poemkg:requires"),
        *_single("poemkg:consider", "poemkg:excludedBy", "poemkg:exceptTherapy"),
        *_single("poemkg:populationNote"),
        *_named("poemkg:test", many=True),
        *_single("poemkg:better", "poemkg:worse", "poemkg:comparedWith", "poemkg:aspect"),
        *_single("poemkg:line", "poemkg:inSequence", "poemkg:passedBy"),
        *_single("poemkg:trigger", "poemkg:asDisorder"),
        *_named("poemkg:outcome"),
        *_single("poemkg:value", "poemkg:baselineValue", "poemkg:unit", "poemkg:approximate"),
        *_single("poemkg:statistic", "poemkg:timePoint"),
        *_named("poemkg:population"),
        *_single("poemkg:sampleSize", "poemkg:severity", "poemkg:severityScheme"),
        *_several("poemkg:classifies"),
        *_single("poemkg:followUpAfter", "poemkg:edition", "poemkg:indicates"),
        *_single("poemkg:definedClass"),
        *_several("poemkg:settlingTest"),
        *_coded("poemkg:silenceKind"),
        *_single("poemkg:group", "poemkg:listedMember", "poemkg:otherMember"),
        *_single("poemkg:supportsStatement"),
        *_coded("poemkg:noticeOnAdvice"),
        *_several("poemkg:concerns", "poemkg:departsFrom"),
        *_coded("poemkg:departureKind"),
        *_several("poemkg:restsOn"),
        *_single("poemkg:reason"),
        *_named("poemkg:source"),
        _column("poemkg:source dcterms:title", "source_title"),
        _column("poemkg:source bibo:doi", "source_doi"),
        *_single("poemkg:ofSource", "poemkg:locator"),
        _column("poemkg:cites poemkg:printed", "marker"),
        *_single("poemkg:markerNote"),
        *_coded("poemkg:verified"),
        *_single("poemkg:verificationNote"),
        *_coded("poemkg:review"),
        *_several("poemkg:reviewedBy"),
        *_single("poemkg:reviewedOn"),
        *_several("dcterms:isReplacedBy"),
        *_single("skos:scopeNote", "skos:editorialNote"),
    ),
)

SOURCES: Final = Table(
    name="sources",
    about="a source, a citation marker as printed, a severity scheme, or a passage",
    space=SOURCE,
    columns=(
        _subject("source"),
        _KIND,
        *_TEXTS,
        *_single("dcterms:title", "dcterms:bibliographicCitation", "bibo:doi", "bibo:pmid"),
        *_single("rdfs:seeAlso", "poemkg:governing", "poemkg:ofSource", "poemkg:printed"),
        *_single("poemkg:resolvesTo", "poemkg:dangling", "poemkg:locator"),
        *_single("poemkg:bibliographyNote", "poemkg:verificationNote", "skos:editorialNote"),
        *_single("poemkg:retracted", "poemkg:retractionNote"),
        *_several("dcterms:isReplacedBy"),
        *_single("poemkg:ordinal", "poemkg:textDigest", "poemkg:notModelledBecause"),
        *_several("poemkg:modelledBy"),
    ),
)

CRITERIA: Final = Table(
    name="criteria",
    about="a criterion, or a group of diagnoses that exclude each other",
    space=CRITERION,
    columns=(
        _subject("criterion"),
        _KIND,
        *_TEXTS,
        *_named("poemkg:onClass"),
        *_several("poemkg:test"),
        *_single("poemkg:requiresResult", "poemkg:positiveResult", "poemkg:rulingOutResult"),
        *_several("poemkg:part", "poemkg:member"),
        *_named("poemkg:onMeasure"),
        *_single("poemkg:comparesMeasure", "poemkg:onSwallowMeasure", "poemkg:onStudyFinding"),
        *_single("poemkg:onShare"),
        *_several("poemkg:countsSwallows"),
        *_single("poemkg:inPosition", "poemkg:statedAs"),
        *_single("poemkg:metFrom", "poemkg:metAbove", "poemkg:metUpTo", "poemkg:metBelow"),
        *_single("poemkg:notMetFrom", "poemkg:notMetAbove"),
        *_single("poemkg:notMetUpTo", "poemkg:notMetBelow"),
        *_several("poemkg:restsOn", "dcterms:source"),
    ),
)

TERMS: Final = Table(
    name="terms",
    about="a term of the ontology: class, property or member of a closed list",
    space=POEMKG,
    columns=(
        _subject("term"),
        _column("rdf:type", "kind", many=True),
        *_TEXTS,
        *_several("skos:altLabel"),
        *_single("skos:notation"),
        *_several("rdfs:subClassOf", "rdfs:domain", "rdfs:range"),
        *_single("poemkg:unit", "poemkg:minimum", "poemkg:maximum"),
        *_several("dcterms:source"),
        *_single("skos:scopeNote", "owl:deprecated"),
    ),
)

TABLES: Final = {"ontology": (TERMS,), "statements": (STATEMENTS, SOURCES, CRITERIA)}
"""Dataset to its tables."""

OPTIONS: Final = {
    "patient": "IRI of the patient",
    "rank": "place among the options, 1 is best; equal ones share it",
    "option": "IRI of the option",
    "therapy": "IRI of the therapy",
    "therapy_label": "its label",
    "standing": "what the statements make of it: line, preferred, option or conditional",
    "line": "number of the line of therapy, where the standing is one",
    "disorder": "IRI of the disorder that it is for",
    "via": "IRI of the disorder whose statements are used, where it is another",
    "readiness": "how far what the sources require is there",
    "for": "IRIs of the statements for it",
    "against": "IRIs of the statements against it",
    "cautions": "IRIs of the cautions",
    "gaps": "IRIs of the evidence gaps",
    "outcomes": "IRIs of the estimates of outcomes and harms",
    "met": "labels of the requirements that hold",
    "not_met": "labels of the requirements that do not hold",
    "unknown": "labels of the requirements of which nobody knows whether they hold",
    "ontology_version": "version of the ontology that advised",
}
"""The columns of `options.csv` and what each means."""

OPTIONS_WITH_SEVERAL: Final = frozenset(
    ("for", "against", "cautions", "gaps", "outcomes", "met", "not_met", "unknown")
)
"""The columns of `options.csv` in which a cell may hold several values."""
