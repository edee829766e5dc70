"""The service as OpenAPI 3.1: one path for each operation and each query, from the data itself."""

from __future__ import annotations

from typing import Any, Final

from poem_kg import __version__
from poem_kg.asking import needs_patient, parameters
from poem_kg.catalogue import Query
from poem_kg.service.patient import OPERATIONS, RDF_TYPES
from poem_kg.service.queries import offered, short_name
from poem_kg.service.sparql import GRAPH_TYPES, RESULT_TYPES

_SCHEMAS: Final = {
    "iri": {"type": "string", "format": "iri"},
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "date": {"type": "string", "format": "date"},
}
_OPERATIONS: Final = {
    "recommend": "The recommended therapies for a patient, each with statement, source and facts.",
    "validate": "What is wrong or missing in a patient's data, and what to do about it.",
    "explain": "Why each option stands where it stands; or what would change it, or what to ask.",
    "classify": "What each edition of a classification says of a patient's manometry studies.",
}
_PARAMETERS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "as-of": ("the day to advise for; else that of the newest record", _SCHEMAS["date"]),
    "option": ("only this option: its IRI, name or label", _SCHEMAS["string"]),
    "why-not": ("why this therapy is not ready or not offered", _SCHEMAS["string"]),
    "ask": (
        "the fewest changes that would alter the options, or what to ask next",
        {"type": "string", "enum": ["what-if", "what-next"]},
    ),
    "audience": (
        "the same facts in words for a reader of this kind",
        {"type": "string", "enum": ["clinician", "researcher"]},
    ),
}
_CONTRACT: Final = "docs/output.md of the source tells the JSON."


def openapi(url: str) -> dict[str, Any]:
    """Return the description.

    Args:
        url: where the service is reached.
    """
    paths: dict[str, Any] = {"/sparql": {"get": _sparql_get(), "post": _sparql_post()}}
    for name in OPERATIONS:
        paths[f"/api/{name}"] = {"post": _operation(name)}
    for query in offered():
        method = "post" if needs_patient(query) else "get"
        paths[f"/queries/{short_name(query)}"] = {method: _query(query)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "poem-kg",
            "version": __version__,
            "description": "Clinical guidance as a knowledge graph. For research and education; "
            "not for decisions about a person. Nothing that is posted is stored or logged.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": url.rstrip("/")}],
        "paths": paths,
    }


def _sparql_get() -> dict[str, Any]:
    return {
        "operationId": "sparql-get",
        "summary": "A SPARQL 1.1 query; without one, the description of the endpoint.",
        "parameters": [
            _parameter("query", "the query", _SCHEMAS["string"]),
            *(
                _parameter(name, what, {"type": "array", "items": _SCHEMAS["iri"]})
                for name, what in (
                    ("default-graph-uri", "a stored graph of the default graph"),
                    ("named-graph-uri", "a stored graph that GRAPH may name"),
                )
            ),
        ],
        "responses": _responses((*RESULT_TYPES, *GRAPH_TYPES)),
    }


def _sparql_post() -> dict[str, Any]:
    text = {"schema": _SCHEMAS["string"]}
    form = {
        "schema": {
            "type": "object",
            "required": ["query"],
            "properties": {"query": _SCHEMAS["string"]},
        }
    }
    return {
        "operationId": "sparql-post",
        "summary": "A SPARQL 1.1 query in the body.",
        "requestBody": {
            "required": True,
            "content": {
                "application/sparql-query": text,
                "application/x-www-form-urlencoded": form,
            },
        },
        "responses": _responses((*RESULT_TYPES, *GRAPH_TYPES)),
    }


def _operation(name: str) -> dict[str, Any]:
    operation = OPERATIONS[name]
    responses = _responses(operation.types)
    responses["422"] = {"description": "The data violates a shape: the findings, and no advice."}
    return {
        "operationId": name,
        "summary": _OPERATIONS[name],
        "description": _CONTRACT,
        "parameters": [_parameter(key, *_PARAMETERS[key]) for key in operation.parameters],
        "requestBody": _patient(),
        "responses": responses,
    }


def _query(query: Query) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"query-{short_name(query)}",
        "summary": query.summary,
        "parameters": [
            _parameter(p.name, p.description, _SCHEMAS[p.type]) for p in parameters(query)
        ],
        "responses": _responses(tuple(RESULT_TYPES)),
    }
    if needs_patient(query):
        described["requestBody"] = _patient()
    return described


def _patient() -> dict[str, Any]:
    content = {media_type: {"schema": _SCHEMAS["string"]} for media_type in RDF_TYPES}
    return {"required": True, "description": "One patient as RDF.", "content": content}


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _responses(types: tuple[str, ...]) -> dict[str, Any]:
    def refusal(why: str) -> dict[str, Any]:
        return {"description": why, "content": {"text/plain": {"schema": _SCHEMAS["string"]}}}

    return {
        "200": {
            "description": "The answer.",
            "content": {media_type: {} for media_type in dict.fromkeys(types)},
        },
        "400": refusal("What was sent cannot be used; one sentence says why."),
        "406": refusal("No acceptable media type is offered."),
        "413": refusal("What was sent is larger or deeper than allowed."),
        "503": refusal("It takes too long, or all workers are busy."),
    }
