"""The page "Knowledge": the classes as a tree, all that is written with them, and a search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from poem_kg.namespaces import OWL
from poem_kg.service.contrasts import in_order
from poem_kg.service.finding import GROUPS, LONGEST, Index
from poem_kg.service.model import Answer, Call
from poem_kg.service.pages import Pages
from poem_kg.service.said import CLAIM
from poem_kg.service.showing import OURS, SOURCE, Link
from poem_kg.service.site import public_page
from poem_kg.service.sources import EVIDENCE
from poem_kg.service.tree import CRITERION, STATEMENT, Branch

TITLE: Final = "Knowledge"


@dataclass(frozen=True)
class Leaf:
    """A class in the tree, with those below it.

    Attributes:
        link: the class.
        count: how many classes are below it.
        leaves: those right below it.
    """

    link: Link
    count: int
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True)
class Line:
    """One thing of a list; `sign` is a short name, such as the number of a claim."""

    link: Link
    sign: str = ""


@dataclass(frozen=True)
class Shelf:
    """Things of one kind, such as the statements of one source."""

    link: Link
    lines: tuple[Line, ...]


@dataclass(frozen=True, eq=False)
class Browsing:
    """Makes the page.

    Attributes:
        pages: lays them out.
    """

    pages: Pages

    def answer(self, call: Call) -> Answer:
        """Return the tree, or with `q` what that finds; `in` names the one group to show."""
        text = " ".join(" ".join(call.values("q")).split())[:LONGEST]
        only = next((key for key in call.values("in") if key in GROUPS), "")
        if not text:
            return self._whole
        found = self._index.find(text, only)
        count = sum(group.count for group in found)
        return public_page(self._page(text=text, only=only, found=found, count=count))

    @cached_property
    def _whole(self) -> Answer:
        return public_page(self._page(text="", **self._contents))

    def _page(self, **content: Any) -> bytes:
        at = self.pages.addresses.at("browse")
        return self.pages.render("browsing.html", title=TITLE, at=at, **content)

    @cached_property
    def _index(self) -> Index:
        return Index(self.pages.graph, self.pages.shown, self.pages.tree)

    @cached_property
    def _contents(self) -> Mapping[str, Any]:
        tree, graph = self.pages.tree, self.pages.graph
        subjects = tree.subjects
        others = [root for root in tree.roots if root not in subjects]
        statements = [s for s in graph.subjects() if STATEMENT in graph.kinds(s)]
        ours = sorted((s for s in statements if OURS in graph.kinds(s)), key=in_order)
        sources = [s for s in graph.subjects() if EVIDENCE in graph.kinds(s)]
        criteria = [s for s in graph.subjects() if CRITERION in graph.kinds(s)]
        shelves = self._by_source(sorted(set(statements) - set(ours), key=in_order))
        runs = self.pages.runs
        return {
            "tree": tuple(self._leaf(tree.branch(root)) for root in subjects),
            "terms": sum(1 + tree.branch(root).count for root in subjects),
            "words": tuple(self._leaf(tree.branch(root)) for root in others),
            "statements": shelves,
            "said": len(statements) - len(ours),
            "ours": tuple(map(self._line, ours)),
            "sources": self._by_label(sources),
            "criteria": self._by_label(criteria),
            "queries": tuple(
                Line(self.pages.shown.link(iri), summary)
                for iri, summary in ((iri, self._summary(iri)) for iri in runs)
            ),
            "documents": self._by_label(
                [s for s in graph.subjects() if OWL + "Ontology" in graph.kinds(s)]
            ),
        }

    def _leaf(self, branch: Branch) -> Leaf:
        link = self.pages.shown.link(branch.iri)
        return Leaf(link, branch.count, tuple(map(self._leaf, branch.branches)))

    def _line(self, iri: str) -> Line:
        claim = self.pages.graph.text(iri, CLAIM)
        return Line(self.pages.shown.link(iri), claim.value if claim else "")

    def _summary(self, iri: str) -> str:
        says = self.pages.shown.says(iri)
        return says.text if says else ""

    def _by_label(self, iris: list[str]) -> tuple[Line, ...]:
        lines = (Line(self.pages.shown.link(iri)) for iri in iris)
        return tuple(sorted(lines, key=lambda line: (line.link.text.casefold(), line.link.iri)))

    def _by_source(self, statements: list[str]) -> tuple[Shelf, ...]:
        found: dict[str, list[Line]] = defaultdict(list)
        for statement in statements:
            for source in self.pages.graph.iris(statement, SOURCE):
                found[source].append(self._line(statement))
        shelves = (Shelf(self.pages.shown.link(s), tuple(lines)) for s, lines in found.items())
        return tuple(sorted(shelves, key=lambda shelf: (-len(shelf.lines), shelf.link.iri)))
