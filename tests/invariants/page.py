"""The page `docs/invariants.md`: what was checked, on whom, and why that is enough."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from tests.derivation.view import ROOT, knowledge
from tests.generated.contradictions import local
from tests.invariants.enumeration import DECIDING, UNDER
from tests.invariants.factors import factors
from tests.invariants.independence import bearing_on, coupled, offers, prepared, reaching
from tests.invariants.registry import INVARIANTS

PAGE = ROOT / "docs" / "invariants.md"
SEED = 20261122
RANDOM, DRAWN = 20_000, 1_500
TOTAL = (
    "disorders",
    "factors",
    "coupled",
    "pairs",
    "random",
    "drawn",
    "firm",
)
MEANING = {
    "disorders": "every value of the factors that decide which options there are, in full product",
    "factors": "every value of each other factor, under each of the disorders named below",
    "coupled": "every value of two factors that reach one gate together, in full product",
    "pairs": "the factors of every two gates, under the two disorders that bring in most gates",
    "random": "every factor in a random value; each compared with what the parts predict",
    "drawn": "records with dates missing, equal and different, several of one concept",
    "firm": "of these, those with weak records, without them: provisional or entered in error",
}


@dataclass(frozen=True)
class Counts:
    """What a full run has counted.

    Attributes:
        patients: by kind.
        spoke: on how many patients each invariant had something to say, by name.
        composed: how many patients agreed with what their parts predict.
        twins: how many patients were compared with themselves without weak records.
    """

    patients: dict[str, int]
    spoke: dict[str, int]
    composed: int
    twins: int


def read_counts(page: str) -> Counts:
    """Return the counts that a page holds.

    Raises:
        ValueError: the page has no such counts.
    """
    rows = dict(re.findall(r"^\| \*\*([^*|]+)\*\*[^|]*\|.*\| ([\d,]+) \|$", page, re.MULTILINE))
    numbers = {name: int(text.replace(",", "")) for name, text in rows.items()}
    wording = r"([\d,]+) patients\s+agreed.*?([\d,]+) patients were compared"
    both = re.search(wording, page, re.DOTALL)
    if both is None:
        raise ValueError("the page does not say how many patients agreed; run make invariants")
    composed, twins = (int(text.replace(",", "")) for text in both.groups())
    return Counts(
        patients={kind: numbers.get(kind, 0) for kind in TOTAL},
        spoke={name: numbers.get(name, 0) for name in INVARIANTS},
        composed=composed,
        twins=twins,
    )


def render(counts: Counts) -> str:
    """Return the page with these counts; all else comes from the factors and the knowledge."""
    total = sum(counts.patients.values())
    space = math.prod(len(f.values) for f in factors().values())
    parts = [
        _HEAD.format(
            count=len(INVARIANTS),
            total=f"{total:,}",
            space=f"{space:.1e}".replace("e+", " x 10^"),
        ),
        *(f"| {row} |" for row in _invariant_rows(counts)),
        _FACTORS.format(count=len(factors())),
        *(f"| {row} |" for row in _factor_rows()),
        _ARGUMENT.format(deciding=_names(DECIDING)),
        *(f"| {row} |" for row in _gate_rows()),
        _COUPLED.format(pairs="; ".join(" and ".join(pair) for pair in coupled())),
        *(f"| {row} |" for row in _offer_rows()),
        _RUN,
        *(f"| {row} |" for row in _kind_rows(counts, total)),
        _UNDER,
        *(f"- {', '.join(f'{name}: {value}' for name, value in under.items())}" for under in UNDER),
        _ATTACK.format(seed=SEED, composed=f"{counts.composed:,}", twins=f"{counts.twins:,}"),
    ]
    return "\n".join(parts)


def _invariant_rows(counts: Counts) -> list[str]:
    return [
        f"**{one.name}** | {one.sentence} | {counts.spoke[one.name]:,}"
        for one in INVARIANTS.values()
    ]


def _factor_rows() -> list[str]:
    rows = []
    for name, factor in factors().items():
        reached = [g for g in sorted(_gates()) if name in reaching(g)]
        effect = "which options there are" if name in DECIDING else "notes and questions alone"
        gates = ", ".join(_label(criterion) for criterion in reached)
        if name in DECIDING and gates:
            effect, gates = "", f"which options there are; {gates}"
        rows.append(f"{name} | {len(factor.values)} | {factor.background} | {gates or effect}")
    return rows


def _gate_rows() -> list[str]:
    rows = []
    for gate in sorted(prepared().gates().values(), key=lambda g: (g.kind, g.criterion)):
        if gate.kind == "diagnosisGate":
            continue
        when = ", ".join(sorted(map(_label, gate.needs))) or (
            "its own criterion" if gate.silent else "always"
        )
        kind = gate.kind.removesuffix("Gate")
        rows.append(
            f"{_label(gate.criterion)} | {kind} | {when} | {_names(reaching(gate.criterion))}"
        )
    return rows


def _offer_rows() -> list[str]:
    rows: dict[tuple[str, str], list[str]] = {}
    for disorder, therapy in offers():
        bearing = bearing_on(disorder, therapy)
        ready = [n for n, what in bearing.items() if what == "readiness"]
        noted = [n for n, what in bearing.items() if what == "notes"]
        never = [n for n in factors() if n not in bearing]
        label = f"{_label(disorder)}: {_label(therapy)}"
        rows.setdefault((f"{len(ready)}", f"{_names(noted)} | {_names(never)}"), []).append(label)
    return [f"{'; '.join(names)} | {ready} | {rest}" for (ready, rest), names in rows.items()]


def _kind_rows(counts: Counts, total: int) -> list[str]:
    rows = [f"**{kind}** | {MEANING[kind]} | {counts.patients[kind]:,}" for kind in TOTAL]
    return [*rows, f"all | | {total:,}"]


def _gates() -> set[str]:
    return {g.criterion for g in prepared().gates().values() if g.kind != "diagnosisGate"}


def _names(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names) or "none"


def _label(name: str) -> str:
    for triple in (*knowledge().ontology, *knowledge().prepared):
        if triple.predicate.value.endswith("#label") and local(triple.subject) == name:
            return local(triple.object)
    return name


_HEAD = """# Invariants

