"""Waivers: a rule, a term and the reason why the rule does not hold for it, in the data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pyoxigraph as ox

from poem_kg.checking.model import Problem, Rule, found
from poem_kg.checking.rules import WAIVERS
from poem_kg.checking.vocabularies import nearest
from poem_kg.namespaces import DCTERMS, POEMKG, RDF, compact

_TYPE: Final = RDF + "type"
_WAIVER: Final = POEMKG + "Waiver"
_RULE: Final = POEMKG + "waivesRule"
_TERM: Final = POEMKG + "waivesTerm"
_REASON: Final = POEMKG + "waiverReason"
_ASKED: Final = (_RULE, _TERM, _REASON, DCTERMS + "creator", DCTERMS + "date")


@dataclass(frozen=True)
class Waiver:
    """One waiver that says all that it must.

    Attributes:
        iri: its own.
        rule: the name of the rule.
        term: the IRI for which it does not hold.
        reason: why.
    """

    iri: str
    rule: str
    term: str
    reason: str


def waived(
    problems: Iterable[Problem],
    triples: Iterable[ox.Triple],
    rules: Sequence[Rule],
    *,
    looked_at: Iterable[str],
) -> tuple[list[Problem], list[Problem]]:
    """Return the problems that stand and those that are waived, each of these with its reason.

    Among those that stand is what is wrong with the waivers themselves: one that is not complete
    waives nothing.

    Args:
        problems: what was found.
        triples: the ontology, with its waivers.
        rules: every rule.
        looked_at: names of the rules that were looked at; a waiver of another one is not idle.
    """
    standing: list[Problem] = []
    set_aside: list[Problem] = []
    waivers, wrong = _waivers(triples, rules)
    reasons = {(w.rule, w.term): w for w in waivers}
    used: set[str] = set()
    for problem in problems:
        waiver = reasons.get((problem.name, problem.term))
        if waiver is None:
            standing.append(problem)
        else:
            used.add(waiver.iri)
            set_aside.append(replace(problem, waived=waiver.reason))
    seen = set(looked_at)
    idle = (w for w in waivers if w.iri not in used and w.rule in seen)
    for waiver in idle:
        message = f"waives nothing: {waiver.rule} finds nothing about {compact(waiver.term)}"
        wrong.append(found(WAIVERS, waiver.iri, message, advice="Remove the waiver."))
    return [*standing, *wrong], set_aside


def _waivers(
    triples: Iterable[ox.Triple], rules: Sequence[Rule]
) -> tuple[list[Waiver], list[Problem]]:
    known = {rule.name: rule for rule in rules}
    waivers: list[Waiver] = []
    wrong: list[Problem] = []
    for iri, said in sorted(_blocks(triples).items()):
        problems = list(_what_is_wrong(iri, said, known))
        wrong += problems
        if not problems:
            waivers += [Waiver(iri, said[_RULE][0], term, said[_REASON][0]) for term in said[_TERM]]
    return waivers, wrong


def _what_is_wrong(
    iri: str, said: dict[str, list[str]], known: dict[str, Rule]
) -> Iterator[Problem]:
    for wanted in _ASKED:
        values = said.get(wanted, [])
        if not any(value.strip() for value in values):
            yield found(WAIVERS, iri, f"has no {compact(wanted)}")
        elif len(values) > 1 and wanted in (_RULE, _REASON):
            yield found(WAIVERS, iri, f"has several {compact(wanted)}")
    for name in said.get(_RULE, []):
        if name not in known:
            near = nearest(name, set(known))
            hint = f"; did you mean {near}?" if near else ""
            yield found(WAIVERS, iri, f'waives the rule "{name}", which there is not{hint}')
        elif not known[name].waivable:
            yield found(WAIVERS, iri, f"waives {name}, which cannot be waived")


def _blocks(triples: Iterable[ox.Triple]) -> dict[str, dict[str, list[str]]]:
    """Each waiver's IRI and what it says."""
    every = tuple(triples)
    iris = {
        t.subject.value
        for t in every
        if isinstance(t.subject, ox.NamedNode)
        and (
            t.predicate.value in (_RULE, _TERM, _REASON)
            or (t.predicate.value == _TYPE and t.object == ox.NamedNode(_WAIVER))
        )
    }
    blocks: dict[str, dict[str, list[str]]] = {iri: defaultdict(list) for iri in iris}
    for t in every:
        of_waiver = isinstance(t.subject, ox.NamedNode) and t.subject.value in iris
        if of_waiver and isinstance(t.object, ox.NamedNode | ox.Literal):
            blocks[t.subject.value][t.predicate.value].append(t.object.value)  # type: ignore[union-attr]
    return blocks
