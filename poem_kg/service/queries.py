"""The query catalogue as calls: a name, typed parameters that are bound as terms, and the rows."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from functools import cached_property

from poem_kg.asking import bind, check_known, needs_patient, parameters
from poem_kg.catalogue import Query, read_queries
from poem_kg.errors import InputError
from poem_kg.evaluation import Evaluation
from poem_kg.limits import Limits
from poem_kg.query_data import examples
from poem_kg.resources import data_dir
from poem_kg.service.addresses import etag
from poem_kg.service.asked import HTML, Asked
from poem_kg.service.model import Answer, Call, Refusal
from poem_kg.service.patient import PRIVATE, in_body, patient_in
from poem_kg.service.published import Published
from poem_kg.service.sparql import (
    GRAPH_TYPES,
    Backend,
    LocalBackend,
    chosen_type,
    graph_answer,
    in_type,
    written,
)


def offered() -> tuple[Query, ...]:
    """Return the queries that can be called, in the order of their names."""
    return read_queries(data_dir("queries") / "ask")


def short_name(query: Query) -> str:
    """Return the name by which a query is called: that of its file."""
    return query.name.split("/", 1)[1]


@dataclass(frozen=True)
class Queries:
    """Answers calls of queries by name.

    Attributes:
        published: the knowledge, for queries about a patient.
        backend: what the others are asked of.
        limits: what a query may cost.
        asked: makes pages of answers, for people.
    """

    published: Published
    backend: Backend
    limits: Limits
    asked: Asked

    @cached_property
    def by_name(self) -> dict[str, Query]:
        """The queries by the name by which they are called."""
        return {short_name(query): query for query in offered()}

    def answer(self, call: Call) -> Answer:
        """Return the rows of the query that the path names, with the parameters bound.

        Raises:
            Refusal: there is no such query, or it needs a patient and there is none.
            InputError: a parameter or the patient cannot be used, or the value of a parameter is
                nowhere in what is asked.
        """
        query = self.by_name.get(call.path)
        if query is None:
            raise Refusal(404, "there is no such query; /queries lists them")
        # A form sends what was left empty as well.
        given = [pair for pair in call.parameters if pair[1]]
        bindings = bind(query, given)
        if needs_patient(query):
            return self._about_a_patient(query, call, given)
        if call.method == "POST":
            raise Refusal(
                405, "this query is not about a patient; GET it", headers=(("Allow", "GET, HEAD"),)
            )
        check_known(query, given, self.published.store, holds=self._holds)
        evaluation = Evaluation(short_name(query), self.limits, dict(bindings))
        answer = self._answered(query, self.backend, evaluation, call)
        # The same until the knowledge changes; a client asks with the tag whether it has.
        tag = ("ETag", etag(answer.media_type.encode() + answer.body))
        headers = (*answer.headers, tag, ("Cache-Control", "public, no-cache"))
        return dataclasses.replace(answer, headers=headers)

    def listed(self, call: Call) -> Answer:
        """Return the queries that can be called, as JSON, as RDF or as a page.

        Raises:
            Refusal: none of them is acceptable.
        """
        chosen = chosen_type(call.accept, ("application/json", *GRAPH_TYPES, HTML))
        if chosen == HTML:
            return in_type(chosen, self.asked.questions(self.by_name))
        if chosen != "application/json":
            return graph_answer(self.published.queries, chosen)
        listed = [
            {
                "name": name,
                "query": query.iri,
                "summary": query.summary,
                "text": query.text,
                "method": "POST" if needs_patient(query) else "GET",
                "parameters": [dataclasses.asdict(p) for p in parameters(query)],
                "examples": [{p.name: getattr(term, "value", "")} for p, term in examples(query)],
            }
            for name, query in self.by_name.items()
        ]
        return in_type(chosen, (json.dumps(listed, ensure_ascii=False, indent=1) + "\n").encode())

    def _about_a_patient(self, query: Query, call: Call, given: list[tuple[str, str]]) -> Answer:
        if call.method != "POST":
            raise Refusal(
                405, "this query is about a patient; POST one as RDF", headers=(("Allow", "POST"),)
            )
        kb = self.published.kb
        try:
            source = patient_in(call, kb, self.limits)
            findings = kb.validate(source)
        except InputError as error:
            raise in_body(error) from None
        if any(finding.severity == "Violation" for finding in findings):
            raise Refusal(422, "the patient violates the shapes; POST it to /api/validate")
        store = kb.derive(source).store
        check_known(query, given, store)
        evaluation = Evaluation(short_name(query), self.limits, dict(bind(query, given)))
        answer = self._answered(query, LocalBackend(store), evaluation, call)
        return Answer(media_type=answer.media_type, body=answer.body, headers=PRIVATE)

    def _holds(self, text: str) -> bool:
        return bool(self.backend.run(text, Evaluation("query", self.limits)))

    def _answered(
        self, query: Query, backend: Backend, evaluation: Evaluation, call: Call
    ) -> Answer:
        result = backend.run(query.text, evaluation)
        return written(
            evaluation,
            result,
            call.accept,
            lambda: self.asked.answer(
                evaluation, result, title=query.summary, text=query.text, name=short_name(query)
            ),
        )
