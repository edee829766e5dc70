"""Runs to be counted, and what a summary of them says."""

from __future__ import annotations

import random
from collections.abc import Iterator
from html.parser import HTMLParser

from poem_kg.cohort.model import OptionRow, PatientResult, Tally
from poem_kg.cohort.summary.model import Figure, Section, Summary
from poem_kg.model import Finding
from poem_kg.namespaces import CRITERION, POEMKG, SHAPES

TYPE_I, TYPE_II = POEMKG + "AchalasiaTypeI", POEMKG + "AchalasiaTypeII"
POEM, DILATION = POEMKG + "PerOralEndoscopicMyotomy", POEMKG + "PneumaticDilation"
MIMIC, COMPETENCE = CRITERION + "achalasia-mimic", CRITERION + "competence"
READINESS = ("withheld", "blocked", "needs-information", "needs-action", "ready")
STORIES = (
    "S3a-type-iii",
    "S4b-outflow-obstruction-imaged",
    "S5-diverticulum-no-diagnosis",
    "S9-distal-spasm",
)
STANDINGS = (("line", 1), ("line", 2), ("preferred", None), ("option", None))


def option(
    patient: str,
    therapy: str = POEM,
    readiness: str = "ready",
    *,
    disorder: str = TYPE_II,
    standing: tuple[str, int | None] = ("option", None),
    rank: int = 1,
    unknown: tuple[str, ...] = (),
) -> OptionRow:
    return OptionRow(
        patient, disorder, therapy, *standing, rank, readiness, unknown, ("urn:statement",)
    )


def rejected(patient: str, *shapes: str, severity: str = "Violation") -> PatientResult:
    findings = tuple(
        Finding(
            focus=patient, path=None, value=None, severity=severity, message="m", shape=SHAPES + s
        )
        for s in shapes
    )
    return PatientResult(patient, findings=findings)


FEW = (
    PatientResult(
        "urn:a",
        options=(
            option("urn:a", POEM, "ready"),
            option("urn:a", DILATION, "needs-information", unknown=(MIMIC,)),
        ),
        tally=Tally(((TYPE_II, "recorded"),), question=MIMIC),
    ),
    PatientResult(
        "urn:b",
        options=(
            option("urn:b", POEM, "needs-information", rank=2, unknown=(COMPETENCE, MIMIC)),
            option("urn:b", DILATION, "blocked", standing=("line", 1)),
        ),
        tally=Tally(((TYPE_I, "recorded"), (TYPE_II, "derived")), question=COMPETENCE),
    ),
    PatientResult("urn:c", tally=Tally((), (("disorder", TYPE_I),))),
    rejected("urn:d", "contradiction-absent", "contradiction-absent", "attested-contradiction"),
    rejected("urn:e", "contradiction-absent"),
)
"""Three advised, one of them without an option, and two rejected."""


def many(number: int, seed: int = 4) -> list[PatientResult]:
    """Patients of every kind, with rows that tie, in no order of readiness."""
    drawn = random.Random(seed)
    results = []
    for i in range(number):
        patient = f"urn:patient:{i}"
        if drawn.random() < 0.1:
            results.append(rejected(patient, drawn.choice(["contradiction-absent", "other"])))
            continue
        disorder = drawn.choice([TYPE_I, TYPE_II])
        options = [
            option(
                patient,
                therapy,
                drawn.choices(READINESS, [1, 3, 9, 5, 7])[0],
                disorder=disorder,
                standing=drawn.choice(STANDINGS),
                rank=min(place, drawn.choice([1, 2])),
                unknown=tuple(c for c in (COMPETENCE, MIMIC) if drawn.random() < 0.5),
            )
            for place, therapy in enumerate(
                drawn.sample([POEM, DILATION, POEMKG + "Other"], drawn.randrange(4)), 1
            )
        ]
        tally = Tally(((disorder, "recorded"),), (), drawn.choice([None, MIMIC]))
        results.append(PatientResult(patient, options=tuple(options), tally=tally))
    return results


def section(summary: Summary, name: str) -> Section:
    return next(s for s in summary.sections if s.name == name)


def told(summary: Summary, name: str) -> list[tuple[str, ...]]:
    return [
        (*row.keys, *(text for f in row.figures for text in (f.told, f.told_share)))
        for row in section(summary, name).rows
    ]


def figures(summary: Summary) -> Iterator[Figure]:
    for part in summary.sections:
        for row in part.rows:
            yield from row.figures


class Page(HTMLParser):
    """Tags, attributes and texts of a page, and whether its tags close."""

    VOID = frozenset({"meta"})

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]
