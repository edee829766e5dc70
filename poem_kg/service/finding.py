"""Search: what is known by a word of its name, its synonyms, its definition or its claim.

Case and accents make no difference. Two spellings of a word make none either where the ontology
itself gives both, as the name and a synonym of one term.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import BASE, OWL, POEMKG, SH, SKOS
from poem_kg.service.contrasts import DEPARTURE
from poem_kg.service.said import CLAIM
from poem_kg.service.showing import COMMENT, DEFINITIONS, LOCATOR, OURS, REASON, SOURCE, Link, Shown
from poem_kg.service.sources import EVIDENCE
from poem_kg.service.spelling import WORD, folded, quality, spellings, wanted
from poem_kg.service.tree import CLASS, CRITERION, STATEMENT, Tree
from poem_kg.service.triples import LABELS, Graph

LONGEST: Final = 200
"""How many characters of a question are read."""
MOST: Final = 20
"""How many things of one group are shown, unless that group is asked for."""
GROUPS: Final = {
    "terms": "Terms",
    "statements": "Statements",
    "interpretations": "Our interpretations",
    "sources": "Sources",
    "criteria": "Criteria",
    "departures": "Where a page departs from its source",
    "queries": "Questions and queries",
    "documents": "Documents",
    "others": "Other words and shapes",
}
"""The groups of what is found: name in a URL to heading, in the order of equal hits."""
_ALSO_CALLED: Final = SKOS + "altLabel"
_WEIGHTS: Final = {"claim": 20, "name": 10, "also": 8, "iri": 6, "says": 3, "more": 1}


@dataclass(frozen=True)
class Piece:
    """A piece of text, and whether it is what was looked for."""

    text: str
    hit: bool = False


Text = tuple[Piece, ...]


@dataclass(frozen=True)
class Found:
    """Something that was found.

    Attributes:
        link: what it is.
        name: what it is called.
        also: the synonyms that were hit.
        says: its definition, or nothing.
        kind: what kind of thing it is.
        claim: the number of its claim, or None.
        ours: whether it is our own decision.
        source: where it comes from, or None.
    """

    link: Link
    name: Text
    also: tuple[Text, ...]
    says: Text
    kind: str
    claim: Text
    ours: bool
    source: Link | None


@dataclass(frozen=True)
class Finds:
    """What was found in one group, the best first.

    Attributes:
        key: its name in a URL.
        heading: its name in words.
        found: what is shown.
        count: how many there are.
    """

    key: str
    heading: str
    found: tuple[Found, ...]
    count: int


class Index:
    """What can be looked for; it is built when it is first asked.

    Args:
        graph: what is known.
        shown: puts it into the parts of a page.
        tree: the classes.
    """

    def __init__(self, graph: Graph, shown: Shown, tree: Tree) -> None:
        self._graph = graph
        self._shown = shown
        self._tree = tree

    def find(self, text: str, only: str = "") -> tuple[Finds, ...]:
        """Return what a text finds, in groups; the group with the best hit first.

        Every word of the text has to be there.

        Args:
            text: what to look for.
            only: the one group to show, and then all of it.
        """
        words = tuple(dict.fromkeys(wanted(text)))
        scores = self._scores(words)
        whole = self._plain(text)
        ranked: dict[str, list[tuple[int, int, str, str]]] = defaultdict(list)
        for iri, score in scores.items():
            name = self._plain(self._graph.label(iri))
            names = (name, *map(self._plain, self._synonyms(iri)))
            best = score + 60 * (whole in names) + 20 * name.startswith(whole)
            ranked[self._group(iri)].append((-best, name.count(" "), name, iri))
        groups = sorted(
            (min(hits)[0], order, key)
            for order, key in enumerate(GROUPS)
            if (hits := ranked.get(key)) and only in ("", key)
        )
        return tuple(
            Finds(
                key=key,
                heading=GROUPS[key],
                found=tuple(
                    self._found(iri, words)
                    for *_, iri in sorted(ranked[key])[: None if only else MOST]
                ),
                count=len(ranked[key]),
            )
            for _, _, key in groups
        )

    def marked(self, text: str, words: Iterable[str]) -> Text:
        """Return a text in pieces, those marked that a word finds."""
        pieces: list[Piece] = []
        at = 0
        for match in WORD.finditer(text):
            span = self._hit(match.group(), words)
            if span is not None:
                start, end = match.start() + span[0], match.start() + span[1]
                pieces += [Piece(text[at:start]), Piece(text[start:end], hit=True)]
                at = end
        pieces.append(Piece(text[at:]))
        return tuple(piece for piece in pieces if piece.text)

    def _hit(self, word: str, wanted_words: Iterable[str]) -> tuple[int, int] | None:
        """The part of a word that is found, or None."""
        there = folded(word)
        spelled = (s for sought in wanted_words for s in self._spelled(sought))
        longest = max((s for s in spelled if quality(s, there)), key=len, default=None)
        if longest is None:
            return None
        at = there.index(longest)
        # Where folding changed the length, the place is not known: all of it.
        same = len(there) == len(word)
        return (at, at + len(longest)) if same else (0, len(word))

    def _found(self, iri: str, words: tuple[str, ...]) -> Found:
        sources = self._graph.iris(iri, SOURCE)
        says = self._shown.says(iri)
        claim = self._graph.text(iri, CLAIM)
        also = (self.marked(text, words) for text in self._synonyms(iri))
        return Found(
            link=self._shown.link(iri),
            name=self.marked(self._graph.label(iri), words),
            also=tuple(text for text in also if any(piece.hit for piece in text)),
            says=self.marked(says.text, words) if says else (),
            kind=", ".join(self._kinds(iri)),
            claim=self.marked(claim.value, words) if claim else (),
            ours=OURS in self._graph.kinds(iri),
            source=self._shown.link(sources[0]) if sources else None,
        )

    def _kinds(self, iri: str) -> tuple[str, ...]:
        """What kind of thing it is; of a class what stands above it, for there it belongs."""
        kinds = self._shown.kinds(iri)
        if CLASS in (kind.iri for kind in kinds):
            return tuple(map(self._graph.label, self._tree.above(iri)))
        return tuple(kind.text for kind in kinds)

    def _plain(self, text: str) -> str:
        """A text in words that are folded, each in the first of its spellings."""
        return " ".join(min(self._spelled(word)) for word in wanted(text))

    def _scores(self, words: tuple[str, ...]) -> dict[str, int]:
        """What every word finds, with how well."""
        found: dict[str, int] | None = None
        for word in words:
            hits: dict[str, int] = {}
            for token, postings in self._tokens.items():
                fit = max(quality(spelled, token) for spelled in self._spelled(word))
                if fit:
                    for iri, weight in postings.items():
                        hits[iri] = max(hits.get(iri, 0), fit * weight)
            if found is None:
                found = hits
            else:
                found = {iri: found[iri] + hits[iri] for iri in found.keys() & hits.keys()}
        return found or {}

    def _group(self, iri: str) -> str:
        kinds = self._graph.kinds(iri)
        for key, kind in (
            ("interpretations", OURS),
            ("statements", STATEMENT),
            ("sources", EVIDENCE),
            ("criteria", CRITERION),
            ("departures", DEPARTURE),
            ("queries", SH + "SPARQLExecutable"),
            ("documents", OWL + "Ontology"),
            ("terms", CLASS),
        ):
            if kind in kinds:
                return key
        return "others"

    def _synonyms(self, iri: str) -> tuple[str, ...]:
        values = self._graph.values(iri, _ALSO_CALLED)
        return tuple(value.value for value in values if isinstance(value, ox.Literal))

    def _texts(self, iri: str) -> Iterator[tuple[str, str]]:
        """Each text by which a thing is found, with the field that it stands in."""
        yield "name", self._graph.label(iri)
        yield "iri", iri.rsplit("/", 1)[-1]
        fields = {
            CLAIM: "claim",
            _ALSO_CALLED: "also",
            LOCATOR: "more",
            REASON: "more",
            POEMKG + "populationNote": "more",
            COMMENT: "says",
            **dict.fromkeys(LABELS, "also"),
            **dict.fromkeys(DEFINITIONS, "says"),
        }
        for triple in self._graph.about(ox.NamedNode(iri)):
            field = fields.get(triple.predicate.value)
            if field and isinstance(triple.object, ox.Literal):
                yield field, triple.object.value

    @cached_property
    def _tokens(self) -> dict[str, dict[str, int]]:
        """Each word that occurs: to the things that have it, with the weight of the best field."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for iri in self._graph.subjects():
            if iri.startswith(BASE) and "#" not in iri and self._graph.naming(ox.NamedNode(iri)):
                for field, text in self._texts(iri):
                    for word in wanted(text):
                        weight = _WEIGHTS[field]
                        found[word][iri] = max(found[word].get(iri, 0), weight)
        return dict(found)

    def _spelled(self, word: str) -> tuple[str, ...]:
        return self._spellings.get(word, (word,))

    @cached_property
    def _spellings(self) -> Mapping[str, tuple[str, ...]]:
        return spellings(
            (self._graph.label(iri), *self._synonyms(iri)) for iri in self._graph.subjects()
        )
