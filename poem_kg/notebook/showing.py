"""Results as pieces of HTML for a notebook: no script, nothing from elsewhere, every text escaped.

The words for standing and readiness are those of the ontology. Templates lay out, and take their
colours from the notebook, so that they are read on light and on dark ground.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from poem_kg.errors import one_line
from poem_kg.explain.facts import Telling
from poem_kg.explain.model import Explanation, OptionExplanation
from poem_kg.explain.svg import explain_svg
from poem_kg.explain.text import explain_lines
from poem_kg.explain.words import Words
from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.model import Advice, Option, SourceReference, StatementReference, StudyReport
from poem_kg.namespaces import CRITERION, POEMKG, RDF, SKOS, SOURCE, compact
from poem_kg.query_result import QueryResult, Term
from poem_kg.whatif.questions import WhatNext
from poem_kg.whatif.search import WhatIf
from poem_kg.whatif.text import what_if_lines, what_next_lines

if TYPE_CHECKING:
    from jinja2 import Environment

MOST: Final = 100
"""How many rows or triples are shown; a line says when there are more."""
_FOLDER: Final = Path(__file__).parent / "templates"
_AUDIENCE: Final = "clinician"
_ON_EVERY_ADVICE: Final = ("disclaimer", "review")


class Showing:
    """Shows what is known and what follows from it.

    Args:
        knowledge: what the results were derived from.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def html(self, result: object) -> str:
        """Return a result, or the knowledge itself, as a piece of HTML.

        Raises:
            TypeError: it is nothing that notebooks show.
        """
        for kind, show in self._shows.items():
            if isinstance(result, kind):
                return show(result)
        raise TypeError(f"no notebook shows a {type(result).__name__}")

    @cached_property
    def _shows(self) -> Mapping[type, Callable[[Any], str]]:
        return {
            Advice: self._advice,
            Explanation: self._explanation,
            Knowledge: self._knowledge_itself,
            Option: lambda option: self._page("option.html", option=option),
            OptionExplanation: lambda told: self._page("option_explanation.html", told=told),
            QueryResult: self._query_result,
            StudyReport: lambda report: self._page("studies.html", report=report),
            WhatIf: lambda found: self._lines(what_if_lines(found, self._words)),
            WhatNext: lambda found: self._lines(what_next_lines(found, self._words)),
        }

    def _advice(self, advice: Advice) -> str:
        aside = {"decisions": "interpretation", "factors": "selection-factor"}
        apart = {name: [n for n in advice.notices if n.kind == k] for name, k in aside.items()}
        unsaid = {*_ON_EVERY_ADVICE, *aside.values()}
        notices = [n for n in advice.notices if n.kind not in unsaid]
        return self._page("advice.html", advice=advice, notices=notices, **apart)

    def _explanation(self, explanation: Explanation) -> str:
        picture = explain_svg(explanation, self._words)
        return self._page(
            "explanation.html",
            lines=explain_lines(explanation, self._words),
            title=self._words.say("picture", patient=Telling(explanation, self._words).title()),
            # As a file of its own it can run nothing, and its identifiers clash with no others.
            picture=base64.b64encode(picture).decode("ascii"),
        )

    def _knowledge_itself(self, knowledge: Knowledge) -> str:
        index = Index((*knowledge.ontology, *knowledge.prepared))
        reviews = [
            (knowledge.label(state), len(index.having(POEMKG + "review", state)))
            for state in index.having(RDF + "type", POEMKG + "ReviewState")
        ]
        kinds = [("disorders", POEMKG + "Disorder"), ("therapies", POEMKG + "Therapy")]
        counts = [
            (name, len(set(index.having(POEMKG + "isKindOf", kind)) - {kind}))
            for name, kind in kinds
        ]
        named = {str(t.subject).strip("<>") for t in knowledge.ontology}
        counts.append(("criteria", sum(iri.startswith(CRITERION) for iri in named)))
        counts.append(("sources", sum(iri.startswith(SOURCE) for iri in named)))
        return self._page(
            "knowledge.html",
            knowledge=knowledge,
            counts=counts,
            reviews=[(name, count) for name, count in reviews if count],
        )

    def _query_result(self, result: QueryResult) -> str:
        return self._page(
            "query_result.html",
            result=result,
            rows=[[_cell(term) for term in row] for row in result.rows[:MOST]],
            triples=[
                [_cell(term) for term in (t.subject, t.predicate, t.object)]
                for t in result.graph[:MOST]
            ],
            most=MOST,
        )

    def _lines(self, lines: Iterable[tuple[int, str]]) -> str:
        return self._page("lines.html", lines=[(n, text) for n, text in lines if text])

    def _page(self, template: str, **content: object) -> str:
        page = self._environment.get_template(template)
        return page.render(on_every_advice=self._on_every_advice, **content)

    @cached_property
    def _words(self) -> Words:
        return Words(self._knowledge, _AUDIENCE)

    @cached_property
    def _on_every_advice(self) -> tuple[str, ...]:
        """The disclaimer, and how far the knowledge is reviewed."""
        index = Index(self._knowledge.ontology)
        found = [
            (int(index.one(kind, POEMKG + "order") or 0), statement)
            for kind in index.having(RDF + "type", POEMKG + "NoticeKind")
            for statement in index.having(POEMKG + "noticeOnAdvice", kind)
        ]
        return tuple(index.one(s, SKOS + "definition") or "" for _, s in sorted(found))

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        environment = Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=True,
            finalize=_visible,
            lstrip_blocks=True,
            trim_blocks=True,
            undefined=StrictUndefined,
        )
        environment.globals.update(
            cite=_cite,
            compact=compact,
            label=self._knowledge.label,
            readiness=lambda code: self._words.say(f"readiness-{code}"),
            standing=self._standing,
            word=self._words.say,
        )
        return environment

    def _standing(self, option: Option | OptionExplanation) -> str:
        """How an option stands, in the words of the ontology."""
        values = {"disorder": self._words.thing(option.disorder), "mark": ""}
        if option.standing == "line":
            values["line"] = str(option.line)
        if option.standing == "conditional":
            values["transfer"] = self._words.thing(option.via) if option.via else ""
        return self._words.say(f"standing-{option.standing}", **values)


def _visible(value: object) -> object:
    """A text with characters that are not seen written as escapes; what is HTML stays."""
    return one_line(value) if type(value) is str else value


def _cite(reference: StatementReference | SourceReference) -> str:
    """Where a statement stands, in a few words."""
    if isinstance(reference, StatementReference):
        claim = f"{reference.claim}, " if reference.claim else ""
        return claim + _cite(reference.source)
    marker = f" [{reference.marker}]" if reference.marker else ""
    place = f", {reference.locator}" if reference.locator else ""
    return f"{reference.label}{place}{marker}"


def _cell(term: Term | None) -> tuple[str, str]:
    """What is shown of a term, and what it is in full."""
    if term is None:
        return "", ""
    if isinstance(term, ox.NamedNode):
        return compact(term.value), term.value
    if isinstance(term, ox.Literal):
        return term.value, str(term)
    return str(term), str(term)
