"""The SPARQL 1.1 suites over HTTP, at our own endpoint, which serves the data of the cases."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.conformance import description, evaluation, protocol
from tests.conformance.endpoint import TRANSPORTS
from tests.conformance.expectations import verdict
from tests.conformance.serving import serving
from tests.conformance.suites import QueryCase, query_cases

MANIFESTS: Final = {
    "query": "manifest-sparql11-query",
    "results": "manifest-sparql11-results",
    "entailment": "entailment/manifest",
    "federation": "manifest-sparql11-fed",
}
"""Suite to the manifest that begins it."""


def cases_of(suite: str) -> list[QueryCase]:
    found = query_cases(MANIFESTS[suite])
    assert len({case.name for case in found}) == len(found), "two cases have the same name"
    return found


def test_queries_are_answered_as_the_suites_expect(tmp_path: Path) -> None:
    cases = {suite: cases_of(suite) for suite in MANIFESTS}
    graphs = evaluation.graphs(case for some in cases.values() for case in some)

    outcomes: dict[str, list[dict[str, str | None]]] = {suite: [] for suite in MANIFESTS}
    with serving(graphs, tmp_path, [evaluation.NO_GRAPH]) as endpoint:
        for suite, some in cases.items():
            for transport in TRANSPORTS:
                found = {case.name: evaluation.failure(case, endpoint, transport) for case in some}
                outcomes[suite].append(found)

    for suite, runs in outcomes.items():
        for transport, found in zip(TRANSPORTS, runs, strict=True):
            print(f"{verdict(suite, found)}, sent by {transport}")


def test_every_format_says_the_same(tmp_path: Path) -> None:
    cases = [case for suite in ("query", "results") for case in cases_of(suite) if case.result]

    with serving(evaluation.graphs(cases), tmp_path, [evaluation.NO_GRAPH]) as endpoint:
        differences = {case.name: evaluation.formats_differ(case, endpoint) for case in cases}

    assert len(differences) == 235
    assert {name: why for name, why in differences.items() if why} == {}


def test_requests_are_answered_as_the_protocol_says(tmp_path: Path) -> None:
    cases = [case for case in protocol.protocol_cases() if not case.updates]
    graphs = {iri: path for case in cases for iri, path in case.graphs}

    with serving(graphs, tmp_path, [protocol.DATA_0]) as endpoint:
        outcomes = {case.name: protocol.failure(case, endpoint) for case in cases}

    print(verdict("protocol", outcomes))


def test_every_update_of_the_protocol_suite_is_refused(tmp_path: Path) -> None:
    cases = [case for case in protocol.protocol_cases() if case.updates]
    everything = "SELECT * { GRAPH ?g { ?s ?p ?o } }"

    with serving({}, tmp_path, [protocol.DATA_0]) as endpoint:
        before = endpoint.ask(everything)
        replies = {case.name: protocol.first_reply(case, endpoint) for case in cases}
        after = endpoint.ask(everything)

    assert len(cases) == 14
    assert {name: reply for name, reply in replies.items() if reply.status // 100 != 4} == {}
    assert before == after and before.status == 200


def test_the_service_describes_itself_as_the_suite_asks(tmp_path: Path) -> None:
    with serving({}, tmp_path, [protocol.DATA_0]) as endpoint:
        outcomes = description.outcomes(endpoint)

    print(verdict("description", outcomes))
