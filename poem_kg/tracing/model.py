"""What a trace holds: passages, the statements that stand for them, criteria and patients."""

from __future__ import annotations

from dataclasses import dataclass

from poem_kg.tracing.appearing import Appearance

MODELLED = "modelled"
WAIVED = "waived"
FLAGGED = "flagged"


@dataclass(frozen=True, kw_only=True)
class TracedPassage:
    """A sentence, heading or list item of a source.

    Attributes:
        iri: the passage.
        source: the IRI of its source, or "" where the ontology names none.
        ordinal: its place in the source, from 1.
        locator: section, and bullet or sentence.
        digest: the digest of its text.
        state: "modelled", "waived" (not modelled, with a reason) or "flagged" (neither, or both).
        reason: why nothing stands for it; "" where something does.
        statements: the IRIs of those that stand for it.
    """

    iri: str
    source: str
    ordinal: int
    locator: str
    digest: str
    state: str
    reason: str
    statements: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class UsedCriterion:
    """A criterion of a statement.

    Attributes:
        iri: the criterion.
        label: what it is called.
        name: the local name of the property that names it, such as "passedBy".
        use: the label of that property.
    """

    iri: str
    label: str
    name: str
    use: str


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """A patient in whose advice a statement shows.

    Attributes:
        patient: the IRI of the patient.
        name: the name of the file without its end.
        label: what the file calls the patient.
        ways: how the statement shows, sorted.
    """

    patient: str
    name: str
    label: str
    ways: tuple[Appearance, ...]


@dataclass(frozen=True, kw_only=True)
class TracedStatement:
    """A statement with where it comes from and who exercises it.

    Attributes:
        iri: the statement.
        label: what it is called.
        kind: the label of its kind.
        source: the IRI of its source, or "" where the ontology names none.
        claim: the number of the claim, or "".
        locator: where the source says so.
        review: the label of its review state.
        passages: the IRIs of the passages that it stands for.
        criteria: the criteria it names.
        exercises: the patients, by name.
    """

    iri: str
    label: str
    kind: str
    source: str
    claim: str
    locator: str
    review: str
    passages: tuple[str, ...]
    criteria: tuple[UsedCriterion, ...]
    exercises: tuple[Exercise, ...]


@dataclass(frozen=True, kw_only=True)
class Trace:
    """From every passage to the patients.

    Attributes:
        title: the title of the ontology.
        version: its version.
        note: what the ontology says about its use.
        sources: IRI and label of every source with statements, those with passages first.
        passages: by source and place.
        statements: by source and IRI.
        patients: how many patients were advised.
        left_out: patient files that do not conform, so that nothing follows from them.
    """

    title: str
    version: str
    note: str
    sources: tuple[tuple[str, str], ...]
    passages: tuple[TracedPassage, ...]
    statements: tuple[TracedStatement, ...]
    patients: int
    left_out: tuple[str, ...]

    def counted(self, state: str) -> int:
        """Return how many passages are in a state."""
        return sum(passage.state == state for passage in self.passages)

    @property
    def unexercised(self) -> int:
        """How many statements show in no patient."""
        return sum(not statement.exercises for statement in self.statements)