What holds for every patient, whatever is recorded: {count} sentences, each tested on {total}
patients. This page is written by `make invariants`, which checks them all anew; the sentences are
the tests in `tests/invariants/`.

The decision-relevant facts have far too many combinations to try them all ({space}). This page
says which were tried, why these suffice, and how that claim was attacked.

## The sentences

The last column counts the patients about whom the sentence says something: for "no POEM is ready
without ..." those with POEM among their options and something missing. On all the others it holds
because its condition does not. For each sentence a damaged copy of the queries or the ontology is
kept that makes it fail (`tests/invariants/mutants.py`), so none is idle.

| name | sentence | patients it speaks of |
|---|---|---:|"""

_FACTORS = """
## The factors

A *factor* is a topic on which something can be recorded by itself. There are {count}. Its *values*
are all the ways in which that is enumerated: nothing known, present, absent, provisional, entered
in error, present and later absent, present and provisional at once; with every result of a test or
therapy; at, below and above every number. Its *background* is what a clinic records when nothing
stands in the way. Enumerated patients are at the background in all factors that are not named, and
are seen on one fixed day, so that dates compare alike.

A test fails when an option, a gate, a test to take first, a notice or a note comes to depend on a
criterion that no factor reaches.

| factor | values | background | what it can change |
|---|---:|---|---|"""

_ARGUMENT = """
## Why this is enough

1. **What a record can say is prepared.** Which class of record, with which result, can speak for or
   against which criterion is worked out from the ontology before any patient is seen
   (`queries/prepare`). A factor *reaches* the criteria that its records can speak about, the
   composite criteria of which these are parts, and the groups that these close. A therapy that was
   done also reaches every criterion that a test decides, since it makes earlier tests out of date.
   So the truth of a criterion depends on the factors that reach it and on no others.
2. **Options and standing depend on few factors**: {deciding}.
   A statement offers a therapy in a disorder, some on a condition; which argument governs, the
   line and the rank follow from which statements apply. These factors are enumerated in full
   product, except that the judgement is combined with opioid and dysfunction only where a statement
   about the disorder asks for it.
3. **Readiness is a conjunction of gates.** A *gate* is a requirement or an exclusion. It asks one
   criterion; some gates are brought in by a disorder, or by their own criterion. The state of a
   gate depends on the factors that reach its criterion; whether it stands before an option, on the
   deciding factors. Readiness is the first that holds of withheld, blocked, needs-information,
   needs-action, ready: the worst that any gate brings. No gate looks at another one.
4. **So effects add up without surprise.** What each gate does under each value of the factors that
   reach it, and which gates each disorder brings, determine the readiness of every patient: take
   the worst. Three factors can do together only what one of them does alone, or two where they
   reach the same gate. Enumerating every factor, and in full product those that meet in a gate,
   shows every state of every gate; the pairs of gates show that the worst of two is taken.
5. **Notes** (arguments, cautions, gaps, estimates) depend on the disorder and at most one further
   finding, and change no readiness; each finding is enumerated under each disorder.

| gate | kind | brought in by | factors that reach it |
|---|---|---|---|"""

_COUPLED = """
Factors that meet in one gate: {pairs}.

Which factors matter for a therapy in a disorder, computed from the criteria that its statements,
gates and notes mention:

| disorder and therapy | factors that bear on standing or readiness | on notes alone | on neither |
|---|---:|---|---|"""

_RUN = """
### What the argument takes for granted

- The queries keep to the form that they have: what a record says about a criterion passes through
  the prepared properties named in `tests/invariants/independence.py`. A query with a new path from
  record to criterion would not be seen by point 1; it would be seen by the random patients below.
- A factor of several records (mimics and imaging, support tests, therapies) is enumerated in the
  values listed in `tests/invariants/factors.py`: each record alone in every status and result, and
  the combinations that rules speak of; not in every combination of its records.
- Dates enter in three ways: which record of a concept is the newest, whether a test is older than a
  therapy, and the age from a year of birth. Enumerated patients have old, new and no dates where
  these matter; the drawn patients have any.
- Contradictory records that the shapes refuse are not enumerated, since they get no advice.

## What was run

| kind | patients | number |
|---|---|---:|"""

_UNDER = """
Of the values of a factor that leave all its gates in the same states, one stands for all in
*pairs*. The disorders under which each factor was enumerated:
"""

_ATTACK = """
## How the claim was attacked

Random patients with every factor in a random value (seed {seed}) were derived, and their options,
standings, ranks, requirements with their states, and readiness were compared with what the
enumeration predicts by point 4. {composed} patients agreed, those of the pairs included, and none
disagreed. No gate was ever seen in two states under the same values of the factors that reach it.

{twins} patients were compared with themselves without the records that are provisional or entered
in error: nothing that was ready became anything else, so such a record never makes anything ready.

`make test` checks a sample of each kind; `make invariants` checks all of it and rewrites this page.
The same seed gives the same page.
"""
