"""Which terms differ between two versions, and what that can do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from poem_kg.changes.model import (
    BEHAVIOUR,
    BREAKING,
    EFFECTS,
    WORDING,
    Detail,
    TermChange,
)
from poem_kg.changes.structures import is_structure
from poem_kg.changes.terms import Term, Terms, iris_in, is_ours, with_iris, words_of
from poem_kg.namespaces import DCTERMS, OWL, POEMKG, RDF, RDFS, SKOS, compact

_TEXTS: Final = frozenset(
    {
        *(RDFS + name for name in ("comment", "label", "seeAlso", "isDefinedBy")),
        *(SKOS + name for name in ("altLabel", "prefLabel", "hiddenLabel", "definition", "note")),
        *(SKOS + name for name in ("changeNote", "editorialNote", "example", "historyNote")),
        SKOS + "scopeNote",
        *(
            DCTERMS + name
            for name in ("abstract", "bibliographicCitation", "contributor", "created")
        ),
        *(DCTERMS + name for name in ("creator", "date", "description", "issued", "license")),
        *(DCTERMS + name for name in ("modified", "publisher", "source", "title")),
        *(OWL + name for name in ("versionIRI", "versionInfo", "priorVersion")),
        *(POEMKG + name for name in ("bibliographyNote", "locator", "markerNote", "reason")),
        *(POEMKG + name for name in ("verificationNote", "wordsForClinician")),
        POEMKG + "wordsForResearcher",
    }
)
"""What is said for people and no conclusion, no shape and no figure rests on."""

_SHOWN: Final = frozenset(
    POEMKG + name
    for name in (
        *("approximate", "aspect", "baselineValue", "certainty", "cites", "claim", "direction"),
        *("outcome", "population", "review", "sampleSize", "severity", "severityScheme", "source"),
        *("statistic", "strength", "timePoint", "unit", "value", "verified"),
    )
)
"""What an advice shows of a statement besides what was concluded by it."""

_KINDS: Final = ("statement", "criterion", "source", "class", "property", "term", "module")
_LABELLESS: Final = {RDF + "type": "is a"}


def term_changes(old: Terms, new: Terms) -> tuple[TermChange, ...]:
    """Return the terms that differ, by what can be told without trying a patient.

    Args:
        old: the terms of the one version.
        new: those of the other.
    """
    found = [
        change
        for iri in sorted(old.by_iri.keys() | new.by_iri.keys())
        if (change := _change(old.by_iri.get(iri), new.by_iri.get(iri), old, new))
    ]
    return in_order(_with_new_names(found, old, new))


def shown_otherwise(changes: tuple[TermChange, ...]) -> dict[str, tuple[str, str]]:
    """Return the statements of which an advice shows something else, with what it was and is.

    Args:
        changes: the terms that differ.
    """
    found = {}
    for change in changes:
        details = [d for d in change.details if d.property in _SHOWN]
        if change.kind == "statement" and change.change == "changed" and details:
            was, now = (
                ", ".join(f"{d.label}: {'; '.join(values)}" for d, values in told if values)
                for told in (
                    [(d, d.removed) for d in details],
                    [(d, d.added) for d in details],
                )
            )
            found[change.term] = (was, now)
    return found


def resting_on(term: str, old: Terms, new: Terms) -> frozenset[str]:
    """Return the terms that rest on one that differs, in either version; and this.

    Args:
        term: the one, IRI.
        old: the terms of the one version.
        new: those of the other.
    """
    # Nothing names an axiom without an IRI: what it speaks of rests on the module.
    axioms = old.unnamed(term) ^ new.unnamed(term)
    spoken_of = {iri for axiom in axioms for iri in iris_in(axiom)}
    return old.resting_on({term}) | new.resting_on({term}) | spoken_of


def in_order(changes: list[TermChange]) -> tuple[TermChange, ...]:
    """Return changes with the gravest effect first, statements before the rest, by IRI."""
    return tuple(
        sorted(changes, key=lambda c: (EFFECTS.index(c.effect), _KINDS.index(c.kind), c.term))
    )


def _change(before: Term | None, after: Term | None, old: Terms, new: Terms) -> TermChange | None:
    shown = after or before
    assert shown is not None
    details = tuple(_details(before, after, old, new))
    moved_from = None
    if before and after:
        if before.file != after.file:
            moved_from = before.file
        if not details and moved_from is None:
            return None
        change = "changed" if details else "moved"
        texts = all(_is_text(d.property) for d in details)
        effect = WORDING if texts else BEHAVIOUR
    elif before:
        change, effect = "removed", BREAKING if is_ours(before.iri) else BEHAVIOUR
    else:
        change, effect = "added", BEHAVIOUR
    return TermChange(
        effect=effect,
        change=change,
        kind=shown.kind,
        term=shown.iri,
        label=(new if after else old).label(shown.iri),
        file=shown.file,
        moved_from=moved_from,
        details=details,
        renamed_to=None,
        patients=0,
    )


def _details(before: Term | None, after: Term | None, old: Terms, new: Terms) -> Iterator[Detail]:
    had: Mapping[str, frozenset[str]] = before.said if before else {}
    has: Mapping[str, frozenset[str]] = after.said if after else {}
    for prop in sorted(had.keys() | has.keys()):
        gone = had.get(prop, frozenset()) - has.get(prop, frozenset())
        come = has.get(prop, frozenset()) - had.get(prop, frozenset())
        if gone or come:
            removed, added = _told_apart(gone, come, old, new)
            yield Detail(
                property=prop,
                label=_LABELLESS.get(prop) or (new if prop in new.by_iri else old).label(prop),
                removed=removed,
                added=added,
            )


def _told_apart(
    gone: Iterable[str], come: Iterable[str], old: Terms, new: Terms
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Values in words; where the words of two are the same, with what tells them apart."""
    sides = [[(v, _in_words(v, t)) for v in values] for values, t in ((gone, old), (come, new))]
    seen = Counter(_as_seen(words) for side in sides for _, words in side)
    removed, added = (
        tuple(sorted(_in_full(v) if seen[_as_seen(words)] > 1 else words for v, words in side))
        for side in sides
    )
    return removed, added


def _in_words(value: str, terms: Terms) -> str:
    if is_structure(value):
        return with_iris(value, terms.label)
    if value.startswith("<"):
        return terms.label(value[1:-1])
    return words_of(value)


def _in_full(value: str) -> str:
    """A value with quotes, language and datatype, and with names in place of labels."""
    return with_iris(value, compact)


def _as_seen(words: str) -> str:
    """What a reader can tell apart: spaces at the ends, and how many there are, go unseen."""
    return " ".join(words.split())


def _is_text(prop: str) -> bool:
    return prop in _TEXTS


def _with_new_names(found: list[TermChange], old: Terms, new: Terms) -> list[TermChange]:
    """The changes, where a removed term and an added one of which the same is said are told."""
    added: dict[frozenset[tuple[str, frozenset[str]]], list[str]] = {}
    for change in found:
        if change.change == "added":
            key = frozenset(new.by_iri[change.term].said.items())
            added.setdefault(key, []).append(change.term)
    told = []
    for change in found:
        if change.change == "removed":
            same = added.get(frozenset(old.by_iri[change.term].said.items()), [])
            change = replace(change, renamed_to=same[0] if len(same) == 1 else None)
        told.append(change)
    return told
