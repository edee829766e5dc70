"""A comparison of two versions in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from poem_kg.changes.document import Bullets, Heading, Paragraph, Part, Table
from poem_kg.changes.model import (
    BEHAVIOUR,
    BREAKING,
    EFFECTS,
    WORDING,
    Diff,
    DrawnPatient,
    Effect,
    Impact,
    PanelEntry,
    TermChange,
)
from poem_kg.namespaces import compact

_MEANING: Final = {
    BREAKING: "a patient gets another advice, or a name that others may use goes away",
    BEHAVIOUR: "what is concluded or stated differs, but for no patient tried",
    WORDING: "only text for readers, or the file it stands in",
}
_FIRST: Final = ("acceptance", "option")
_MOST_ROWS: Final = 40
_MOST_EXAMPLES: Final = 3
_MOST_THROUGH: Final = 4
_OPTION_CHANGES: Final = {
    "gained": "is offered newly",
    "lost": "is offered no more",
    "standing": "stands otherwise",
    "readiness": "is otherwise ready",
    "rank": "ranks otherwise",
}
_PARTS: Final = {
    "argumentFor": "what speaks for it",
    "argumentAgainst": "what speaks against it",
    "governing": "the statement that governs",
    "silence": "silence of the sources",
    "test": "test to take first",
}
_CHANGES: Final = {"gained": "comes", "lost": "goes", "changed": "is another"}
_NO_FREQUENCY: Final = (
    "Drawn patients are made to meet what the two versions say; how many are concerned says "
    "nothing about how many real patients are."
)


def diff_parts(diff: Diff) -> Iterator[Part]:
    """Yield a diff as a report, the gravest effect first."""
    yield Heading(f"What differs from {diff.old} to {diff.new}", 1)
    yield from _notes(diff)
    if not diff.changes:
        yield Paragraph("No term differs.")
        yield from _by_approved(diff)
        return
    counts = ", ".join(f"{n} {e}" for e in EFFECTS if (n := _count(diff, e)))
    yield Paragraph(
        f"{_terms(diff)}: {counts}. {diff.tried} patients were tried in both; "
        f"{diff.affected} get another advice."
    )
    yield from _by_approved(diff)
    for effect in EFFECTS:
        changes = [c for c in diff.changes if c.effect == effect]
        if changes:
            yield Heading(f"{effect.capitalize()}: {_MEANING[effect]}")
            yield Bullets(tuple(_term(change) for change in changes))


def impact_parts(impact: Impact) -> Iterator[Part]:
    """Yield an impact as a report: what differs on options, besides, and what was not tried."""
    diff = impact.diff
    yield Heading(f"Impact of {diff.new} on patients, beside {diff.old}", 1)
    yield from _notes(diff)
    tried = impact.panel + impact.drawn
    others = f"{impact.drawn} drawn with seed {impact.seed}"
    told = f"{tried} patients were tried in both: {impact.panel} examples and {others}."
    if not impact.affected:
        yield Paragraph(f"No patient tried gets another advice. {told}")
    else:
        yield Paragraph(f"{impact.affected} patients get another advice. {told} {_NO_FREQUENCY}")
    if impact.shown_only:
        yield Paragraph(
            f"For {impact.shown_only} more the advice concludes the same, but a statement that it "
            "shows says something else."
        )
    if impact.grounds_only:
        yield Paragraph(
            f"For {impact.grounds_only} more the advice is the same but rests on other facts."
        )
    if impact.refused:
        yield Paragraph(f"{impact.refused} patients are accepted by neither version.")
    if diff.changes:
        counts = ", ".join(f"{n} {e}" for e in EFFECTS if (n := _count(diff, e)))
        yield Paragraph(f"{_terms(diff)}: {counts}; poem-kg diff tells which.")
    else:
        yield Paragraph("No term differs.")
    yield from _by_approved(diff)
    yield from _effects(impact)
    if impact.panel_affected:
        yield Heading("Examples for whom something differs")
        yield Bullets(
            tuple((entry.name, tuple(_sentences(impact, entry))) for entry in impact.panel_affected)
        )
    if impact.examples:
        yield Heading("The drawn patients that are named")
        yield Bullets(tuple((p.name, p.facts) for p in _shown_examples(impact)))
    if impact.untried:
        yield Heading("Not tried")
        yield Paragraph(
            "These terms differ, but the advice of no patient tried names one, so nothing is known "
            "of their effect. An example that meets them would tell."
        )
        yield Bullets(tuple((_named(impact, iri), ()) for iri in impact.untried))


def _effects(impact: Impact) -> Iterator[Part]:
    options, besides = _halves(impact)
    if options:
        yield Heading("Options")
        yield _table(impact, options)
        yield from _left_out(options)
    if besides:
        yield Heading("Besides: arguments, warnings, requirements, questions, notices")
        yield _table(impact, besides)
        yield from _left_out(besides)


def _left_out(effects: list[Effect]) -> Iterator[Part]:
    if len(effects) > _MOST_ROWS:
        yield Paragraph(f"{len(effects) - _MOST_ROWS} more rows; --format json shows all.")


def _halves(impact: Impact) -> tuple[list[Effect], list[Effect]]:
    """The effects on options, and all others."""
    options = [e for e in impact.effects if e.part in _FIRST]
    return options, [e for e in impact.effects if e.part not in _FIRST]


def _table(impact: Impact, effects: Iterable[Effect]) -> Table:
    rows = [
        (
            str(effect.patients),
            _what(impact, effect),
            effect.was,
            effect.now,
            _list(impact, effect.through),
            _list(impact, effect.because),
            ", ".join(_examples(effect)),
        )
        for effect in effects
    ]
    return Table(
        ("patients", "what", "was", "is", "through", "because of", "for instance"),
        tuple(rows[:_MOST_ROWS]),
    )


def _what(impact: Impact, effect: Effect) -> str:
    therapy = impact.labels.get(effect.therapy, "")
    if effect.part == "acceptance":
        return f"the patient is accepted {effect.change}"
    if effect.part == "option":
        return f"{therapy} {_OPTION_CHANGES[effect.change]}"
    if effect.part == "shown":
        return "a statement that the advice shows says otherwise"
    told = f"{_PARTS.get(effect.part, effect.part)} {_CHANGES[effect.change]}"
    about = impact.labels.get(effect.subject, "")
    if about:
        told += f": {about}"
    return f"{told} (for {therapy})" if therapy else told


def _sentence(impact: Impact, effect: Effect) -> str:
    told = _what(impact, effect)
    if effect.was and effect.now:
        told += f": {effect.was} -> {effect.now}"
    through = _list(impact, effect.through)
    return f"{told}, through {through}" if through else told


def _sentences(impact: Impact, entry: PanelEntry) -> Iterator[str]:
    """What differs in the options of an example, and how many things do besides."""
    effects = [impact.effects[n] for n in entry.effects]
    options = [e for e in effects if e.part in _FIRST]
    yield from (_sentence(impact, effect) for effect in options)
    besides = len(effects) - len(options)
    if besides:
        things = "thing differs" if besides == 1 else "things differ"
        yield ("" if options else "the options stay; ") + f"{besides} {things} besides"


def _examples(effect: Effect) -> tuple[str, ...]:
    if len(effect.examples) <= _MOST_EXAMPLES:
        return effect.examples
    return (*effect.examples[: _MOST_EXAMPLES - 1], effect.examples[-1])


def _shown_examples(impact: Impact) -> list[DrawnPatient]:
    shown = {n for half in _halves(impact) for e in half[:_MOST_ROWS] for n in _examples(e)}
    return [patient for patient in impact.examples if patient.name in shown]


def _list(impact: Impact, iris: tuple[str, ...]) -> str:
    told = [_named(impact, iri) for iri in iris[:_MOST_THROUGH]]
    if len(iris) > _MOST_THROUGH:
        told.append(f"{len(iris) - _MOST_THROUGH} more")
    return "; ".join(told)


def _named(impact: Impact, iri: str) -> str:
    label, name = impact.labels.get(iri, ""), compact(iri)
    return f"{name} ({label})" if label and label != name else name


def _notes(diff: Diff) -> Iterator[Part]:
    """What a reader must know to read the rest rightly."""
    if diff.queries_differ:
        yield Paragraph(
            "The queries of the two versions differ too, so that not every difference comes from "
            "the ontology."
        )
    for file in diff.not_imported:
        yield Paragraph(
            f"{file} of {diff.new} is not imported by poem-kg.ttl, so nothing follows from it."
        )


def _by_approved(diff: Diff) -> Iterator[Part]:
    """What `recommend --approved-only` would say otherwise, where anything is approved."""
    found = diff.approved_only
    if found is None:
        return
    told = (
        f"By approved statements alone, {found.affected} of the {found.tried} examples get another "
        f"advice; options gained: {found.gained}, lost: {found.lost}. All other numbers here are "
        "by all statements, and drawn patients were not tried by approved ones alone."
    )
    yield Paragraph(told)


def _terms(diff: Diff) -> str:
    return "1 term differs" if len(diff.changes) == 1 else f"{len(diff.changes)} terms differ"


def _count(diff: Diff, effect: str) -> int:
    return sum(change.effect == effect for change in diff.changes)


def _term(change: TermChange) -> tuple[str, tuple[str, ...]]:
    name = compact(change.term)
    label = f" ({change.label})" if change.label not in (name, "") else ""
    lines = []
    if change.moved_from:
        lines.append(f"moved from {change.moved_from}")
    if change.renamed_to:
        lines.append(f"the same is now said of {compact(change.renamed_to)}")
    if change.patients:
        lines.append(f"another advice for {change.patients} of the patients tried")
    for detail in change.details:
        gone, come = "; ".join(detail.removed), "; ".join(detail.added)
        if change.change == "changed" and gone and come:
            lines.append(f"{detail.label}: {gone} -> {come}")
        elif gone:
            lines.append(f"{detail.label}: {gone}" + " (no more)" * (change.change == "changed"))
        else:
            lines.append(f"{detail.label}: {come}" + " (new)" * (change.change == "changed"))
    return f"{change.change} {change.kind} {name}{label}, {change.file}", tuple(lines)
