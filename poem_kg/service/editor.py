"""The page "Query": an editor for SPARQL over the published graph, with the catalogue at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from poem_kg.asking import needs_patient, parameters
from poem_kg.catalogue import Query
from poem_kg.namespaces import BASE, PREFIXES
from poem_kg.service.model import Answer, Call, Refusal
from poem_kg.service.pages import Pages
from poem_kg.service.site import public_page
from poem_kg.service.vendor import is_built

TO_BEGIN_WITH: Final = """\
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?class ?label
WHERE {
  ?class rdfs:subClassOf poemkg:Statement .
  ?class rdfs:label ?label .
}
ORDER BY ?label
"""
"""What stands in an editor that was not told otherwise."""


@dataclass(frozen=True)
class Question:
    """A query of the catalogue, as the page offers it.

    Attributes:
        name: by which it is called.
        summary: what it asks.
        text: the whole query.
        patient: whether it is about a patient, and so finds nothing in the published graph.
        narrowed: whether it has parameters.
    """

    name: str
    summary: str
    text: str
    patient: bool
    narrowed: bool


@dataclass(frozen=True, eq=False)
class Editor:
    """Makes the page.

    Attributes:
        pages: lays it out.
        queries: the catalogue, by name.
        limits: what a query may cost, in words.
    """

    pages: Pages
    queries: Mapping[str, Query]
    limits: str

    def answer(self, call: Call) -> Answer:
        """Return the page; `name` names a query of the catalogue that it opens with.

        Raises:
            Refusal: 404, there is no query of that name.
        """
        questions = {name: _question(name, query) for name, query in self.queries.items()}
        asked = [name for name in call.values("name") if name]
        if asked and asked[0] not in questions:
            raise Refusal(404, "there is no such query; /queries lists them")
        at = self.pages.addresses.at
        body = self.pages.render(
            "editor.html",
            title="Query",
            built=is_built("yasgui.js", "yasgui.css"),
            chosen=questions[asked[0]] if asked else None,
            start=TO_BEGIN_WITH,
            knowledge=[question for question in questions.values() if not question.patient],
            patient=[question for question in questions.values() if question.patient],
            prefixes=sorted(PREFIXES.items()),
            limits=self.limits,
            base=BASE,
            at={name: at(name) for name in ("", "editor", "patient", "queries", "sparql")},
        )
        return public_page(body)


def _question(name: str, query: Query) -> Question:
    return Question(
        name=name,
        summary=query.summary,
        text=query.text,
        patient=needs_patient(query),
        narrowed=bool(parameters(query)),
    )
