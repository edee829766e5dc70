"""Names, places and what lies behind a conclusion: how an advice refers to the graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from poem_kg.explain.facts import Telling
from poem_kg.explain.model import Explanation, RequirementStep, Step, ToldStatement
from poem_kg.explain.words import Words
from poem_kg.model import SourceReference
from poem_kg.namespaces import POEMKG, QUERY
from poem_kg.review import left_out_text, review_text
from poem_kg.service.advice_parts import Behind, Mark, Place
from poem_kg.service.pages import Pages
from poem_kg.service.provenance_graph import Ref
from poem_kg.service.showing import OURS

TONES: Final = {
    "ready": "good",
    "needs-action": "warn",
    "needs-information": "warn",
    "blocked": "bad",
    "withheld": "bad",
    "met": "good",
    "unknown": "warn",
    "not-met": "bad",
    "verified-in-the-cited-source": "good",
    "stands-in-the-page-alone": "warn",
    "unverified": "warn",
    "decision-of-the-authors": "ours",
    "approved": "good",
    "Violation": "bad",
    "Warning": "warn",
}
"""Code to the tone of its sign; a sign always has words as well."""
_ASKED_ON: Final = tuple(POEMKG + name for name in ("onClass", "onMeasure", "test"))
_CITES: Final = POEMKG + "cites"
_PART: Final = POEMKG + "part"
_MOST_FIELDS: Final = 4


class Unmarked(Telling):
    """An explanation in words that lead to their statements, so that none needs a number."""

    def mark(self, statements: Iterable[str]) -> str:
        """Return nothing."""
        return ""


def in_words(code: str) -> str:
    """Return the code of a closed list as it is read."""
    return code.replace("-", " ")


class Refers:
    """Refers to the graph and to the form on one page.

    Args:
        told: the explanation in words.
        pages: knows where things are found.
    """

    def __init__(self, told: Telling, pages: Pages) -> None:
        self.told = told
        self._pages = pages

    @property
    def explanation(self) -> Explanation:
        """The explanation."""
        return self.told.explanation

    @property
    def words(self) -> Words:
        """The words of the audience."""
        return self.told.words

    def ref(self, iri: str) -> Ref:
        """A thing of the graph by its name."""
        return Ref(self.words.knowledge.label(iri), self.href(iri))

    def refs(self, iris: Iterable[str]) -> tuple[Ref, ...]:
        """Several things by their names."""
        return tuple(map(self.ref, iris))

    def short(self, statement: str) -> Ref:
        """A statement by the end of its IRI."""
        return Ref(statement.rsplit("/", 1)[-1], self._pages.addresses.of(statement))

    def href(self, iri: str) -> str | None:
        """Where something in a graph is found: a record in the form, all else on its page."""
        if iri in self.told.facts:
            return field_of(self.told.facts[iri].concept)
        state = self.told.criteria.get(iri)
        found = self._pages.addresses.of(iri)
        if found is None and state is not None and state.presence_of is not None:
            # That a disorder is there is a criterion without a page of its own.
            return self._pages.addresses.of(state.presence_of)
        return found

    def facts(self, records: Iterable[str]) -> tuple[Ref, ...]:
        """Records in words, each once, leading to their fields of the form."""
        found = [r for r in records if r in self.told.facts]
        refs = [Ref(self.told.fact(r), field_of(self.told.facts[r].concept)) for r in found]
        return tuple(dict.fromkeys(refs))

    def fields(self, criterion: str) -> tuple[Ref, ...]:
        """The fields of the form that a criterion asks for, the first few."""
        found: dict[str, None] = {}
        seen: set[str] = set()
        waiting = [criterion]
        while waiting:
            at = waiting.pop(0)
            if at not in seen:
                seen.add(at)
                waiting += self._pages.graph.iris(at, _PART)
                for predicate in _ASKED_ON:
                    found.update(dict.fromkeys(self._pages.graph.iris(at, predicate)))
        return tuple(
            Ref(self.words.knowledge.label(concept), field_of(concept))
            for concept in list(found)[:_MOST_FIELDS]
        )

    def ours(self, statement: str) -> bool:
        """Whether a statement is a decision of ours."""
        return OURS in self._pages.graph.kinds(statement)

    def place(self, source: SourceReference, told: ToldStatement | None) -> Place:
        """Where a statement stands, its citation marker as printed, and how far it was checked."""
        marks = self._markers(told.statement if told else None, source)
        if told is not None and told.verified:
            words = self.words.say(f"verified-{told.verified}")
            marks.append(Mark(words, TONES.get(told.verified, "")))
        if told is not None and told.review:
            reviewed = review_text(told) or in_words(told.review)
            marks.append(Mark(reviewed, TONES.get(told.review, "")))
        if told is not None and told.left_out is not None:
            marks.append(Mark(left_out_text(told.left_out, self.words.knowledge.label), "bad"))
        return Place(self.ref(source.iri), source.locator, source.doi, tuple(marks))

    def about(self, statement: str) -> bool:
        """Whether the source gives the figure of a statement as approximate."""
        return self._says(statement, "approximate")

    def behind(self, step: Step | RequirementStep, ask: str) -> Behind:
        """What a statement beside an option, or a requirement, was concluded from."""
        own = step.criteria if isinstance(step, Step) else (step.criterion, *step.context)
        return Behind(
            facts=self.facts(step.facts),
            criteria=tuple((self.ref(c), self.state(self.told.criteria[c].state)) for c in own),
            queries=tuple(
                Ref(name, self._pages.addresses.of(self._iri(name))) for name in step.queries
            ),
            ask=Ref(ask, self.asks(ask)),
        )

    def state(self, code: str) -> Mark:
        """Whether something holds, as a sign."""
        return Mark(in_words(code), TONES.get(code, ""))

    def asks(self, name: str) -> str:
        """Where a query of the catalogue is opened in the editor."""
        return f"{self._pages.addresses.at('editor')}?name={name}"

    def _markers(self, statement: str | None, source: SourceReference) -> list[Mark]:
        """The citation marker as printed; one that leads to no reference says so."""
        if not source.marker:
            return []
        printed = f"[{source.marker}]"
        cited = self._pages.graph.iris(statement, _CITES) if statement else ()
        if any(self._says(marker, "dangling") for marker in cited):
            return [Mark(f"{printed}, {self._pages.graph.label(POEMKG + 'dangling')}", "warn")]
        return [Mark(printed)]

    def _says(self, iri: str, flag: str) -> bool:
        found = self._pages.graph.text(iri, POEMKG + flag)
        return found is not None and found.value == "true"

    def _iri(self, query: str) -> str:
        known = {q.name: q.iri for q in self.explanation.queries}
        return known.get(query, QUERY + query)


def field_of(concept: str) -> str:
    """Return the anchor of the field of the form that records a class."""
    return f"#f-{concept.rstrip('/').rsplit('/', 1)[-1]}"
