"""What a comparison of two versions consists of: frozen results that print as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BREAKING: Final = "breaking"
BEHAVIOUR: Final = "behaviour"
WORDING: Final = "wording"
EFFECTS: Final = (BREAKING, BEHAVIOUR, WORDING)
"""From the gravest down."""


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One property of a term of which values went or came, in words.

    Attributes:
        property: its IRI.
        label: its label.
        removed, added: the values, in words, sorted.
    """

    property: str
    label: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TermChange:
    """One term that differs between two versions.

    Attributes:
        effect: "breaking": its IRI goes away, or a patient tried gets another conclusion that
            rests on it; "behaviour": what queries, shapes or readers of a statement's content
            rely on differs; "wording": only text for people differs, or the file it stands in.
        change: "added", "removed", "changed" or "moved" (to another file).
        kind: "statement", "criterion", "source", "class", "property", "module" or "term".
        term: its IRI.
        label: its label, of the new version where there is one.
        file: the file below the ontology folder, of the new version where there is one.
        moved_from: the file it stood in before, where that is another.
        details: what is said of it no more, or newly.
        renamed_to: for a removed term, a new one of which the same is said, or None.
        patients: how many of the patients tried get another conclusion that rests on it.
    """

    effect: str
    change: str
    kind: str
    term: str
    label: str
    file: str
    moved_from: str | None
    details: tuple[Detail, ...]
    renamed_to: str | None
    patients: int


@dataclass(frozen=True, kw_only=True)
class ApprovedOnly:
    """What differs for the examples where approved statements alone speak for a therapy.

    Attributes:
        tried: how many examples were tried so, in both versions.
        affected: how many of them get another advice.
        gained, lost: how many options they are offered newly or no more, all together.
    """

    tried: int
    affected: int
    gained: int
    lost: int


@dataclass(frozen=True, kw_only=True)
class Diff:
    """What differs between two versions of the knowledge.

    Attributes:
        old, new: the versions, as the caller called them.
        old_version, new_version: `owl:versionInfo` of each.
        old_digest, new_digest: of the module files of each.
        changes: the gravest effect first, then statements, criteria and the rest, by IRI.
        queries_differ: whether the `prepare` or `derive` queries of the two differ.
        not_imported: files of the new version from which nothing follows, since `poem-kg.ttl`
            does not import them; alignments are not counted.
        tried: how many patients were tried in both.
        affected: how many of them get another conclusion.
        approved_only: the same by approved statements alone; None where neither version has an
            approved statement, or nothing differs that conclusions could rest on.
    """

    old: str
    new: str
    old_version: str
    new_version: str
    old_digest: str
    new_digest: str
    changes: tuple[TermChange, ...]
    queries_differ: bool
    not_imported: tuple[str, ...]
    tried: int
    affected: int
    approved_only: ApprovedOnly | None = None


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a version does to some patients alike.

    Attributes:
        part: "option", "acceptance", "shown" (a statement that it shows says otherwise), or what
            else of an advice differs, such as "caution".
        change: "gained", "lost", "standing", "readiness", "rank" or "changed"; of acceptance
            "newly" or "no more".
        therapy: the option that it is about, IRI, or "".
        subject: what else it is about, IRI, or "".
        was, now: in words.
        through: the statements that bring it, IRIs.
        because: those terms that differ between the versions and on which it rests, IRIs.
        patients: how many.
        examples: the patients of the panel among them, and the shortest drawn one.
    """

    part: str
    change: str
    therapy: str
    subject: str
    was: str
    now: str
    through: tuple[str, ...]
    because: tuple[str, ...]
    patients: int
    examples: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DrawnPatient:
    """A drawn patient that is named as an example: its name and its facts, in words."""

    name: str
    facts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PanelEntry:
    """A patient of the examples for whom something differs, and how many things do."""

    name: str
    effects: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Impact:
    """Which patients' advice differs between two versions.

    Attributes:
        diff: the terms that differ, each with how many patients' advice changes with it.
        seed: of the drawn patients.
        panel: how many patients of the examples were tried.
        drawn: how many were drawn.
        refused: how many of all neither version accepts.
        affected: how many of all get another advice.
        shown_only: for how many more a statement that it shows says otherwise, and no more differs.
        grounds_only: for how many only the facts that something rests on differ.
        effects: what differs, on options first, then by number of patients.
        panel_affected: the examples for which something differs, with the effects by their place.
        examples: the drawn patients that effects name.
        untried: terms that differ and that can matter, but no advice of a patient tried names.
        labels: every IRI in it, with its label.
    """

    diff: Diff
    seed: int
    panel: int
    drawn: int
    refused: int
    affected: int
    shown_only: int
    grounds_only: int
    effects: tuple[Effect, ...]
    panel_affected: tuple[PanelEntry, ...]
    examples: tuple[DrawnPatient, ...]
    untried: tuple[str, ...]
    labels: dict[str, str]
