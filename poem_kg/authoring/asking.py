"""A statement by questions and answers: what can be said is offered, what was said is checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from poem_kg.authoring.drafting import DEFAULTS, Draft, read_value
from poem_kg.authoring.naming import next_name
from poem_kg.authoring.terms import Property, Terms, source_key
from poem_kg.errors import InputError
from poem_kg.namespaces import POEMKG, compact

Ask = Callable[[str], str | None]
Tell = Callable[[str], None]

_FIRST: Final = ("label", "definition", "locator")
_LISTED: Final = 20


def ask_draft(terms: Terms, *, ask: Ask, tell: Tell) -> Draft:
    """Return the statement that somebody words by answering questions.

    Every answer is checked when it is given, and asked for again where it cannot be used. An
    empty answer takes what stands in brackets, or says nothing.

    Args:
        terms: the ontology; everything that is offered comes from it.
        ask: puts a question and returns the answer, or None when there will be no more.
        tell: shows a text.

    Raises:
        InputError: the answers ended before the statement was complete.
    """
    form = _Form(terms, ask, tell)
    source = form.choose("source", terms.sources, shown=source_key)
    kind = form.choose("kind of statement", terms.kinds, shown=terms.code)
    name = form.line(f"end of its IRI [{next_name(source, terms)}]") or None
    properties = {p.name: p for p in terms.properties(kind)}
    said = {first: form.values(properties[first], needed=True) for first in _FIRST}
    rest = [p for p in properties.values() if p.always and p.name not in _FIRST]
    rest.sort(key=lambda p: p.name in DEFAULTS)
    for prop in rest:
        said[prop.name] = form.values(prop, needed=False)
    others = [p for p in properties.values() if p.name not in said]
    while others:
        tell("It can say more: " + ", ".join(p.option for p in others))
        answer = form.line("what else, or nothing")
        if not answer:
            break
        try:
            iris = {p.iri: p for p in others}
            chosen = {p.option: p for p in others}.get(answer.removeprefix("--"))
            prop = chosen or iris[terms.find(answer, iris, where=answer)]
        except InputError as error:
            tell(str(error))
            continue
        said[prop.name] = form.values(prop, needed=False)
        others.remove(prop)
    return Draft(
        kind=compact(kind),
        source=compact(source),
        name=name,
        said={n: texts for n, texts in said.items() if texts},
    )


class _Form:
    def __init__(self, terms: Terms, ask: Ask, tell: Tell) -> None:
        self._terms = terms
        self._ask = ask
        self._tell = tell

    def line(self, question: str) -> str:
        """Return an answer without space around it."""
        answer = self._ask(f"{question}: ")
        if answer is None:
            raise InputError(
                question, "the answers ended here", "answer all questions; nothing was written"
            )
        return answer.strip()

    def choose(self, what: str, among: tuple[str, ...], *, shown: Callable[[str], str]) -> str:
        """Return one of several terms, by its number or by what it is called."""
        self._list(among, shown)
        while True:
            answer = self.line(what)
            try:
                return self._chosen(answer, among, what)
            except InputError as error:
                self._tell(str(error))

    def values(self, prop: Property, *, needed: bool) -> tuple[str, ...]:
        """Return what is said by a property: any number of terms, or one text."""
        self._tell(f"{prop.option}: {prop.says}" if prop.says else f"{prop.option}:")
        if prop.datatype is None:
            self._list(prop.values[:_LISTED], compact)
            if len(prop.values) > _LISTED:
                self._tell(f"  and {len(prop.values) - _LISTED} more")
        default = DEFAULTS.get(prop.name)
        hint = f" [{compact(POEMKG + default)}]" if default else ""
        found: list[str] = []
        while True:
            answer = self.line(f"{prop.option}{' (more)' if found else hint}")
            if not answer and (found or not needed):
                return tuple(found)
            if not answer:
                self._tell(f"{prop.option} is needed")
                continue
            try:
                if prop.datatype is None:
                    answer = self._chosen(answer, prop.values, prop.option)
                read_value(prop, answer, self._terms)
            except InputError as error:
                self._tell(str(error))
                continue
            found.append(answer)
            if prop.once:
                return tuple(found)

    def _chosen(self, answer: str, among: tuple[str, ...], what: str) -> str:
        if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(among):
            return among[int(answer) - 1]
        return self._terms.find(answer, among, where=what)

    def _list(self, among: tuple[str, ...], shown: Callable[[str], str]) -> None:
        for number, iri in enumerate(among, 1):
            self._tell(f"  {number:2} {shown(iri)}  {self._terms.label(iri)}")
