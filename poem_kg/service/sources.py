"""Sources: how they are cited, what comes from them, and how far that was found in them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyoxigraph as ox

from poem_kg.namespaces import DCTERMS, POEMKG, PREFIXES
from poem_kg.service.contrasts import DEPARTS_FROM, in_order
from poem_kg.service.marks import CITES, REVIEW, VERIFIED
from poem_kg.service.said import MOST, Said, Sayings
from poem_kg.service.showing import LOCATOR, SOURCE, Link, Row, Shown, Words
from poem_kg.service.tree import STATEMENT
from poem_kg.service.triples import Graph

EVIDENCE: Final = POEMKG + "EvidenceSource"
RESOLVES_TO: Final = POEMKG + "resolvesTo"
CHECKED: Final = frozenset(
    POEMKG + name for name in ("cites", "markerNote", "review", "verificationNote", "verified")
)
"""What is said of a statement about how it stands in its source."""
_BIBO: Final = PREFIXES["bibo"]
_PLACE: Final = re.compile(r", (?=\w+ \d)")
"""Between the section of a source and the place in it: "Efficacy, bullet 1"."""


@dataclass(frozen=True)
class Source:
    """Where a statement comes from: the source, the place in it, and how far that was verified."""

    link: Link
    locator: Words | None
    title: Words | None
    citation: Words | None
    doi: str | None
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Section:
    """The statements of one section of a source."""

    id: str
    title: str
    said: tuple[Said, ...]


@dataclass(frozen=True)
class ToldBy:
    """What the page of a source tells, and the IRIs of what it shows by that."""

    content: Mapping[str, Any] = field(repr=False)
    shown: frozenset[str] = field(repr=False)


@dataclass(frozen=True)
class Fallen:
    """Why a source no longer counts.

    Attributes:
        retracted: it was retracted, and `note` says where that is published.
        newer: the sources that took its place.
    """

    retracted: bool
    note: Words | None
    newer: tuple[Link, ...]


class Sources:
    """Puts together what is told of sources.

    Args:
        graph: what is known.
        shown: puts it into the parts of a page.
        sayings: finds the statements.
    """

    def __init__(self, graph: Graph, shown: Shown, sayings: Sayings) -> None:
        self._graph = graph
        self._shown = shown
        self._sayings = sayings

    def told(self, iri: str) -> ToldBy:
        """Return what the page of a source tells."""
        own = sorted(
            (s for s in self._graph.pointing(iri, SOURCE) if STATEMENT in self._graph.kinds(s)),
            key=in_order,
        )
        markers = sorted(self._graph.pointing(iri, RESOLVES_TO), key=in_order)
        cited = [s for marker in markers for s in self._graph.pointing(marker, CITES)]
        departures = sorted(self._graph.pointing(iri, DEPARTS_FROM), key=in_order)
        content = {
            "cite": self._cited(iri),
            "fallen": self._fallen(iri),
            "count": len(own),
            "sections": self._sections(own),
            "more": max(0, len(own) - MOST),
            "verified": self._counted(own, VERIFIED),
            "reviewed": self._counted(own, REVIEW),
            "markers": tuple(map(self._shown.entry, markers)),
            "cited": tuple(self._sayings.said(s) for s in sorted(set(cited), key=in_order)),
            "cited_verified": self._counted(sorted(set(cited)), VERIFIED),
            "departures": tuple(map(self._shown.entry, departures)),
        }
        return ToldBy(content, frozenset((*own, *cited, *departures, *markers)))

    def _sections(self, statements: list[str]) -> tuple[Section, ...]:
        found: dict[str, list[Said]] = defaultdict(list)
        for statement in statements[:MOST]:
            locator = self._graph.text(statement, LOCATOR)
            title = _PLACE.split(locator.value)[0] if locator else ""
            if self._sayings.is_ours(statement):
                title = ""  # each decision of ours is a place of its own
            found[title].append(self._sayings.said(statement))
        return tuple(
            Section(f"section-{number}", title, tuple(said))
            for number, (title, said) in enumerate(found.items(), 1)
        )

    def _counted(self, statements: Iterable[str], name: str) -> tuple[tuple[Link, int], ...]:
        counts = Counter(value for s in statements for value in self._graph.iris(s, name))
        return tuple((self._shown.link(value), n) for value, n in counts.most_common())

    def _fallen(self, iri: str) -> Fallen | None:
        retracted = self._graph.text(iri, POEMKG + "retracted")
        found = Fallen(
            retracted=retracted is not None and retracted.value == "true",
            note=self._shown.first(iri, POEMKG + "retractionNote"),
            newer=tuple(map(self._shown.link, self._graph.iris(iri, DCTERMS + "isReplacedBy"))),
        )
        return found if found.retracted or found.newer else None

    def _cited(self, iri: str) -> dict[str, Any]:
        doi, pmid = (self._graph.text(iri, _BIBO + name) for name in ("doi", "pmid"))
        return {
            "title": self._shown.first(iri, DCTERMS + "title"),
            "citation": self._shown.first(iri, DCTERMS + "bibliographicCitation"),
            "doi": doi.value if doi else None,
            "pmid": pmid.value if pmid else None,
        }

    def of(self, iri: str) -> Source | None:
        """Return where a statement comes from; None where it names no source."""
        sources = self._graph.iris(iri, SOURCE)
        if not sources:
            return None
        cited = self._cited(sources[0])
        return Source(
            link=self._shown.link(sources[0]),
            locator=self._shown.first(iri, LOCATOR),
            title=cited["title"],
            citation=cited["citation"],
            doi=cited["doi"],
            rows=self._shown.rows(ox.NamedNode(iri), only=CHECKED),
        )
