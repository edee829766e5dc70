"""`docs/check.md`: every rule with what it finds, an example, how to mend and how to waive it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from poem_kg.checking.model import Rule
from poem_kg.checking.rules import PROGRAMMED, check_queries, of_query, shape_rules
from poem_kg.knowledge import Knowledge

_PROBLEM: Final = re.compile(r'BIND\("([^"]+)" AS \?problem\)')

EXAMPLES: Final = {
    "syntax": "a `;` where a `.` belongs, a quotation mark that nobody closed, a triple "
    "term (`<<( … )>>`, RDF 1.2), which only few programs can read",
    "catalogue": "an entry whose file was renamed",
    "imports": "`owl:imports module:sorces`",
    "not-imported": "a new file below `guidelines/` that `poem-kg.ttl` does not import",
    "missing-imports": "a module that names a class of `outcomes.ttl` without importing it",
    "module-headers": "a file that begins with its first statement",
    "wrong-prefixes": "`@prefix prov: <https://www.w3.org/ns/prov#> .` (it is `http`)",
    "unknown-vocabulary-terms": "`skos:definiton`, `dcterms:titel`, `prov:wasDerivedFom`",
    "values-of-another-kind": "`poemkg:direction poemkg:strengthStrong`",
    "properties-of-another-kind": "`poemkg:printed` on a statement",
    "ill-typed-values": '`poemkg:line "first"`, `"2026-02-31x"^^xsd:date`',
    "units": '`poemkg:unit "mmHg"` (UCUM writes `mm[Hg]`), `"percent"` (it is `%`)',
    "dangling-citations": "a marker `[3]` for which the page lists nothing",
    "claims-without-statement": "statements for C32 and C34, none for C33",
    "example-patients": "a file in `examples/` that is no Turtle, or an age of 720 years in one",
    "statements-without-patient": "a new statement on a disorder that no example patient has",
    "mapping-table": "a row without a justification, or the same row twice",
    "mapping-identifiers": "a MONDO identifier with six digits, a SNOMED CT code with two digits "
    "exchanged",
    "mapping-terms": "a row on a class that was renamed",
    "mappings-in-step": "a row that was added to the table and not to `mappings.ttl`",
    "inert-shapes": "`sh:targetClass poemkg:Recomendation`, `sh:minCuont 1`",
    "waivers": "a waiver without a reason, or one whose defect was mended long ago",
    "owl-2-dl": "one IRI declared as an object property and as an annotation property",
    "consistency": "an individual of two classes that are disjoint",
    "satisfiability": "a class below two classes that are disjoint",
}
"""For each programmed rule what it would find, in words or Turtle."""

_HEAD: Final = """\
# What `poem-kg check` finds

```sh
poem-kg check                          # everything: about ten seconds
poem-kg check --no-reasoner            # without OWL and patients: about a second
poem-kg check ontology -f text         # one line a finding, for editors and logs
poem-kg check ontology -f sarif -o check.sarif   # for code hosts
```

What was not checked, such as the patients while there are errors, is told beside the counts.
It ends with 0 when there is no error, with 1 when there is one, and with 2 when it could not
check at all. `-f json` gives the same as one object: `sound`, `checked`, `problems` and `waived`.

Each finding says **where** (file and line), **what term** it is about, **what is wrong**, **what
to do**, and the **name of its rule**. The rules are listed here by name. A file that is no Turtle
is a finding like another: the other files are checked all the same. A misspelt term is one
finding; the other rules read it as what it most likely means (the finding asks *did you mean*).

## Set a finding aside

A rule can be wrong about one term. Then say so in `ontology/waivers.ttl`, with the reason:

```turtle
poemkg:waiver-example
	a
		owl:NamedIndividual ,
		poemkg:Waiver ;
	rdfs:label "what is waived"@en ;
	dcterms:creator "your name" ;
	dcterms:date "2030-01-31"^^xsd:date ;
	poemkg:waiverReason "Why the rule does not hold here."@en ;
	poemkg:waivesRule "dangling-citations" ;
	poemkg:waivesTerm source:the-term-of-the-finding ;
	.
```

The finding then counts as waived: it is still told, with the reason, and no longer makes the
check fail. A waiver without reason, name or date waives nothing and is an error, and so is one
that waives nothing any more. Rules marked *cannot be waived* are those without which nothing else
can be trusted.

"""

_OTHER: Final = """\
## Rules of the shapes

These hold for each statement, criterion and clinical term by itself. They are written in SHACL in
`shapes/statements.ttl` and `shapes/criteria.ttl`; a shape `shapes:NAME` is the rule `shape-NAME`.

| rule | what must be so | how to mend it |
|---|---|---|
"""

_FOOT: Final = """
This page is generated from the rules by `python -m poem_kg.documents`; change a rule in
`queries/check/`, `shapes/` or `poem_kg/checking/rules.py`, not the page.
"""


def check_page(knowledge: Knowledge) -> str:
    """Return the page on all rules as Markdown.

    Args:
        knowledge: not needed, but handed to whatever writes a page.
    """
    del knowledge
    queries = {query.path.stem: query for query in check_queries()}
    parts = [_HEAD, "## Rules of the files and of the whole\n\n"]
    for rule in PROGRAMMED:
        parts += _section(rule, f"For example: {EXAMPLES[rule.name]}.")
    parts.append("## Rules of the check queries\n\n")
    parts.append(
        "Each is a SPARQL query of the same name in `queries/check/`, which returns nothing where "
        "all is well.\n\n"
    )
    for query in queries.values():
        said = list(dict.fromkeys(_PROBLEM.findall(query.text)))
        example = "It says of a term that it " + "; or that it ".join(said) + "." if said else ""
        parts += _section(of_query(query), example, must=query.summary)
    parts.append(_OTHER)
    for rule in sorted(shape_rules().values(), key=lambda rule: rule.name):
        must = rule.finds.removeprefix("Not so: ")
        parts.append(f"| `{rule.name}` | {_cell(must)} | {_cell(rule.mend)} |\n")
    return "".join(parts) + _FOOT


def _section(rule: Rule, example: str, *, must: str = "") -> Iterator[str]:
    level = rule.severity if rule.waivable else f"{rule.severity}, cannot be waived"
    yield f"### `{rule.name}`\n\n"
    yield f"*{level}* — {must or rule.finds}\n\n"
    if example:
        yield f"{example}\n\n"
    yield f"**Mend it:** {rule.mend}\n\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
