"""Damaged queries and statements, each with patients in whom an invariant then fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from poem_kg.catalogue import read_queries
from poem_kg.knowledge import Knowledge, load_knowledge, prepared_from
from tests.derivation.view import knowledge
from tests.invariants.factors import Choice, choice

DERIVE = "queries/derive"
PREPARE = "queries/prepare"
DYSFUNCTION = {"opioid dysfunction": "present"}
DEEMED = {"disorder": "AbsentContractility present", "judgement": "present"}
OUTFLOW = {"disorder": "EGJOutflowObstruction present"}
TYPE_III = {"disorder": "AchalasiaTypeIII present"}
SPASM = {"disorder": "DistalOesophagealSpasm present"}


@dataclass(frozen=True)
class Damage:
    """One change to a file, and what it breaks.

    Attributes:
        file: below the root.
        old: text that is replaced, or "" for the whole file.
        new: what comes in its place; nothing, where the whole file goes.
        breaks: patients by the name of the invariant that then fails in them.
    """

    file: str
    old: str
    new: str
    breaks: dict[str, dict[str, str]]

    def __str__(self) -> str:
        return Path(self.file).stem + (f": {' '.join(self.old.split())[:40]}" if self.old else "")

    def patients(self) -> dict[str, Choice]:
        """Return the patients by invariant."""
        return {name: choice("witness", values) for name, values in self.breaks.items()}


@contextmanager
def damaged(folder: Path, damage: Damage) -> Iterator[Knowledge]:
    """Give the knowledge of a copy with one change, which is taken back afterwards.

    Args:
        folder: holds copies of `ontology` and `queries`.
        damage: the change.
    """
    path = folder / damage.file
    text = path.read_text(encoding="utf-8")
    assert damage.old in text, f"{damage.file} has no {damage.old!r} any more; damage it otherwise"
    try:
        if damage.old:
            path.write_text(text.replace(damage.old, damage.new, 1), encoding="utf-8")
        else:
            path.unlink()
        yield _read_anew(folder, damage)
    finally:
        path.write_text(text, encoding="utf-8")


def _read_anew(folder: Path, damage: Damage) -> Knowledge:
    """Return the knowledge of the copy, of which only what the change can reach is read again."""
    sound = knowledge()
    if damage.file.startswith(DERIVE):
        return replace(sound, derive=read_queries(folder / DERIVE))
    if damage.file.startswith(PREPARE):
        prepare = read_queries(folder / PREPARE)
        prepared = prepared_from(sound.ontology, prepare)
        return replace(sound, prepare=prepare, prepared=prepared)
    return load_knowledge(ontology=folder / "ontology", queries=folder / "queries")


def _without(name: str, breaks: dict[str, dict[str, str]]) -> Damage:
    return Damage(f"{DERIVE}/{name}.rq", "", "", breaks)


def _in(name: str, old: str, new: str, breaks: dict[str, dict[str, str]]) -> Damage:
    folder = PREPARE if name[2] == "-" else DERIVE
    return Damage(f"{folder}/{name}.rq", old, new, breaks)


DAMAGES = (
    _without(
        "330-readiness-not-met",
        {
            "a mimic that is present withholds": {
                "mimics and imaging": "EosinophilicOesophagitis present; CT clear"
            },
            "obstruction found withholds": {
                **OUTFLOW,
                "mimics and imaging": "MechanicalObstructionOfEGJ present; CT clear",
            },
            "ready means that every requirement is met": {"training": "absent"},
            "readiness is the worst that a requirement brings": {"told of reflux": "absent"},
        },
    ),
    _without(
        "111-suspicions",
        {
            "a suspected mimic holds back": {
                "mimics and imaging": "all listed absent, another cause provisional; CT clear"
            },
            "a suspected population holds back": {"pregnancy": "provisional"},
        },
    ),
    _in(
        "312-excluding-states",
        "IF(BOUND(?met), ?good, poemkg:unknown)",
        "IF(BOUND(?met), ?good, ?good)",
        {"mimics have to be ruled out": {"mimics and imaging": "unknown; CT clear"}},
    ),
    _without(
        "302-conditional-requirements",
        {
            "outflow obstruction needs imaging": {
                **OUTFLOW,
                "mimics and imaging": "group absent; none",
            }
        },
    ),
    _without(
        "300-requirements",
        {"poem needs operator centre and counselling": {"volume": "absent"}},
    ),
    Damage(
        "ontology/criteria.ttl",
        "poemkg:metFrom 40.0",
        "poemkg:metFrom 20.0",
        {"competence between 20 and 40 is attested": {"experience": "20 procedures"}},
    ),
    _without(
        "308-silences",
        {
            "what was done is never ready": {
                "therapies": "PerOralEndoscopicMyotomy done, NoSuccess"
            },
            "what was set aside is never ready": {"therapies": "all lines declined"},
            "after a therapy only poem can be ready": {
                "therapies": "PneumaticDilation done, Success"
            },
            "after a failed heller nothing is ready": {
                "therapies": "LaparoscopicHellerMyotomy done, NoSuccess"
            },
            "nothing is ready for a child": {"age": "17"},
            "nothing is ready in pregnancy": {"pregnancy": "present"},
            "nothing is ready under anticoagulation": {"anticoagulation": "present"},
        },
    ),
    _without(
        "307-unsettled-lines",
        {
            "an open opioid question holds everything back": {
                "opioid": "present",
                "opioid dysfunction": "unknown",
            }
        },
    ),
    _without(
        "304-earlier-lines",
        {
            "an earlier line comes first": {
                **DYSFUNCTION,
                "opioid": "unknown",
                "therapies": "none",
            }
        },
    ),
    _in(
        "70-gates",
        "?gate poemkg:gateOn ?therapy .",
        "?gate poemkg:gateOn poemkg:Therapy .",
        {
            "stopping an opioid is never withheld": {
                **DYSFUNCTION,
                "mimics and imaging": "EosinophilicOesophagitis present; CT clear",
            }
        },
    ),
    _in(
        "67-precedence",
        "BIND(IF(BOUND(?line) && !BOUND(?transfer), 0, 1) AS ?lineFirst)",
        "BIND(1 AS ?lineFirst)",
        {"a line outranks subtype statements": {**DYSFUNCTION, **TYPE_III}},
    ),
    _without(
        "305-outranked-options",
        {"what a line outranks waits for the lines": DYSFUNCTION},
    ),
    _in(
        "225-ranks",
        "?betterKey < ?key",
        "?betterKey > ?key",
        {
            "in type iii poem is preferred and heller ranks below": TYPE_III,
            "ranks follow standing line and inner standing": TYPE_III,
        },
    ),
    _without(
        "608-silent-therapies",
        {"in type iii dilation is no option": TYPE_III},
    ),
    _in(
        "64-shown-standing",
        "IF(BOUND(?transfer), poemkg:conditionalStanding, ?inner)",
        "?inner",
        {"treat as makes an option conditional": SPASM},
    ),
    _in(
        "413-indirect-estimates",
        "  ?note poemkg:indirect true .\n",
        "",
        {"treat as keeps estimates indirect": SPASM},
    ),
    _without(
        "210-lacking",
        {"absent contractility needs a judgement": {"disorder": "AbsentContractility present"}},
    ),
    _without(
        "607-silent-disorders",
        {
            "a disorder without statement says so": {
                "disorder": "HypercontractileOesophagus present"
            }
        },
    ),
    _in(
        "211-arguments",
        "?record poemkg:establishes ?criterion .",
        "?record poemkg:status ?any .",
        {"without a disorder there is no option": {"disorder": "unknown"}},
    ),
    _in(
        "608-silent-therapies",
        "  FILTER NOT EXISTS { ?candidate a poemkg:Option }\n",
        "",
        {"an option is no silence": TYPE_III},
    ),
    _without(
        "410-notes",
        {
            "stopping an opioid comes with its caution": DYSFUNCTION,
            "an evidence gap shows": {"hernia": "present"},
        },
    ),
    Damage(
        "ontology/guidelines/droracle-2025.ttl",
        "\nstmt:droracle2025-C12\n\ta\n",
        "\npoemkg:EvidenceGap\n\tpoemkg:gateKind poemkg:testGate ;\n\t.\n"
        "\nstmt:droracle2025-C12\n\tpoemkg:requires criterion:advanced-dilation ;\n\ta\n",
        {"an evidence gap never blocks": {}},
    ),
    _in(
        "310-described-requirements",
        "  ?requirement poemkg:statement ?statement .\n",
        "",
        {"nothing is without source": {}},
    ),
    _in(
        "211-arguments",
        "  ?argument prov:wasDerivedFrom ?record .\n",
        "",
        {"every argument rests on a record": {}},
    ),
    _in(
        "001-own-records",
        "  FILTER(?status != poemkg:enteredInError)\n",
        "",
        {
            "what was entered in error is behind nothing": {
                **DEEMED,
                "support tests": "TimedBariumOesophagram in error",
            }
        },
    ),
    _in(
        "100-present",
        "  ?record poemkg:presentAs ?concept .\n",
        "  ?record poemkg:concept ?concept .\n  ?record poemkg:status ?status .\n"
        "  FILTER(?status != poemkg:absent)\n",
        {"a provisional record never makes ready": {"told of reflux": "provisional"}},
    ),
    _in(
        "212-provisional-arguments",
        "?argument poemkg:applies poemkg:unknown .",
        "?argument poemkg:applies poemkg:met .",
        {"a provisional argument leaves it open": {"disorder": "AchalasiaTypeI provisional"}},
    ),
    _without(
        "701-requirement-questions",
        {"what is unknown is asked": {"training": "unknown"}},
    ),
    _in(
        "701-requirement-questions",
        "?requirement poemkg:state poemkg:unknown .",
        "?requirement poemkg:state ?state .",
        {"nothing that is known is asked": {}},
    ),
    _without("506-page-notices", {"every advice carries its disclaimer": {}}),
    _without(
        "502-already-done",
        {"what was done is said": {"therapies": "PneumaticDilation done, Success"}},
    ),
)
"""Every invariant fails under at least one of these."""
