"""Calls and answers: what crosses the boundary between the listener and a worker process."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from poem_kg.errors import InputError, LimitExceeded, one_line

Kind = Literal["sparql", "query", "document", "patient", "page"]

_OURS: Final = re.compile(r"(?:body|query)(?::\d+)?")
"""The places of an error that are in our words; others begin with what the caller wrote."""
TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a client asks for, once its body is here.

    Attributes:
        kind: which part of the service answers.
        path: what it is about, without a slash at its beginning; for "document" the part of the
            IRI after `https://w3id.org/poem-kg/`, for "query" the name in the catalogue, for
            "patient" the operation.
        method: the HTTP method, upper case.
        accept: the Accept header; empty where there is none.
        parameters: names and values of query string and form, decoded, in their order.
        body: the body, decoded from nothing; empty where it was a form.
        media_type: the Content-Type of the body, with its parameters.
    """

    kind: Kind
    path: str = ""
    method: str = "GET"
    accept: str = ""
    parameters: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    media_type: str = ""

    @property
    def private(self) -> bool:
        """Whether the call brings data about a person, of which nothing may stay."""
        return self.kind == "patient" or (self.method == "POST" and self.kind in ("page", "query"))

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of a parameter in their order."""
        return tuple(value for key, value in self.parameters if key == name)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back to the client.

    Attributes:
        status: the HTTP status.
        media_type: the Content-Type.
        body: the bytes; for a refusal one sentence and a line feed.
        headers: further headers, such as `Link` and `ETag`.
    """

    status: int = 200
    media_type: str = TEXT
    body: bytes = field(default=b"", repr=False)
    headers: tuple[tuple[str, str], ...] = ()


class Refusal(Exception):
    """A call that is not answered: a status and one sentence that says why and what to do.

    Args:
        status: the HTTP status.
        sentence: without a full stop; a capital is written where the answer begins.
        headers: further headers.
        quoted: the sentence begins with words of the caller, which stay as they came.
    """

    def __init__(
        self,
        status: int,
        sentence: str,
        *,
        headers: tuple[tuple[str, str], ...] = (),
        quoted: bool = False,
    ) -> None:
        super().__init__(status, sentence)
        self.status = status
        self.sentence = one_line(sentence)
        self.headers = headers
        self.quoted = quoted

    def answer(self) -> Answer:
        """Return the refusal as an answer."""
        sentence = self.sentence
        if not self.quoted:
            sentence = sentence[:1].upper() + sentence[1:]
        ended = sentence if sentence.endswith((".", "?")) else f"{sentence}."
        return Answer(status=self.status, body=f"{ended}\n".encode(), headers=self.headers)


def refused(error: InputError) -> Refusal:
    """Return the refusal for an error about what was handed in.

    503 for what took too long or too much memory, since it may be answered elsewhere; 422 for
    what came to too many rows or bytes; 413 for what is too large or too deep as it was sent; 400
    for the rest.
    """
    status = 400
    if isinstance(error, LimitExceeded):
        if "takes" in error.cause:
            status = 503
        elif "rows" in error.cause or "comes to" in error.cause:
            status = 422
        else:
            status = 413
    ours = _OURS.fullmatch(error.location) is not None
    return Refusal(status, str(error), quoted=not ours)
