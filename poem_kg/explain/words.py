"""What is said to whom: the words of the ontology, by situation and audience."""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from poem_kg.errors import KnowledgeError
from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG, RDF, SKOS, WORDS, compact

_AUDIENCE: Final = POEMKG + "Audience"
_SITUATION: Final = POEMKG + "Situation"


@dataclass(frozen=True)
class Template:
    """The words for one situation.

    Attributes:
        offers: the names that the situation offers.
        text: what is said, with some of those names in braces.
    """

    offers: frozenset[str]
    text: str

    @property
    def uses(self) -> frozenset[str]:
        """The names that stand in the text."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.text) if name)


@dataclass(frozen=True, eq=False)
class Words:
    """The words of the ontology for one audience.

    >>> from poem_kg.knowledge import load_knowledge
    >>> words = Words(load_knowledge(), "clinician")
    >>> words.say("readiness-needs-action")
    'Not ready: something that these sources require is still to be done.'

    Attributes:
        knowledge: the ontology that holds them.
        audience: one of `audiences`.
    """

    knowledge: Knowledge
    audience: str

    def say(self, situation: str, **values: str) -> str:
        """Return what is said in a situation; "" where this audience is told nothing.

        Args:
            situation: the local name of the situation below the namespace of words.
            values: a text for each name that the situation offers; "" where there is none.

        Raises:
            KnowledgeError: the ontology has no words for it, or offers other names.
        """
        template = self.templates.get(situation)
        if template is None:
            raise KnowledgeError(
                f"{WORDS}{situation}: has no words for the audience {self.audience}; "
                "write them in words.ttl"
            )
        if template.offers != values.keys() or not template.uses <= template.offers:
            raise KnowledgeError(
                f"{WORDS}{situation}: offers {', '.join(sorted(values)) or 'nothing'}; "
                "let poemkg:placeholder and the words say the same"
            )
        return " ".join(template.text.format_map(values).split())

    def thing(self, iri: str) -> str:
        """Return how a term, statement or criterion is named."""
        return self.say("thing", label=self.knowledge.label(iri), iri=compact(iri))

    def things(self, iris: Iterable[str]) -> str:
        """Return the names of several, one after the other."""
        return "; ".join(self.thing(iri) for iri in iris)

    @cached_property
    def templates(self) -> dict[str, Template]:
        """The words by situation, for those situations that have some for this audience."""
        index = Index(self.knowledge.ontology)
        speaks = {
            index.one(a, SKOS + "notation"): index.one(a, POEMKG + "speaksBy") or ""
            for a in index.having(RDF + "type", _AUDIENCE)
        }
        found = {}
        for situation in index.having(RDF + "type", _SITUATION):
            text = index.one(situation, speaks[self.audience])
            if text is not None:
                offers = frozenset(index.all(situation, POEMKG + "placeholder"))
                found[situation.removeprefix(WORDS)] = Template(offers=offers, text=text)
        return found


@lru_cache(maxsize=8)
def words_for(knowledge: Knowledge, audience: str) -> Words:
    """Return the words for an audience, read once for each knowledge."""
    return Words(knowledge, audience)


def audiences(knowledge: Knowledge) -> tuple[str, ...]:
    """Return the audiences that the ontology has words for, sorted."""
    index = Index(knowledge.ontology)
    members = index.having(RDF + "type", _AUDIENCE)
    return tuple(sorted(knowledge.notation(member) for member in members))
