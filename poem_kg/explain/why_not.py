"""Therapies by name, and what would have to hold for one that is not offered to be offered."""

from __future__ import annotations

import difflib
from functools import lru_cache
from typing import Final

from poem_kg.errors import InputError
from poem_kg.explain.model import OptionExplanation, Way, WhyNot
from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.model import Advice
from poem_kg.namespaces import POEMKG, RDF, RDFS, SKOS, compact

_NAMES: Final = (RDFS + "label", SKOS + "altLabel")
_THERAPY: Final = POEMKG + "Therapy"
_LEFT_OUT: Final = POEMKG + "LeftOut"


class Therapies:
    """The therapies of the ontology: what they are called and which statements offer them.

    Args:
        knowledge: the ontology and what was prepared from it.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._index = Index((*knowledge.ontology, *knowledge.prepared))
        kinds = self._index.having(POEMKG + "isKindOf", _THERAPY)
        self._all = tuple(t for t in kinds if t != _THERAPY)

    def called(self, name: str) -> tuple[str, ...]:
        """Return the therapies of that IRI, prefixed or local name, label or synonym, if any.

        Upper and lower case are the same; the name of a family stands for its members.
        """
        wanted = name.strip().casefold()
        found = [t for t in self._all if wanted in self._names(t)]
        return tuple(m for t in found for m in self._members(t))

    def named(self, name: str, *, argument: str) -> tuple[str, ...]:
        """Return the same, or refuse a name that is none.

        Args:
            name: what was typed.
            argument: where it was typed, for the message.

        Raises:
            InputError: no therapy is called so; the text names those that come nearest.
        """
        if found := self.called(name):
            return found
        labels = {self._knowledge.label(t).casefold(): t for t in self._all}
        spelt = {n: t for t in self._all for n in self._names(t)} | labels
        near = difflib.get_close_matches(name.casefold(), spelt, n=3, cutoff=0.5)
        meant = dict.fromkeys(spelt[n] for n in near) or dict.fromkeys(self.in_families())
        advice = "try " + ", ".join(self._knowledge.label(t) for t in meant)
        raise InputError(f"{argument} {name}", "is no therapy of the ontology", advice)

    def in_families(self) -> tuple[str, ...]:
        """Return the members of families, whose absence among the options needs a word."""
        return tuple(t for t in self._all if self._index.one(t, POEMKG + "inFamily"))

    def ways(self, therapy: str) -> tuple[Way, ...]:
        """Return the statements that would offer a therapy, each with the criteria it needs."""
        index = self._index
        found = []
        for application in index.having(POEMKG + "onTherapy", therapy):
            if index.one(application, POEMKG + "bearsStanding") is None:
                continue
            disorder = index.all(application, POEMKG + "disorderCriterion")
            when = index.all(application, POEMKG + "whenNeeds")
            way = Way(
                statement=index.one(application, POEMKG + "ofStatement") or "",
                disorder=index.one(application, POEMKG + "forDisorder") or "",
                via=index.one(application, POEMKG + "via"),
                criteria=tuple(dict.fromkeys((*disorder, *when))),
            )
            found.append(((way.via or "", way.disorder, way.statement), way))
        return tuple(way for _, way in sorted(found, key=lambda pair: pair[0]))

    def left_out(self, therapy: str) -> frozenset[str]:
        """Return the statements that would offer a therapy in some disorder and are left out."""
        index = self._index
        return frozenset(
            index.one(lost, POEMKG + "ofStatement") or ""
            for lost in index.having(POEMKG + "onTherapy", therapy)
            if _LEFT_OUT in index.all(lost, RDF + "type")
        )

    def _members(self, therapy: str) -> tuple[str, ...]:
        return self._index.having(POEMKG + "inFamily", therapy) or (therapy,)

    def _names(self, therapy: str) -> set[str]:
        names = {n for prop in _NAMES for n in self._index.all(therapy, prop)}
        return {
            n.casefold() for n in (*names, therapy, compact(therapy), therapy.rsplit("/", 1)[-1])
        }


@lru_cache(maxsize=4)
def therapies_of(knowledge: Knowledge) -> Therapies:
    """Return the therapies of some knowledge, looked up once."""
    return Therapies(knowledge)


def why_not(
    therapy: str,
    therapies: Therapies,
    knowledge: Knowledge,
    advice: Advice,
    told: OptionExplanation | None,
) -> WhyNot:
    """Return why a therapy is not ready or not offered.

    Args:
        therapy: its IRI.
        therapies: knows what would offer it.
        knowledge: gives the label.
        advice: the options that there are, and the silences.
        told: the option of this therapy, or None where it is not offered.
    """
    before = [o.therapy for o in advice.options if told is not None and o.rank < told.rank]
    reason = "not-offered"
    if told is not None:
        ready = "outranked" if before else "ready"
        reason = ready if told.readiness == "ready" else told.readiness
    return WhyNot(
        therapy=therapy,
        label=knowledge.label(therapy),
        reason=reason,
        option=told.option if told else None,
        held_by=tuple(r.criterion for r in told.requirements if r.decisive) if told else (),
        outranked_by=tuple(before),
        silent=any(n.term == therapy for n in advice.no_statement),
        ways=therapies.ways(therapy) if told is None else (),
        left_out=tuple(
            n.statement
            for n in advice.notices
            if n.kind == "left-out" and n.statement in therapies.left_out(therapy)
        ),
    )
