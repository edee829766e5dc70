"""Where things of ours are found on the service, in which forms, and the headers that say so."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from poem_kg.namespaces import BASE
from poem_kg.service.negotiation import best

Header = tuple[str, str]

_SAFE: Final = "/-._~!$&'()*+,;=:@"
"""What may stand in the path of a URL as it is (RFC 3986, section 3.3)."""
_FRESH: Final = "public, max-age=3600"
_FOR_EVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Form:
    """A format in which a description or a document is served.

    Attributes:
        suffix: what follows the path, with its dot.
        media_type: without parameters.
        format: the name in `serialise.RDF_FORMATS`; None for a page.
        name: what people call it.
    """

    suffix: str
    media_type: str
    format: str | None
    name: str

    @property
    def content_type(self) -> str:
        """The Content-Type; text says its encoding."""
        text = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if text else self.media_type


HTML: Final = Form(".html", "text/html", None, "HTML")
TURTLE: Final = Form(".ttl", "text/turtle", "turtle", "Turtle")
JSON_LD: Final = Form(".jsonld", "application/ld+json", "jsonld", "JSON-LD")
RDF_XML: Final = Form(".rdf", "application/rdf+xml", "rdfxml", "RDF/XML")
N_TRIPLES: Final = Form(".nt", "application/n-triples", "ntriples", "N-Triples")

FORMS: Final = (HTML, TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
"""The preferred one first: what a client gets that takes anything."""

_ALSO: Final = {
    "application/json": JSON_LD,
    "application/xhtml+xml": HTML,
    "application/xml": RDF_XML,
    "text/plain": N_TRIPLES,
    "text/xml": RDF_XML,
}
"""Media types that clients ask for and mean one of ours, liked less than the real name."""


def chosen(accept: str, forms: Iterable[Form] = FORMS) -> Form | None:
    """Return the form that an Accept header likes best, or None where it takes none."""
    named = {form.media_type: form for form in forms}
    named |= {kind: form for kind, form in _ALSO.items() if form.media_type in named}
    kind = best(accept, tuple(named))
    return named[kind] if kind else None


def etag(body: bytes) -> str:
    """Return a strong entity tag for these bytes (RFC 9110, section 8.8.3)."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def caching(*, versioned: bool) -> Header:
    """Return how long an answer may be kept: for ever where its address names a version."""
    return "Cache-Control", _FOR_EVER if versioned else _FRESH


def link(target: str, relation: str, media_type: str | None = None) -> str:
    """Return one value of a Link header (RFC 8288)."""
    kind = f'; type="{media_type}"' if media_type else ""
    return f'<{target}>; rel="{relation}"{kind}'


def links(values: Iterable[str]) -> Header:
    """Return the values as one Link header."""
    return "Link", ", ".join(values)


def stem(path: str) -> str:
    """Return what the suffix of a form is put after: the path without a slash at its end."""
    return path.rstrip("/")


class Addresses:
    """Local addresses for IRIs of ours.

    Args:
        service_url: where the service is reached from outside; its path comes before every
            local address, for a service behind a proxy.
        held: the paths that the service answers for, without a suffix.
    """

    def __init__(self, service_url: str | None, held: Collection[str]) -> None:
        self._prefix = quote(urlsplit(service_url or "").path.rstrip("/"), safe=_SAFE + "%")
        self._held = frozenset(held)

    def at(self, path: str) -> str:
        """Return the address of a path of the service, from its root."""
        return f"{self._prefix}/{quote(path, safe=_SAFE)}"

    def of(self, iri: str) -> str | None:
        """Return the address that answers for an IRI, or None.

        Ours become local, so that a reader stays on the service; others are linked where a
        browser can follow them.
        """
        whole, mark, fragment = iri.partition("#")
        if whole.startswith(BASE):
            path = whole.removeprefix(BASE)
            if path not in self._held:
                return None
            return self.at(path) + (mark + quote(fragment, safe=_SAFE) if mark else "")
        return iri if iri.startswith(("https://", "http://")) else None
