"""What is said about a thing: statements with their marks, what differs from them, what is ours."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import POEMKG, RDF, RDFS
from poem_kg.service.contrasts import Contrasts, Differs, in_order
from poem_kg.service.marks import Figure, Mark, Marks
from poem_kg.service.showing import LOCATOR, OURS, SOURCE, Link, Shown, Words
from poem_kg.service.tree import CONCERNS, CRITERION, STATEMENT, Tree
from poem_kg.service.triples import Graph

MOST: Final = 150
"""How many statements a page shows; it says when there are more."""
CLAIM: Final = POEMKG + "claim"
RESTS_ON: Final = POEMKG + "restsOn"
PART: Final = POEMKG + "part"
_TYPE: Final = RDF + "type"
_ROLE: Final = POEMKG + "role"
_GATE: Final = POEMKG + "gateKind"
_ORDER: Final = POEMKG + "order"
_THERAPY_STATEMENT: Final = POEMKG + "TherapyStatement"
_COMPARISON: Final = POEMKG + "Comparison"


@dataclass(frozen=True)
class Said:
    """A statement in a list.

    Attributes:
        link: the statement.
        claim: the number of the claim, or None.
        says: what it says, in a sentence.
        kinds: what kind of statement it is.
        names: the properties by which it names the thing of the page.
        ours: whether it is our own decision.
        source: where it comes from.
        locator: the place in the source.
        marks: marker, grades, verification, review.
        differs: what contradicts it.
        figure: the figure of an estimate, or None.
    """

    link: Link
    claim: str | None
    says: Words | None
    kinds: tuple[str, ...]
    names: tuple[str, ...]
    ours: bool
    source: Link | None
    locator: str | None
    marks: tuple[Mark, ...]
    differs: tuple[Differs, ...]
    figure: Figure | None


@dataclass(frozen=True)
class Told:
    """Statements under one heading.

    Attributes:
        id: a name for the place on the page.
        name: the heading.
        says: what the heading means.
        said: the statements.
        more: how many there are beside these.
    """

    id: str
    name: Link
    says: Words | None
    said: tuple[Said, ...]
    more: int = 0


class Sayings:
    """Finds what is said.

    Args:
        graph: what is known.
        shown: puts it into the parts of a page.
        tree: the classes.
    """

    def __init__(self, graph: Graph, shown: Shown, tree: Tree) -> None:
        self._graph = graph
        self._shown = shown
        self._contrasts = Contrasts(graph, shown, tree)
        self._marks = Marks(graph, shown)

    def naming(self, iri: str) -> dict[str, tuple[str, ...]]:
        """Return each statement that names a thing, with the properties by which it does."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for triple in self._graph.named_toward(ox.NamedNode(iri)):
            assert isinstance(triple.subject, ox.NamedNode)
            if STATEMENT in self._graph.kinds(triple.subject.value):
                found[triple.subject.value][triple.predicate.value] = None
        return {statement: tuple(by) for statement, by in found.items()}

    def about(self, iri: str) -> tuple[Told, ...]:
        """Return the statements that name a thing, by their kind; none that is our decision."""
        naming = self.naming(iri)
        return self.by_kind({s: by for s, by in naming.items() if not self.is_ours(s)})

    def decisions(self, iri: str) -> tuple[Said, ...]:
        """Return the decisions of ours that name a thing."""
        found = {s: by for s, by in self.naming(iri).items() if self.is_ours(s)}
        return tuple(self.said(s, found[s]) for s in sorted(found, key=in_order))

    def by_kind(self, naming: dict[str, tuple[str, ...]]) -> tuple[Told, ...]:
        """Return statements under the kinds that they are of, in the order of their roles."""
        kinds: dict[str, list[str]] = defaultdict(list)
        for statement in sorted(naming, key=in_order):
            for each in self._shown.kinds(statement):
                kinds[each.iri].append(statement)
        left = MOST
        told = []
        for kind in sorted(kinds, key=self._place):
            shown = kinds[kind][: max(left, 0)]
            left -= len(shown)
            told.append(
                Told(
                    id="as-" + re.sub(r"[^\w-]", "-", kind.rsplit("/", 1)[-1]),
                    name=self._shown.name(kind),
                    says=self._shown.says(kind),
                    said=tuple(self.said(s, naming[s]) for s in shown),
                    more=len(kinds[kind]) - len(shown),
                )
            )
        return tuple(told)

    def said(self, iri: str, by: Iterable[str] = ()) -> Said:
        """Return a statement as it stands in a list.

        Args:
            iri: the statement.
            by: the properties by which it names the thing of the page.
        """
        sources = self._graph.iris(iri, SOURCE)
        locator = self._graph.text(iri, LOCATOR)
        claim = self._graph.text(iri, CLAIM)
        return Said(
            link=self._shown.link(iri),
            claim=claim.value if claim else None,
            says=self._shown.says(iri),
            kinds=tuple(kind.text for kind in self._shown.kinds(iri)),
            names=tuple(self._graph.label(name) for name in by),
            ours=self.is_ours(iri),
            source=self._shown.link(sources[0]) if sources else None,
            locator=locator.value if locator else None,
            marks=self._marks.of(iri),
            differs=self._contrasts.differing(iri),
            figure=self._marks.figure(iri),
        )

    def is_ours(self, iri: str) -> bool:
        """Tell whether something is a decision of ours."""
        return OURS in self._graph.iris(iri, _TYPE)

    def beside(self, iri: str) -> tuple[Said, ...]:
        """Return what other sources say: statements of the same kind on the same subject."""
        return tuple(self.said(other) for other in self._contrasts.beside(iri))

    def behind(self, iri: str) -> tuple[Said, ...]:
        """Return our decisions that a statement or a criterion rests on, or that are about it.

        Those of the criteria that it names are among them.
        """
        found: dict[str, None] = {}
        for place in (iri, *self.criteria(iri)):
            found |= dict.fromkeys(self._graph.iris(place, RESTS_ON))
        found |= dict.fromkeys(s for s in self._graph.pointing(iri, CONCERNS) if self.is_ours(s))
        found.pop(iri, None)
        return tuple(self.said(s) for s in sorted(found, key=in_order))

    def criteria(self, iri: str) -> tuple[str, ...]:
        """Return the criteria that a statement or a criterion names, with the parts of these."""
        found: dict[str, None] = {}
        waiting = [iri]
        while waiting:
            for predicate, value in self._graph.named_values(waiting.pop()):
                asked = predicate != CONCERNS and value not in found
                if asked and CRITERION in self._graph.kinds(value):
                    found[value] = None
                    waiting.append(value)
        return tuple(found)

    def using(self, criterion: str) -> dict[str, tuple[str, ...]]:
        """Return the statements that use a criterion, by itself or in a composite one."""
        found: dict[str, tuple[str, ...]] = {}
        seen: set[str] = set()
        waiting = [criterion]
        while waiting:
            at = waiting.pop()
            seen.add(at)
            for statement, by in self.naming(at).items():
                told = tuple(name for name in by if name != CONCERNS)
                if told:
                    found.setdefault(statement, told)
            for triple in self._graph.named_toward(ox.NamedNode(at)):
                assert isinstance(triple.subject, ox.NamedNode)
                whole = triple.subject.value
                if whole not in seen and CRITERION in self._graph.kinds(whole):
                    waiting.append(whole)
        return found

    def _place(self, kind: str) -> tuple[int, int, bool, str]:
        """What speaks for or against first, then outcomes and gaps, then requirements."""
        for at, name in enumerate((_ROLE, _GATE)):
            for value in self._graph.iris(kind, name):
                order = self._graph.text(value, _ORDER)
                # Among those of one role, what makes a therapy an option comes first.
                aside = _THERAPY_STATEMENT not in self._graph.iris(kind, RDFS + "subClassOf")
                return at * 2, int(order.value) if order else 0, aside, self._graph.label(kind)
        # A comparison has no role: it speaks for one side and against the other.
        return 1 if kind == _COMPARISON else 3, 0, False, self._graph.label(kind)
