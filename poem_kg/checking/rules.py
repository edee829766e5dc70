"""The rules by name: those of the check queries, of the shapes, and those that need a program."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from poem_kg.catalogue import Query, read_queries
from poem_kg.checking.model import RULE, Rule, Severity
from poem_kg.knowledge import parse_module
from poem_kg.namespaces import QUERY, RDFS, SH
from poem_kg.resources import data_dir
from poem_kg.validation import STATEMENT_SHAPES


def _rule(
    name: str, finds: str, mend: str, severity: Severity = "error", *, waivable: bool = True
) -> Rule:
    return Rule(
        name=name,
        iri=RULE + name,
        severity=severity,
        finds=finds,
        mend=mend,
        waivable=waivable,
    )


SYNTAX: Final = _rule(
    "syntax",
    "A file is no Turtle; the line is that of the first thing that cannot be read.",
    "Correct the Turtle there, or just before: a dot, semicolon, quotation mark or bracket.",
    waivable=False,
)
CATALOGUE: Final = _rule(
    "catalogue",
    "The catalogue cannot be read, or names a file that is not there.",
    "Correct the entry in catalog-v001.xml, or restore the file.",
    waivable=False,
)
IMPORTS: Final = _rule(
    "imports",
    "A module imports what the catalogue does not list.",
    "Correct the IRI after owl:imports, or add it to catalog-v001.xml.",
    waivable=False,
)
NOT_IMPORTED: Final = _rule(
    "not-imported",
    "A file of the folder is not imported, so nothing in it counts.",
    "Add its module to owl:imports in poem-kg.ttl and to catalog-v001.xml.",
    waivable=False,
)
MISSING_IMPORTS: Final = _rule(
    "missing-imports",
    "A module uses a term of a module that it does not import, so an editor that opens the "
    "module alone does not know the term.",
    "Add the module of the term to owl:imports.",
)
HEADERS: Final = _rule(
    "module-headers",
    "A file has no header, two headers, or one that lacks its title, description or version.",
    "Give the file one owl:Ontology with dcterms:title, dcterms:description and owl:versionIRI.",
)
PREFIXED: Final = _rule(
    "wrong-prefixes",
    "A file binds a customary prefix to another namespace than everybody does.",
    "Write the namespace as the other files do.",
)
VOCABULARY: Final = _rule(
    "unknown-vocabulary-terms",
    "A term in the namespace of a reused vocabulary does not exist in that vocabulary.",
    "Correct the spelling; the vocabulary's own page lists its terms.",
)
KIND_OF_VALUE: Final = _rule(
    "values-of-another-kind",
    "A property points to something that is not of the kind that its range asks for.",
    "Name a member of the range of the property, or use the property that is meant.",
)
KIND_OF_SUBJECT: Final = _rule(
    "properties-of-another-kind",
    "A property stands on something that is not of the kind that its domain asks for.",
    "Use a property that is for this kind of term, or correct the type of the term.",
)
ILL_TYPED: Final = _rule(
    "ill-typed-values",
    "A value is not written as its datatype asks, has another datatype than the property, "
    "or is an empty text.",
    'Write the value as the datatype asks, such as 4.5 or "2026-11-29"^^xsd:date; '
    "where there is nothing to say, leave the property out.",
)
UNITS: Final = _rule(
    "units",
    "A unit is no UCUM code, so no other system can read the figure.",
    "Write the UCUM code, such as mm[Hg], cm, s, % or 1 for a plain number.",
)
DANGLING: Final = _rule(
    "dangling-citations",
    "A citation marker stands for nothing in the reference list of its page.",
    "Find the source; where the page itself is to blame, waive it with that reason.",
    "warning",
)
CLAIM_GAPS: Final = _rule(
    "claims-without-statement",
    "A number between the first and the last claim of a page has no statement.",
    "Write the statement of the claim, or waive it with the reason why it has none.",
)
NO_PATIENT: Final = _rule(
    "statements-without-patient",
    "No example patient meets the statement, so nobody has seen it work.",
    "Add a patient to examples/ in whom it shows.",
    "warning",
)
EXAMPLE_PATIENTS: Final = _rule(
    "example-patients",
    "An example patient cannot be read, or does not conform to the shapes, so nothing follows "
    "from it.",
    "Correct the file; poem-kg validate tells all that is wrong in it.",
)
SSSOM: Final = _rule(
    "mapping-table",
    "The table of mappings lacks what SSSOM requires, or a row is incomplete or stands twice.",
    "Complete the header or the row; CONTRIBUTING.md and the SSSOM page say what belongs there.",
)
IDENTIFIERS: Final = _rule(
    "mapping-identifiers",
    "An identifier of another terminology does not have the form of its terminology.",
    "Look the identifier up and correct it.",
)
MAPPING_TERMS: Final = _rule(
    "mapping-terms",
    "A mapping is about a term of ours that does not exist, or gives it another label.",
    "Correct the term or the label in the table.",
)
IN_STEP: Final = _rule(
    "mappings-in-step",
    "The table of mappings and mappings.ttl say different things.",
    "Change the table, then write mappings.ttl again from it.",
)
INERT: Final = _rule(
    "inert-shapes",
    "A shape can never find anything: its target or a property in it does not exist, nothing "
    "uses it, or a sh: term is misspelt.",
    "Correct the name in the shape, or the term that was renamed in the ontology.",
)
WAIVERS: Final = _rule(
    "waivers",
    "A waiver lacks its rule, term, reason, author or date, names a rule that there is not or "
    "that cannot be waived, or waives nothing.",
    "Complete the waiver in waivers.ttl, or remove it.",
    waivable=False,
)
PROFILE: Final = _rule(
    "owl-2-dl",
    "The ontology is outside OWL 2 DL, so reasoners may refuse it.",
    "Declare the term once, of one kind.",
    waivable=False,
)
CONSISTENCY: Final = _rule(
    "consistency",
    "The axioms contradict each other; the message gives the fewest of them that do.",
    "Correct or remove one of the axioms that the message gives.",
    waivable=False,
)
SATISFIABILITY: Final = _rule(
    "satisfiability",
    "A class can have no member; the message gives the fewest axioms that make it so.",
    "Correct or remove one of the axioms that the message gives.",
    waivable=False,
)

PROGRAMMED: Final = (
    SYNTAX,
    CATALOGUE,
    IMPORTS,
    NOT_IMPORTED,
    MISSING_IMPORTS,
    HEADERS,
    PREFIXED,
    VOCABULARY,
    KIND_OF_VALUE,
    KIND_OF_SUBJECT,
    ILL_TYPED,
    UNITS,
    DANGLING,
    CLAIM_GAPS,
    EXAMPLE_PATIENTS,
    NO_PATIENT,
    SSSOM,
    IDENTIFIERS,
    MAPPING_TERMS,
    IN_STEP,
    INERT,
    WAIVERS,
    PROFILE,
    CONSISTENCY,
    SATISFIABILITY,
)
"""The rules that are neither a query nor a shape, in the order in which they are looked at."""


def rules() -> tuple[Rule, ...]:
    """Return every rule, by name.

    Raises:
        KnowledgeError: a query or a shape cannot be read.
    """
    every = (*PROGRAMMED, *(of_query(query) for query in check_queries()), *shape_rules().values())
    return tuple(sorted(every, key=lambda rule: rule.name))


def check_queries() -> tuple[Query, ...]:
    """Return the queries that find nothing where all is well."""
    return read_queries(data_dir("queries") / "check")


def of_query(query: Query) -> Rule:
    """Return the rule that a check query holds; its name is that of the file."""
    front = query.front_matter
    return Rule(
        name=query.path.stem,
        iri=QUERY + query.name.replace("/", "-"),
        severity="warning" if front.get("severity") == "warning" else "error",
        finds=f"Not so: {query.summary}",
        mend=front.get("advice", ""),
    )


@lru_cache(maxsize=1)
def shape_rules() -> dict[str, Rule]:
    """Return the rules that the shapes for statements and criteria hold, by the shape's IRI."""
    triples = [
        triple
        for name in STATEMENT_SHAPES
        for triple in parse_module(data_dir("shapes") / f"{name}.ttl")
    ]
    messages = _texts(triples, SH + "message")
    labels = _texts(triples, RDFS + "label")
    described = _texts(triples, SH + "description")
    grave = {
        t.subject
        for t in triples
        if t.predicate.value == SH + "severity" and t.object.value != SH + "Violation"  # type: ignore[union-attr]
    }
    return {
        shape.value: Rule(
            name=f"shape-{shape.value.rsplit('/', 1)[1]}",
            iri=shape.value,
            severity="warning" if shape in grave else "error",
            finds=f"Not so: {labels.get(shape, '')}. {described.get(shape, '')}".strip(),
            mend=message,
        )
        for shape, message in messages.items()
        if isinstance(shape, ox.NamedNode)
    }


def _texts(triples: Iterable[ox.Triple], predicate: str) -> dict[object, str]:
    return {
        t.subject: t.object.value
        for t in triples
        if t.predicate.value == predicate and isinstance(t.object, ox.Literal)
    }
