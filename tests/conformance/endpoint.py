"""A client of the SPARQL Protocol that sends exactly what it is told, over one kept connection."""

from __future__ import annotations

import http.client
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
TRANSPORTS: Final = ("GET", "form", "body")
"""The three ways to send a query (SPARQL 1.1 Protocol, section 2.1)."""


@dataclass(frozen=True)
class Reply:
    """What came back.

    Attributes:
        status: the HTTP status.
        media_type: the Content-Type without its parameters.
        body: the bytes.
    """

    status: int
    media_type: str
    body: bytes

    def text(self) -> str:
        """Return the first line of the body."""
        return self.body.decode(errors="replace").strip().partition("\n")[0]


class Endpoint:
    """An endpoint at a URL.

    Args:
        url: such as `http://127.0.0.1:8000/sparql`.
        timeout: seconds to wait for an answer.
    """

    def __init__(self, url: str, *, timeout: float = 30) -> None:
        self.url = url
        self._path = urlsplit(url).path
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout)

    def ask(
        self,
        query: str,
        *,
        default: Sequence[str] = (),
        named: Sequence[str] = (),
        accept: str = "*/*",
        transport: str = "GET",
    ) -> Reply:
        """Return the answer to a query.

        Args:
            query: the text.
            default: graphs that make up the default graph.
            named: graphs that have a name.
            accept: the Accept header.
            transport: one of `TRANSPORTS`.
        """
        graphs = [("default-graph-uri", iri) for iri in default]
        graphs += [("named-graph-uri", iri) for iri in named]
        if transport == "body":
            return self.send(
                "POST",
                query_string=urlencode(graphs),
                body=query.encode(),
                media_type=QUERY,
                accept=accept,
            )
        pairs = urlencode([("query", query), *graphs])
        if transport == "form":
            return self.send("POST", body=pairs.encode(), media_type=FORM, accept=accept)
        return self.send("GET", query_string=pairs, accept=accept)

    def send(
        self,
        method: str,
        *,
        query_string: str = "",
        body: bytes = b"",
        media_type: str = "",
        accept: str = "*/*",
    ) -> Reply:
        """Return the answer to a request with these parts and no others."""
        headers = {"Accept": accept} | ({"Content-Type": media_type} if media_type else {})
        target = self._path + (f"?{query_string}" if query_string else "")
        self._connection.request(method, target, body=body or None, headers=headers)
        response = self._connection.getresponse()
        kind = response.getheader("Content-Type", "").partition(";")[0].strip()
        return Reply(response.status, kind, response.read())

    def close(self) -> None:
        """End the connection."""
        self._connection.close()
