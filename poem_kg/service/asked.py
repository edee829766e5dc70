"""Pages on which people ask: the questions of the catalogue, a query of one's own, the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import pyoxigraph as ox

from poem_kg.asking import needs_patient, parameters
from poem_kg.catalogue import Query
from poem_kg.evaluation import Evaluation
from poem_kg.query_data import examples
from poem_kg.service.pages import Pages

HTML: Final = "text/html"
MOST_ROWS: Final = 500
"""How many rows a page shows; it says how many there are, and where all of them are."""


@dataclass(frozen=True)
class Asked:
    """Makes the pages.

    Attributes:
        pages: lays them out.
    """

    pages: Pages

    def questions(self, queries: dict[str, Query]) -> bytes:
        """Return the page that lists queries by name, each with a form for its parameters."""
        shown = []
        for name, query in queries.items():
            given = {p.name: getattr(term, "value", "") for p, term in examples(query)}
            shown.append(
                {
                    "name": name,
                    "link": self.pages.term(ox.NamedNode(query.iri)),
                    "summary": query.summary,
                    "patient": needs_patient(query),
                    "parameters": [(p, given.get(p.name, "")) for p in parameters(query)],
                }
            )
        return self.pages.render(
            "queries.html",
            title="Questions to the graph",
            shelves=(
                ("knowledge", "About the knowledge", [q for q in shown if not q["patient"]]),
                ("patients", "About a patient", [q for q in shown if q["patient"]]),
            ),
            editor=self._editor,
        )

    def endpoint(self, graphs: tuple[str, ...], limits: str) -> bytes:
        """Return the page of the endpoint, with a form for a query.

        Args:
            graphs: the named graphs.
            limits: what a query may cost, in words.
        """
        links = [self.pages.term(ox.NamedNode(graph)) for graph in graphs]
        return self.pages.render(
            "sparql.html", title="SPARQL", graphs=links, limits=limits, editor=self._editor
        )

    def answer(
        self,
        evaluation: Evaluation,
        result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
        *,
        title: str,
        text: str,
        name: str | None = None,
    ) -> bytes:
        """Return the page that shows what came of a query.

        Args:
            evaluation: holds the limits; past them the answer is refused as elsewhere.
            result: what came of it.
            title: what was asked, in words.
            text: the query.
            name: by which it is called, where it is one of the catalogue.

        Raises:
            LimitExceeded: there are too many rows, triples or bytes.
        """
        yes, turtle, heads, rows, count = None, None, [], [], 0
        if isinstance(result, ox.QueryBoolean):
            yes = bool(result)
        elif isinstance(result, ox.QueryTriples):
            turtle = evaluation.written_graph(result, "turtle").decode()
        else:
            heads = [variable.value for variable in result.variables]
            found = evaluation.rows(result)
            count = len(found)
            rows = [[self.pages.term(row[head]) for head in heads] for row in found[:MOST_ROWS]]
        page = self.pages.render(
            "answer.html",
            title=title,
            text=text,
            editor=f"{self._editor}?name={quote(name)}"
            if name
            else f"{self._editor}#query={quote(text, safe='')}",
            yes=yes,
            turtle=turtle,
            heads=heads,
            rows=rows,
            count=count,
        )
        return evaluation.fitting(page)

    @property
    def _editor(self) -> str:
        return self.pages.addresses.at("editor")
