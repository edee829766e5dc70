"""Every IRI of ours answers: things by a description, documents by themselves.

What a thing is (a disorder, a statement) is no file; its IRI answers 303 and names the
description to read, in the form that the client likes best (W3C, Cool URIs for the Semantic Web,
section 4.2). What is a document answers by itself. Addresses come from a closed list, built once
from the data: whatever is not in it is not looked up anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from poem_kg.namespaces import BASE, DCTERMS, POEMKG
from poem_kg.query_data import catalogue_triples, query_triples
from poem_kg.serialise import serialise
from poem_kg.service.addresses import (
    FORMS,
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
from poem_kg.service.describing import describe, document_triples
from poem_kg.service.holdings import File, Module, files, homes, merged, modules
from poem_kg.service.model import Answer, Call, Refusal
from poem_kg.service.pages import Pages
from poem_kg.service.published import Published
from poem_kg.service.queries import offered, short_name
from poem_kg.service.triples import Graph

_VERSION_PATH: Final = re.compile(r"ontology/([0-9][^/]*)(/.*)?", re.DOTALL)
_KEPT: Final = ("imports", "kept")
"""The parameter with which the root is served as its file has it, with its imports."""
_OFFER: Final = ", ".join(form.media_type for form in FORMS)


@dataclass(frozen=True)
class _Place:
    """What a path stands for.

    Attributes:
        path: the path without a suffix.
        held: the IRI of a thing, a module or a file, or None for a path that only lacks its slash.
        form: the form that the suffix asks for, or None.
        versioned: whether the path names a version.
    """

    path: str
    held: str | Module | File | None
    form: Form | None = None
    versioned: bool = False

    @property
    def address(self) -> str:
        """The path with the suffix of the form."""
        return stem(self.path) + self.form.suffix if self.form else self.path


class Documents:
    """Answers for the IRIs under `https://w3id.org/poem-kg/`.

    Args:
        published: the knowledge.
        service_url: where the service is reached from outside; only its path is used.
    """

    def __init__(self, published: Published, *, service_url: str | None = None) -> None:
        self._published = published
        self._modules = modules(published)
        self._root = self._modules[0]
        self._homes = homes(self._modules)
        steps = (*published.kb.knowledge.prepare, *published.kb.knowledge.derive)
        self._graph = Graph(
            (
                *(triple for module in self._modules for triple in module.triples),
                *(published.queries or catalogue_triples()),
                *(triple for query in steps for triple in query_triples(query)),
            )
        )
        licences = self._graph.iris(self._root.iri, DCTERMS + "license")
        self._licence = licences[0] if licences else None
        self._version = self._root.version_iri or POEMKG
        self._places = {place.address: place for place in self._all_places()}
        self._addresses = Addresses(service_url, {place.path for place in self._places.values()})
        self._pages = Pages(
            self._graph,
            self._addresses,
            self._modules,
            self._homes,
            {query.iri: short_name(query) for query in offered()},
        )
        self._bodies: dict[tuple[str, str, bool], bytes] = {}

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that is answered for, without its suffix, sorted."""
        return tuple(sorted({place.path for place in self._places.values()}))

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
        if place.held is None:
            return Answer(status=308, headers=(("Location", self._addresses.at(place.path + "/")),))
        if isinstance(place.held, File):
            return self._file(place.held)
        if isinstance(place.held, Module):
            return self._document(place, place.held, call)
        if place.form is None:
            return self._elsewhere(place, place.held, call)
        return self._description(place, place.held, place.form)

    def _all_places(self) -> Iterator[_Place]:
        """Yield each place; a later one takes the path of an earlier one."""
        documents = {module.iri for module in self._modules}
        for iri in self._graph.subjects():
            if iri.startswith(BASE) and iri not in documents and "#" not in iri:
                yield from _forms_of(iri.removeprefix(BASE), iri)
        for module in self._modules:
            yield from _forms_of(module.iri.removeprefix(BASE), module)
            if module.version_iri:
                path = module.version_iri.removeprefix(BASE)
                yield from _forms_of(path, module, versioned=True)
        for file in files():
            yield _Place(file.iri.removeprefix(BASE), file)

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

    def _elsewhere(self, place: _Place, iri: str, call: Call) -> Answer:
        """A thing: 303 to the description of it."""
        form = _liked(call.accept)
        target = self._at(place, form)
        return Answer(
            status=303,
            body=f"Described at {target}\n".encode(),
            headers=(
                ("Location", target),
                ("Vary", "Accept"),
                caching(versioned=False),
                links(
                    (
                        link(self._at(place, TURTLE), "describedby", TURTLE.media_type),
                        *(link(self._at(place, f), "alternate", f.media_type) for f in FORMS),
                        *self._licence_link(),
                    )
                ),
            ),
        )

    def _description(self, place: _Place, iri: str, form: Form) -> Answer:
        if form.format is None:
            body = self._pages.thing(iri, stem(place.path))
        else:
            body = serialise(
                describe(self._graph, iri)
                | document_triples(
                    BASE + stem(place.path) + form.suffix,
                    topic=iri,
                    part_of=self._version,
                    licence=self._licence,
                    defined_by=self._homes.get(iri),
                ),
                form.format,
            )
        return Answer(
            media_type=form.content_type,
            body=body,
            headers=(
                ("ETag", etag(body)),
                caching(versioned=False),
                links((link(iri, "describes"), *self._alternates(place, form))),
            ),
        )

    def _document(self, place: _Place, module: Module, call: Call) -> Answer:
        form = place.form or _liked(call.accept)
        kept = module is self._root and _KEPT in call.parameters
        body = self._body(module, form, kept=kept)
        canonical = module.version_iri if place.versioned else module.iri
        values = [link(canonical or module.iri, "canonical"), *self._alternates(place, form)]
        if place.versioned:
            latest = self._addresses.at(module.iri.removeprefix(BASE))
            values.append(link(latest, "latest-version"))
        headers: list[Header] = [("ETag", etag(body)), caching(versioned=place.versioned)]
        headers.append(links(values))
        if place.form is None:
            question = "?" + "=".join(_KEPT) if kept else ""
            headers.append(("Content-Location", self._at(place, form) + question))
            headers.append(("Vary", "Accept"))
        return Answer(media_type=form.content_type, body=body, headers=tuple(headers))

    def _body(self, module: Module, form: Form, *, kept: bool) -> bytes:
        """The document in a form; made once, since there are few and some are large."""
        key = (module.iri, form.suffix, kept)
        if key not in self._bodies:
            self._bodies[key] = self._made(module, form, kept=kept)
        return self._bodies[key]

    def _made(self, module: Module, form: Form, *, kept: bool) -> bytes:
        if form.format is None:
            return self._pages.module(module)
        if module is self._root and not kept:
            return serialise(merged(module, self._published), form.format)
        return module.text if form is TURTLE else serialise(module.triples, form.format)

    def _file(self, file: File) -> Answer:
        return Answer(
            media_type=file.media_type,
            body=file.body,
            headers=(
                ("ETag", etag(file.body)),
                caching(versioned=False),
                links((link(file.iri, "canonical"), *self._licence_link())),
            ),
        )

    def _at(self, place: _Place, form: Form) -> str:
        return self._addresses.at(stem(place.path) + form.suffix)

    def _alternates(self, place: _Place, form: Form) -> Iterator[str]:
        for other in FORMS:
            if other is not form:
                yield link(self._at(place, other), "alternate", other.media_type)
        yield from self._licence_link()

    def _licence_link(self) -> tuple[str, ...]:
        return (link(self._licence, "license"),) if self._licence else ()


def _forms_of(path: str, held: str | Module, *, versioned: bool = False) -> Iterator[_Place]:
    if path.endswith("/"):
        yield _Place(stem(path), None)
    yield _Place(path, held, versioned=versioned)
    for form in FORMS:
        yield _Place(path, held, form, versioned)


def _liked(accept: str) -> Form:
    form = chosen(accept)
    if form is None:
        raise Refusal(406, f"none of the formats asked for is there; ask for one of {_OFFER}")
    return form
