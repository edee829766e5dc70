"""What the page about an advice consists of, for a template to lay out."""

from __future__ import annotations

from dataclasses import dataclass

from poem_kg.service.provenance_graph import Graph, Ref


@dataclass(frozen=True)
class Mark:
    """A small sign: its words, and what it is like: "good", "bad", "warn", "ours" or ""."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Place:
    """Where something is said: the source, the place in it, and the signs it bears."""

    source: Ref
    locator: str | None
    doi: str | None
    marks: tuple[Mark, ...]


@dataclass(frozen=True, kw_only=True)
class Behind:
    """What a conclusion was made from.

    Attributes:
        facts: the records, each leading to its field of the form.
        criteria: the conditions, each with its state.
        queries: the queries that concluded it.
        ask: a query of the catalogue that asks after it, opened in the editor.
    """

    facts: tuple[Ref, ...]
    criteria: tuple[tuple[Ref, Mark], ...]
    queries: tuple[Ref, ...]
    ask: Ref


@dataclass(frozen=True, kw_only=True)
class Argument:
    """A statement beside an option.

    Attributes:
        says: the statement in a sentence, where that is more than its name.
        claim: its number on the page that was modelled.
        ours: that it is our own decision.
        open: what is not known, for a statement that may apply.
        indirect: that it was measured in patients unlike this one, in words; "" where it was not.
        graded: its kind, direction, strength and certainty, in words.
        standing: the standing that it gives, in words; "" where it gives none.
    """

    ref: Ref
    says: str | None
    claim: str | None
    ours: bool
    open: tuple[Ref, ...]
    may: bool
    via: Ref | None
    indirect: str
    graded: str
    standing: str
    place: Place
    behind: Behind


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A row of the table of figures; `argument` is the statement that gives it."""

    argument: Argument
    measure: Ref | None
    value: str
    statistic: str
    time: str
    population: str
    n: str
    severity: str


@dataclass(frozen=True)
class Section:
    """Statements of one role, under its name; `more` of them are folded."""

    role: str
    title: str
    arguments: tuple[Argument, ...]
    more: tuple[Argument, ...]


@dataclass(frozen=True, kw_only=True)
class Need:
    """A requirement of an option; `statements` ask for it, the governing source first."""

    text: str
    criterion: Ref
    kind: str
    state: Mark
    ours: bool
    statements: tuple[Ref, ...]
    place: Place
    behind: Behind


@dataclass(frozen=True)
class Needs:
    """Requirements that do the same to an option, under what that is called."""

    title: str
    tone: str
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Told:
    """A sentence of an explanation, the statements that it tells of, and what is listed below."""

    text: str
    refs: tuple[Ref, ...] = ()
    items: tuple[Told, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Card:
    """An option.

    Attributes:
        id: its anchor on the page.
        standing: the standing, in a word or two.
        inner: the standing within what it was transferred from, or "".
        ready: the readiness, in a word.
        lines: how it stands, why, and what its readiness means, in a sentence each.
        questions: what is unknown and would decide.
        why: the whole explanation in words.
    """

    id: str
    rank: int
    therapy: Ref
    standing: str
    inner: str
    ready: Mark
    lines: tuple[str, ...]
    readiness: str
    disorder: Ref
    via: Ref | None
    sections: tuple[Section, ...]
    needs: tuple[Needs, ...]
    met: Needs | None
    outcomes: tuple[Outcome, ...]
    questions: tuple[Question, ...]
    why: tuple[Told, ...]


@dataclass(frozen=True)
class Question:
    """What to find out next, the fields that answer it, and the options that it decides."""

    rank: int
    ref: Ref
    kind: str
    fields: tuple[Ref, ...]
    decides: tuple[Ref, ...]


@dataclass(frozen=True)
class Refusal:
    """Why a therapy is not ready, or not offered."""

    therapy: Ref
    reason: str
    lines: tuple[Told, ...]


@dataclass(frozen=True)
class Test:
    """A test to take first."""

    ref: Ref
    statement: Ref
    place: Place
    facts: tuple[Ref, ...]


@dataclass(frozen=True)
class Note:
    """Something to know: what is said, by which statement, and the facts that bring it up."""

    text: str
    ref: Ref | None
    place: Place | None
    may: bool
    ours: bool
    facts: tuple[Ref, ...]


@dataclass(frozen=True)
class Notes:
    """Notes of one kind, under what that is called."""

    kind: str
    title: str
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Problem:
    """What is wrong in the data, where, and what to do."""

    severity: Mark
    message: str
    where: Ref
    path: Ref | None
    value: str | None
    shape: Ref


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """A disorder that is recorded or derived, in words, and what it rests on."""

    ref: Ref
    basis: str
    status: str
    by: Ref | None
    facts: tuple[Ref, ...]


@dataclass(frozen=True, kw_only=True)
class AdviceView:
    """An advice, for the template.

    Attributes:
        title: how the patient is called.
        as_of: for which day it holds, in words.
        problems: what validation found; where `conforms` is false nothing else is there.
        top: what has to be read before anything else: intended use, what ready means, review.
        graphs: the provenance, a graph for each therapy.
        version: with which knowledge it was worked out, in words.
        queries: the queries that concluded something of it.
        ran: how many queries ran.
        asks: heading to the query of the catalogue that asks after it, opened in the editor.
    """

    title: str
    conforms: bool
    as_of: str = ""
    no_diagnosis: str = ""
    no_options: str = ""
    problems: tuple[Problem, ...] = ()
    top: tuple[Notes, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    cards: tuple[Card, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    tests: tuple[Test, ...] = ()
    questions: tuple[Question, ...] = ()
    silences: tuple[tuple[str, Ref], ...] = ()
    notes: tuple[Notes, ...] = ()
    ours: Notes | None = None
    graphs: tuple[Graph, ...] = ()
    version: str = ""
    digests: tuple[tuple[str, str], ...] = ()
    queries: tuple[Ref, ...] = ()
    ran: int = 0
    asks: dict[str, str] | None = None
