"""The cases of the SPARQL 1.1 Protocol: HTTP requests, and what the answer to each must be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pyoxigraph as ox

from tests.conformance.endpoint import Endpoint, Reply
from tests.conformance.results import CSV, GRAPHS, JSON, TABULAR, XML, read
from tests.conformance.suites import MF, RDF_TESTS, RDFS, UT, Manifest, Term, folder

HT: Final = "http://www.w3.org/2011/http#"
CNT: Final = "http://www.w3.org/2011/content#"
STATUS: Final = "http://www.w3.org/2011/http-statusCodes#StatusCode"

DATA_0: Final = "http://kasei.us/2009/09/sparql/data/data0.rdf"
"""A graph that requests name and no case describes."""
FORMATS: Final = {
    "boolean": frozenset((JSON, XML)),
    "tabular": frozenset((*TABULAR, CSV)),
    "RDF": frozenset(GRAPHS),
}
"""The media types that each word of `mf:expectedFormat` stands for."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request and what it must come to.

    Attributes:
        method: the HTTP method.
        query_string: what stands after the question mark.
        media_type: the Content-Type, with its parameters; empty where none is sent.
        body: the bytes.
        statuses: first digits of the statuses that will do.
        boolean: the answer to an ASK.
        form: a key of `FORMATS`; empty where any will do.
    """

    method: str
    query_string: str
    media_type: str
    body: bytes
    statuses: frozenset[str]
    boolean: bool | None
    form: str


@dataclass(frozen=True, kw_only=True)
class ProtocolCase:
    """Requests that are made one after the other.

    Attributes:
        name: folder of the manifest and local name of the case.
        graphs: the graphs that must be there, by IRI.
        requests: in their order.
    """

    name: str
    graphs: tuple[tuple[str, Path], ...]
    requests: tuple[Request, ...]

    @property
    def updates(self) -> bool:
        """Whether the case is about updates; those are named so."""
        return "update" in self.name


def protocol_cases() -> list[ProtocolCase]:
    """Return the cases in their order."""
    root = folder() / "rdf-tests"
    manifest = Manifest(root / "sparql11" / "protocol" / "manifest.ttl", root, RDF_TESTS)
    return [_case(manifest, entry) for entry in manifest.entries()]


def failure(case: ProtocolCase, endpoint: Endpoint) -> str | None:
    """Make the requests of a case; return how the first answer differs that does, or None."""
    for request in case.requests:
        if why := _difference(request, _sent(request, endpoint)):
            return why
    return None


def first_reply(case: ProtocolCase, endpoint: Endpoint) -> Reply:
    """Make the first request of a case; return what comes back."""
    return _sent(case.requests[0], endpoint)


def _sent(request: Request, endpoint: Endpoint) -> Reply:
    return endpoint.send(
        request.method,
        query_string=request.query_string,
        body=request.body,
        media_type=request.media_type,
    )


def _difference(request: Request, reply: Reply) -> str | None:
    if str(reply.status)[0] not in request.statuses:
        return f"status {reply.status} ({reply.text()})"
    if request.form and reply.media_type not in FORMATS[request.form]:
        return f"{reply.media_type} where {request.form} is wanted"
    if request.boolean is not None:
        found = read(reply.body, reply.media_type)
        return None if found is request.boolean else f"{found} instead of {request.boolean}"
    return None


def _case(manifest: Manifest, entry: Term) -> ProtocolCase:
    graphs = []
    for node in manifest.objects(entry, UT + "graphData"):
        file = manifest.one(node, UT + "graph")
        assert file is not None
        graphs.append((manifest.text(node, RDFS + "label"), manifest.file(file)))
    action = manifest.one(entry, MF + "action")
    assert action is not None
    requests = manifest.items(manifest.one(action, HT + "requests"))
    return ProtocolCase(
        name=manifest.name(entry),
        graphs=tuple(graphs),
        requests=tuple(_request(manifest, node) for node in requests),
    )


def _request(manifest: Manifest, node: Term) -> Request:
    body = manifest.one(node, HT + "body")
    headers = {
        manifest.text(header, HT + "fieldName").lower(): manifest.text(header, HT + "fieldValue")
        for header in manifest.items(manifest.one(node, HT + "headers"))
    }
    assert set(headers) <= {"content-type"}, headers
    response = manifest.one(node, HT + "resp")
    assert response is not None
    boolean = manifest.one(response, MF + "expectedBoolean")
    statuses = manifest.objects(response, MF + "expectedStatus")
    encoded = b""
    if body is not None:
        encoding = manifest.text(body, CNT + "characterEncoding")
        encoded = manifest.text(body, CNT + "chars").encode(encoding)
    return Request(
        method=manifest.text(node, HT + "methodName"),
        query_string=urlsplit(manifest.text(node, HT + "absolutePath")).query,
        media_type=headers.get("content-type", ""),
        body=encoded,
        statuses=frozenset(term.value.removeprefix(STATUS)[0] for term in statuses),
        boolean=None if boolean is None else boolean == ox.Literal(True),
        form=manifest.text(response, MF + "expectedFormat"),
    )
