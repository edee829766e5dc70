"""The patient API: what the commands say of a patient file, for a file that comes in a request."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Final

from poem_kg.compact_jsonld import advice_in
from poem_kg.errors import InputError
from poem_kg.explain.builder import explain
from poem_kg.explain.formats import written as explained
from poem_kg.explain.words import Words, audiences
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.limits import Limits
from poem_kg.model import Advice, as_json
from poem_kg.reading import SourceGraph
from poem_kg.service.model import Answer, Call, Refusal
from poem_kg.service.sparql import chosen_type
from poem_kg.whatif.text import what_if_text, what_next_text

JSON: Final = "application/json"
TEXT_TYPE: Final = "text/plain"
PRIVATE: Final = (("Cache-Control", "no-store"), ("Vary", "Accept"))
"""What every answer about a patient says of itself."""

RDF_TYPES: Final = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/n-quads": "nquads",
    "application/trig": "trig",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdfxml",
}
"""Media type of an advice in RDF to its format of `serialise.RDF_FORMATS`."""

_EXPLANATIONS: Final = {
    JSON: "json",
    TEXT_TYPE: "text",
    "text/turtle": "turtle",
    "image/svg+xml": "svg",
}
_UNTOLD: Final = ("", "application/octet-stream")


@dataclass(frozen=True)
class Operation:
    """One operation of the API.

    Attributes:
        run: answers a call.
        parameters: the names of the parameters that it takes.
        types: the media types that it answers in, the preferred one first.
    """

    run: Callable[[Patients, Call, SourceGraph], Answer]
    parameters: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True)
class Patients:
    """Answers calls about one patient each, and keeps nothing of them."""

    kb: KnowledgeBase
    limits: Limits

    def answer(self, call: Call) -> Answer:
        """Return what the operation named by the path says of the patient in the body.

        Raises:
            Refusal: there is no such operation or parameter, or no acceptable media type.
            InputError: the body cannot be used as a patient.
        """
        operation = OPERATIONS.get(call.path)
        if operation is None:
            raise Refusal(404, f"there is no such operation; use one of {', '.join(OPERATIONS)}")
        for name, _ in call.parameters:
            if name not in operation.parameters:
                known = ", ".join(operation.parameters) or "none"
                raise Refusal(400, f"this operation has no parameter {name}; it has: {known}")
        try:
            return operation.run(self, call, patient_in(call, self.kb, self.limits))
        except InputError as error:
            raise in_body(error) from None


def patient_in(call: Call, kb: KnowledgeBase, limits: Limits) -> SourceGraph:
    """Return the graph in the body of a call.

    Raises:
        InputError: the body is no RDF that can be used.
        Refusal: the body is of no media type that can be read.
    """
    if call.media_type.startswith("application/x-www-form-urlencoded"):
        raise Refusal(415, "a form is no patient; name the format, as Content-Type: text/turtle")
    told = call.media_type.partition(";")[0].strip().lower()
    named = None if told in _UNTOLD else told
    try:
        return kb.read(None, format=named, limits=limits, stdin=BytesIO(call.body))
    except InputError as error:
        if "is not known" in error.cause:
            known = ", ".join(RDF_TYPES)
            raise Refusal(415, f"this is no format of RDF; send one of {known}") from None
        raise


def in_body(error: InputError) -> InputError:
    """Return an error that says "body" where a command would name its file."""
    place = error.location
    if place == "-" or place.startswith("-:"):
        place = "body" + place[1:]
    return type(error)(place, error.cause, error.advice)


def day_of(call: Call) -> date | None:
    """Return the day that a call asks about, or None.

    Raises:
        Refusal: it is no date.
    """
    for text in call.values("as-of")[-1:]:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Refusal(400, "as-of is no date; write it as YYYY-MM-DD") from None
    return None


def _recommend(patients: Patients, call: Call, source: SourceGraph) -> Answer:
    kind = chosen_type(call.accept, OPERATIONS["recommend"].types)
    advice = patients.kb.recommend(source, as_of=day_of(call))
    if not advice.conforms or kind == JSON:
        return _json(advice.to_json(), conforms=advice.conforms)
    return _private(kind, advice_in(advice, RDF_TYPES[kind]))


def _validate(patients: Patients, call: Call, source: SourceGraph) -> Answer:
    chosen_type(call.accept, OPERATIONS["validate"].types)
    findings = patients.kb.validate(source)
    conforms = not any(finding.severity == "Violation" for finding in findings)
    return _json({"conforms": conforms, "findings": as_json(findings)}, conforms=True)


def _classify(patients: Patients, call: Call, source: SourceGraph) -> Answer:
    chosen_type(call.accept, OPERATIONS["classify"].types)
    report = patients.kb.classify(source, as_of=day_of(call))
    return _json(as_json(report), conforms=report.conforms)


def _explain(patients: Patients, call: Call, source: SourceGraph) -> Answer:
    kind = chosen_type(call.accept, OPERATIONS["explain"].types)
    day = day_of(call)
    option, why_not = _one(call, "option"), _one(call, "why-not")
    hypothetical = _one(call, "ask")
    audience = _one(call, "audience") or "clinician"
    known = audiences(patients.kb.knowledge)
    if audience not in known:
        raise Refusal(400, f"there is no such audience; use one of {', '.join(known)}")
    if hypothetical not in (None, "what-if", "what-next"):
        raise Refusal(400, "ask is none of what-if and what-next; use one of them, or neither")
    if why_not and (option or hypothetical):
        raise Refusal(400, "why-not does not go with option or ask; leave one of them out")
    advice = patients.kb.recommend(source, as_of=day)
    if not advice.conforms:
        return _json(advice.to_json(), conforms=False)
    words = Words(patients.kb.knowledge, audience)
    if hypothetical:
        return _hypothetical(patients.kb, source, advice, hypothetical, kind, words, option, day)
    derivation = patients.kb.derive(source, as_of=day)
    told = explain(patients.kb.knowledge, advice, derivation, option=option, refused=why_not)
    return _private(kind, explained(told, words, format=_EXPLANATIONS[kind]))


def _hypothetical(
    kb: KnowledgeBase,
    source: SourceGraph,
    advice: Advice,
    hypothetical: str,
    kind: str,
    words: Words,
    option: str | None,
    day: date | None,
) -> Answer:
    if kind not in (JSON, TEXT_TYPE):
        raise Refusal(406, f"{hypothetical} can be had as {JSON} or {TEXT_TYPE}; accept one")
    if hypothetical == "what-if":
        changes = kb.what_if(source, as_of=day, therapy=option, audience=words.audience)
        if kind == JSON:
            return _json(as_json(changes), conforms=True)
        return _private(kind, what_if_text(changes, words).encode())
    if option:
        raise Refusal(400, "option does not go with what-next; leave it out")
    asked = kb.what_next(source, advice.questions, as_of=day)
    if kind == JSON:
        return _json(as_json(asked), conforms=True)
    return _private(kind, what_next_text(asked, words).encode())


def _one(call: Call, name: str) -> str | None:
    values = call.values(name)
    if len(values) > 1:
        raise Refusal(400, f"{name} is given more than once; give it once")
    return values[0] if values else None


def _json(value: object, *, conforms: bool) -> Answer:
    body = (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
    return Answer(status=200 if conforms else 422, media_type=JSON, body=body, headers=PRIVATE)


def _private(kind: str, body: bytes) -> Answer:
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return Answer(media_type=kind + charset, body=body, headers=PRIVATE)


OPERATIONS: Final = {
    "recommend": Operation(_recommend, ("as-of",), (JSON, *RDF_TYPES)),
    "validate": Operation(_validate, (), (JSON,)),
    "explain": Operation(
        _explain, ("as-of", "option", "why-not", "ask", "audience"), tuple(_EXPLANATIONS)
    ),
    "classify": Operation(_classify, ("as-of",), (JSON,)),
}
"""The operations by name; 200 is an answer, 422 one that tells why there is none."""
