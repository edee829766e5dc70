"""Every IRI of ours answers: things by a description, documents by themselves.

What a thing is (a disorder, a statement) is no file; its IRI answers 303 and names the
description to read, in the form that the client likes best (W3C, Cool URIs for the Semantic Web,
section 4.2). What is a document answers by itself. Addresses come from a closed list, built once
from the data: whatever is not in it is not looked up anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from poem_kg.export.contents import knowledge_triples
from poem_kg.namespaces import BASE, DCTERMS, POEMKG
from poem_kg.query_data import ENDPOINT, LICENCE, catalogue_triples, query_triples
from poem_kg.serialise import serialise
from poem_kg.service.addresses import (
    FORMS,
    HTML,
    TURTLE,
    Addresses,
    Form,
    Header,
    caching,
    chosen,
    etag,
    link,
    links,
    stem,
)
from poem_kg.service.datasets import Datasets, Download
from poem_kg.service.describing import describe, document_triples
from poem_kg.service.holdings import File, Module, files, homes, modules
from poem_kg.service.marks import LEFT_OUT
from poem_kg.service.model import Answer, Call, Refusal
from poem_kg.service.pages import Pages
from poem_kg.service.places import CATALOGUE_PATH, Catalogue, Home, Moved, Place, Thing, places
from poem_kg.service.published import Published
from poem_kg.service.queries import offered, short_name
from poem_kg.service.triples import Graph

_VERSION_PATH: Final = re.compile(r"(?:ontology|dataset)/([0-9][^/]*)(/.*)?", re.DOTALL)
_KEPT: Final = ("imports", "kept")
"""The parameter with which the root is served as its file has it, with its imports."""
_SOFTWARE: Final = ("context/", "dataset/queries", "query/")
"""What paths begin with that lead to queries and contexts."""
_OFFER: Final = ", ".join(form.media_type for form in FORMS)


class Documents:
    """Answers for the IRIs under `https://w3id.org/poem-kg/`.

    Args:
        published: the knowledge.
        service_url: where the service is reached from outside. Its path comes before every
            address, and the catalogue names the SPARQL endpoint under it.
    """

    def __init__(self, published: Published, *, service_url: str | None = None) -> None:
        self._published = published
        self._modules = modules(published)
        self._root = self._modules[0]
        self._homes = homes(self._modules)
        endpoint = f"{service_url.rstrip('/')}/sparql" if service_url else ENDPOINT
        self._datasets = Datasets(published, endpoint)
        steps = (*published.kb.knowledge.prepare, *published.kb.knowledge.derive)
        self._triples = (
            *(triple for module in self._modules for triple in module.triples),
            *(published.queries or catalogue_triples()),
            *(triple for query in steps for triple in query_triples(query)),
            *(t for t in published.kb.knowledge.prepared if t.predicate.value in LEFT_OUT),
        )
        self._graph = Graph(self._triples)
        licences = self._graph.iris(self._root.iri, DCTERMS + "license")
        self._licence = licences[0] if licences else None
        self._version = self._root.version_iri or POEMKG
        self._places = places(self._graph.subjects(), self._modules, files(), self._datasets)
        self._addresses = Addresses(service_url, {place.path for place in self._places.values()})
        self._pages = self._pages_of(self._graph)
        self._bodies: dict[tuple[str, str, bool], bytes] = {}

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that is answered for, without its suffix, sorted."""
        return tuple(sorted({place.path for place in self._places.values()}))

    @property
    def pages(self) -> Pages:
        """What makes pages, for those that are about no IRI."""
        return self._pages

    def prepare(self) -> Iterator[None]:
        """Make, step by step, what takes long and would be made when it is first asked for."""
        for download in self._datasets.downloads.values():
            self._datasets.body(download)
            yield
        self._catalogued  # noqa: B018  # kept once it is made
        yield

    def answer(self, call: Call) -> Answer:
        """Return what an IRI or the address of a description answers.

        The body is there for HEAD too: whoever sends it leaves it away.

        Args:
            call: `path` is the part of the IRI after the base.

        Raises:
            Refusal: 404 for what is not published, 405 for another method, 406 where the client
                takes none of our forms.
        """
        if call.method not in ("GET", "HEAD"):
            raise Refusal(
                405, "this address can only be read; use GET", headers=(("Allow", "GET, HEAD"),)
            )
        place = self._places.get(call.path)
        if place is None:
            raise self._missing(call.path)
        match place.held:
            case Moved(path=path, status=status):
                return _sent(status, self._addresses.at(path))
            case File(media_type=media_type, body=body):
                return self._whole(place, media_type, body)
            case Download() as download:
                return self._whole(place, download.media_type, self._datasets.body(download))
            case Thing() as thing:
                if place.form is None:
                    return self._elsewhere(place, call)
                return self._description(place, thing, place.form)
            case Home():
                return self._home(call)
            case Module() | Catalogue() as document:
                return self._document(place, document, call)

    def _missing(self, path: str) -> Refusal:
        version = self._published.version
        asked = _VERSION_PATH.fullmatch(path)
        if asked and asked.group(1) != version:
            there = self._addresses.at(self._version.removeprefix(BASE))
            return Refusal(
                404, f"this version is not published here; the published one is {version}, {there}"
            )
        there = self._addresses.at(self._root.iri.removeprefix(BASE))
        return Refusal(404, f"nothing is published at this address; begin at {there}")

    def _home(self, call: Call) -> Answer:
        """The page to begin at; programs are sent to the catalogue."""
        form = _liked(call.accept)
        if form is not HTML:
            return _sent(303, self._addresses.at(CATALOGUE_PATH + form.suffix), ("Vary", "Accept"))
        body = self._pages.home()
        headers = (("ETag", etag(body)), caching(versioned=False), ("Vary", "Accept"))
        return Answer(media_type=HTML.content_type, body=body, headers=headers)

    def _elsewhere(self, place: Place, call: Call) -> Answer:
        """A thing: 303 to the description of it."""
        return _sent(
            303,
            self._at(place, _liked(call.accept)),
            ("Vary", "Accept"),
            caching(versioned=False),
            links(
                (
                    link(self._at(place, TURTLE), "describedby", TURTLE.media_type),
                    *(link(self._at(place, form), "alternate", form.media_type) for form in FORMS),
                    *self._licence_link(place),
                )
            ),
        )

    def _description(self, place: Place, thing: Thing, form: Form) -> Answer:
        graph, pages = self._catalogued if thing.dataset else (self._graph, self._pages)
        if form.format is None:
            body = pages.thing(thing.iri, self._formats(place))
        else:
            about = document_triples(
                BASE + stem(place.path) + form.suffix,
                topic=thing.iri,
                part_of=self._version,
                licence=self._licence_of(place),
                defined_by=self._homes.get(thing.iri),
            )
            body = serialise(describe(graph, thing.iri) | about, form.format)
        described = (link(thing.iri, "describes"), *self._alternates(place, form))
        return Answer(
            media_type=form.content_type,
            body=body,
            headers=(("ETag", etag(body)), caching(versioned=False), links(described)),
        )

    def _document(self, place: Place, document: Module | Catalogue, call: Call) -> Answer:
        form = place.form or _liked(call.accept)
        kept = document is self._root and _KEPT in call.parameters
        key = (document.iri, form.suffix, kept)
        if key not in self._bodies:
            # Made once: there are few documents, and some are large.
            self._bodies[key] = self._made(place, document, form, kept=kept)
        body = self._bodies[key]
        values = [link(BASE + place.path, "canonical"), *self._alternates(place, form)]
        if place.versioned:
            latest = self._addresses.at(document.iri.removeprefix(BASE))
            values.append(link(latest, "latest-version"))
        headers: list[Header] = [
            ("ETag", etag(body)),
            caching(versioned=place.versioned),
            links(values),
        ]
        if place.form is None:
            question = "?" + "=".join(_KEPT) if kept else ""
            headers.append(("Content-Location", self._at(place, form) + question))
            headers.append(("Vary", "Accept"))
        return Answer(media_type=form.content_type, body=body, headers=tuple(headers))

    def _made(self, place: Place, document: Module | Catalogue, form: Form, *, kept: bool) -> bytes:
        if isinstance(document, Catalogue):
            if form.format is None:
                return self._catalogued[1].thing(document.iri, self._formats(place))
            return serialise(self._datasets.catalogue, form.format)
        if form.format is None:
            formats = self._formats(self._places[document.iri.removeprefix(BASE)])
            return self._pages.module(document, formats)
        if document is self._root and not kept:
            return serialise(knowledge_triples("ontology", self._published.kb), form.format)
        return document.text if form is TURTLE else serialise(document.triples, form.format)

    def _whole(self, place: Place, media_type: str, body: bytes) -> Answer:
        """A file, as it is."""
        canonical = link(BASE + place.path, "canonical")
        return Answer(
            media_type=media_type,
            body=body,
            headers=(
                ("ETag", etag(body)),
                caching(versioned=place.versioned),
                links((canonical, *self._licence_link(place))),
            ),
        )

    @cached_property
    def _catalogued(self) -> tuple[Graph, Pages]:
        """What is known with the catalogue, which is written when it is first asked for."""
        graph = Graph((*self._triples, *self._datasets.catalogue))
        return graph, self._pages_of(graph)

    def _pages_of(self, graph: Graph) -> Pages:
        runs = {query.iri: short_name(query) for query in offered()}
        return Pages(graph, self._addresses, self._modules, self._homes, runs)

    def _at(self, place: Place, form: Form) -> str:
        """The address of a form; where a file has that address, the one of the catalogue."""
        address = stem(place.path) + form.suffix
        if self._places[address].held != place.held:
            address = CATALOGUE_PATH + form.suffix
        return self._addresses.at(address)

    def _formats(self, place: Place) -> tuple[tuple[Form, str], ...]:
        return tuple((form, self._at(place, form)) for form in FORMS)

    def _alternates(self, place: Place, form: Form) -> Iterator[str]:
        for other in FORMS:
            if other is not form:
                yield link(self._at(place, other), "alternate", other.media_type)
        yield from self._licence_link(place)

    def _licence_of(self, place: Place) -> str | None:
        """The licence of the ontology; queries and contexts have that of the software."""
        return LICENCE if place.path.startswith(_SOFTWARE) else self._licence

    def _licence_link(self, place: Place) -> tuple[str, ...]:
        licence = self._licence_of(place)
        return (link(licence, "license"),) if licence else ()


def _sent(status: int, target: str, *headers: Header) -> Answer:
    return Answer(
        status=status, body=f"See {target}\n".encode(), headers=(("Location", target), *headers)
    )


def _liked(accept: str) -> Form:
    form = chosen(accept)
    if form is None:
        raise Refusal(406, f"none of the formats asked for is there; ask for one of {_OFFER}")
    return form
