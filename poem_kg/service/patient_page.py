"""The page of one patient: a form that asks the next best question first, and the advice beside it.

Nothing here knows a disorder or a therapy. The form is that of `poem_kg.intake`, the order of the
questions that of the advice, and the words those of the ontology.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from poem_kg.errors import InputError
from poem_kg.explain.words import Words
from poem_kg.index import Index
from poem_kg.intake.chart import Entry
from poem_kg.intake.fields import Choice, Field, Fields
from poem_kg.knowledge import parse_module
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.limits import Limits
from poem_kg.model import Advice, Question
from poem_kg.namespaces import POEMKG, RDF, RDFS
from poem_kg.reading import SourceGraph
from poem_kg.resources import data_dir
from poem_kg.service.advice_view import advice_view, download
from poem_kg.service.forms import posted
from poem_kg.service.model import Answer, Call, Refusal, refused
from poem_kg.service.pages import Pages
from poem_kg.service.patient import in_body
from poem_kg.service.site import private_page, public_page
from poem_kg.service.visit import Reception, Visit, carried
from poem_kg.whatif.hypotheses import Change
from poem_kg.whatif.search import WhatIf, what_if
from poem_kg.whatif.text import change_words, goal_words, outcome_words
from poem_kg.whatif.variants import Outcome

_AUDIENCE: Final = "clinician"
_TRIED: Final = 300
"""How many hypothetical patients a call may derive; that takes a second or two."""
_STATUS: Final = {"present": "yes", "absent": "no", "provisional": "suspected"}
_DONE: Final = {"present": "done", "absent": "not done", "provisional": "not certain"}
_UNKNOWN: Final = "not known"
_COUNT: Final = "1"
"""The UCUM unit of what is counted, which goes without saying."""


@dataclass(frozen=True)
class Shown:
    """A field with what stands in it."""

    field: Field
    entry: Entry

    @property
    def id(self) -> str:
        """The name of the field in the page."""
        return f"f-{self.field.name.rsplit('/', 1)[-1]}"

    @property
    def unit(self) -> str | None:
        """The UCUM unit, but for what is counted or scored, which is told by the label."""
        return None if (self.field.unit or _COUNT)[0] in _COUNT + "{" else self.field.unit

    def words(self, choice: Choice) -> str:
        """What a choice is called in the form."""
        return _words(self.field, choice)


@dataclass(frozen=True)
class Asked:
    """The next question: what it is about, which therapies it decides, the fields that answer it.

    Attributes:
        number: how many questions there are.
    """

    question: Question
    decides: tuple[str, ...]
    fields: tuple[Shown, ...]
    number: int


@dataclass(frozen=True)
class Difference:
    """How a therapy stood for the held patient and stands now, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Tried:
    """What was changed of the held patient, and what that changed."""

    facts: tuple[Difference, ...]
    therapies: tuple[Difference, ...]


@dataclass(frozen=True)
class Switch:
    """One way to reach a goal.

    Attributes:
        changes: what would be recorded, in words.
        outcome: how the therapy would stand.
        sets: what a button sends to try it; "" where the form has no field for it.
    """

    changes: str
    outcome: str
    sets: str


@dataclass(frozen=True)
class Goal:
    """What could be reached for a therapy, and how."""

    therapy: str
    goal: str
    switches: tuple[Switch, ...]
    more: int


@dataclass(frozen=True, eq=False)
class PatientPage:
    """Makes the page.

    Attributes:
        pages: lays it out.
        kb: answers for the patient.
        limits: what a patient may cost.
    """

    pages: Pages
    kb: KnowledgeBase
    limits: Limits

    def answer(self, call: Call) -> Answer:
        """Return the empty form, that of an example, or what came of the form that was sent.

        Raises:
            Refusal: there is no such example, or what was sent is not this form.
        """
        if call.method == "POST":
            return self._sent(call)
        names = call.values("example")
        if not names:
            return public_page(self._empty)
        if names[-1] not in self.examples:
            raise Refusal(404, "there is no such example; the page lists them")
        source = self.kb.read(data_dir("examples") / f"{names[-1]}.ttl", limits=self.limits)
        visit = self._reception.begun(source)
        return public_page(self._page(visit, self.kb.recommend(source), source))

    def _sent(self, call: Call) -> Answer:
        form = posted(call, self.limits)
        visit = self._reception.empty()
        try:
            if form.files.get("file") is not None:
                visit = self._reception.uploaded(form.files["file"])
            else:
                visit = self._reception.sent(form)
            source = visit.patient(self.limits)
            advice = self.kb.recommend(source)
            if form.one("download"):
                return download(self.kb, source, advice, form.one("download"))
            found = None
            if form.one("ask") and advice.conforms:
                found = what_if(
                    self.kb.knowledge,
                    source.triples,
                    patient=advice.patient,
                    therapy=form.one("therapy"),
                    patients=_TRIED,
                )
            return private_page(self._page(visit, advice, source, found))
        except InputError as error:
            told = in_body(error)
            page = self._render(visit, error=f"{told.cause}; {told.advice}", where=told.location)
            return private_page(page, status=refused(error).status)

    @cached_property
    def _reception(self) -> Reception:
        return Reception(self.kb, Fields(self.kb.knowledge), self.limits)

    @cached_property
    def _words(self) -> Words:
        return Words(self.kb.knowledge, _AUDIENCE)

    @cached_property
    def _empty(self) -> bytes:
        visit = self._reception.empty()
        advice = self.kb.recommend(visit.chart.with_entries({}, limits=self.limits))
        return self._render(visit, asked=self._asked(visit, advice))

    @cached_property
    def examples(self) -> dict[str, tuple[str, str]]:
        """The examples by name: what each is called, and its story."""
        found = {}
        for path in sorted(data_dir("examples").glob("*.ttl"), key=_by_number):
            index = Index(parse_module(path))
            (patient,) = index.having(RDF + "type", POEMKG + "Patient")
            label, story = (index.one(patient, RDFS + name) for name in ("label", "comment"))
            if label and story:
                found[path.stem] = (label, story)
        return found

    def _page(
        self, visit: Visit, advice: Advice, source: SourceGraph, found: WhatIf | None = None
    ) -> bytes:
        return self._render(
            visit,
            asked=self._asked(visit, advice) if advice.conforms else None,
            view=advice_view(self.kb, source, advice, self.pages),
            tried=self._tried(visit, advice) if visit.held else None,
            goals=self._goals(found) if found else None,
            searched=found is None
            or all(reach.complete for therapy in found.therapies for reach in therapy.reaches),
            summary=self._summary(advice),
            therapies=self._therapies(advice),
            therapy=found.therapies[0].therapy if found else None,
        )

    def _therapies(self, advice: Advice) -> dict[str, str]:
        """The therapies of which one may ask what would change them, and their labels."""
        silent = [n for n in advice.no_statement if n.kind == "therapy"]
        return {o.therapy: o.label for o in advice.options} | {n.term: n.label for n in silent}

    def _render(self, visit: Visit, **content: Any) -> bytes:
        shown: dict[str, Any] = dict.fromkeys(
            (
                "asked",
                "view",
                "tried",
                "goals",
                "summary",
                "error",
                "where",
                "therapies",
                "therapy",
                "searched",
            )
        )
        asked = content.get("asked")
        first = {s.field.name for s in asked.fields} if asked else set()
        sections, known = [], []
        for section in self._reception.fields.sections:
            fields = [self._shown(visit, f) for f in section.fields if f.name not in first]
            known += [s for s in fields if s.entry.value]
            sections.append((section, [s for s in fields if not s.entry.value]))
        return self.pages.render(
            "patient.html",
            title="A patient",
            sections=[(section, fields) for section, fields in sections if fields],
            known=known,
            examples=self.examples,
            beside=visit.chart.beside,
            base=carried(visit.chart.source),
            held=carried(visit.held),
            day=visit.day,
            **shown | content,
        )

    def _shown(self, visit: Visit, form_field: Field) -> Shown:
        return Shown(form_field, visit.entries.get(form_field.name, Entry("")))

    def _asked(self, visit: Visit, advice: Advice) -> Asked | None:
        for question in advice.questions:
            fields = self._reception.fields.asked_by(question.criterion)
            if fields:
                return Asked(
                    question=question,
                    decides=tuple(map(self.kb.knowledge.label, question.decides)),
                    fields=tuple(self._shown(visit, f) for f in fields),
                    number=len(advice.questions),
                )
        return None

    def _summary(self, advice: Advice) -> str:
        """The advice in one line, for who hears the page."""
        return "; ".join(
            f"{option.label}: {self._outcome(option.standing, option.line, option.readiness)}"
            for option in advice.options
        )

    def _outcome(self, standing: str | None, line: int | None, readiness: str | None) -> str:
        outcome = Outcome(standing=standing, line=line, readiness=readiness)
        return outcome_words(outcome, self._words)

    def _tried(self, visit: Visit, advice: Advice) -> Tried:
        assert visit.held is not None
        held = self._reception.begun(visit.held)
        before, after = self._standings(self.kb.recommend(visit.held)), self._standings(advice)
        nothing = self._outcome(None, None, None)
        names = sorted(held.entries.keys() | visit.entries.keys())
        fields = self._reception.fields.by_name
        return Tried(
            facts=tuple(
                Difference(field.label, _said(held, field), _said(visit, field))
                for name in names
                for field in (fields[name],)
                if _value(held, name) != _value(visit, name)
            ),
            therapies=tuple(
                Difference(label, before.get(label, nothing), after.get(label, nothing))
                for label in dict.fromkeys((*after, *before))
                if before.get(label) != after.get(label)
            ),
        )

    def _standings(self, advice: Advice) -> dict[str, str]:
        return {
            option.label: self._outcome(option.standing, option.line, option.readiness)
            for option in advice.options
        }

    def _goals(self, found: WhatIf) -> tuple[Goal, ...]:
        return tuple(
            Goal(
                therapy=self.kb.knowledge.label(therapy.therapy),
                goal=goal_words(reach, self._words),
                switches=tuple(
                    Switch(
                        changes="; ".join(change_words(c, self._words) for c in way.changes),
                        outcome=outcome_words(way.outcome, self._words),
                        sets=self._sets(way.changes),
                    )
                    for way in reach.ways
                ),
                more=reach.number - len(reach.ways),
            )
            for therapy in found.therapies
            for reach in therapy.reaches
            if reach.ways
        )

    def _sets(self, changes: tuple[Change, ...]) -> str:
        by_concept = self._reception.fields.by_concept
        if any(change.concept not in by_concept for change in changes):
            return ""
        return urlencode([(by_concept[c.concept].name, _set_to(c, by_concept)) for c in changes])


def _set_to(change: Change, by_concept: Mapping[str, Field]) -> str:
    if change.value is not None:
        return change.value
    wanted = (change.status, change.result)
    choices = by_concept[change.concept]
    for choice in (*choices.choices, *choices.found):
        if (choice.status, choice.result) == wanted:
            return choice.value
    return change.status


def _value(visit: Visit, name: str) -> str:
    entry = visit.entries.get(name)
    return entry.value if entry else ""


def _said(visit: Visit, field: Field) -> str:
    """What stands in a field, for a reader."""
    value = _value(visit, field.name)
    choice = field.choice(value)
    if choice is not None:
        return _words(field, choice)
    unit = field.unit if value and field.unit != _COUNT else ""
    return f"{value} {unit or ''}".strip() or _UNKNOWN


def _words(field: Field, choice: Choice) -> str:
    said = (_DONE if field.kind == "result" else _STATUS)[choice.status]
    return f"{said}: {choice.label}" if choice.label else said


def _by_number(path: Path) -> tuple[int, str]:
    digits = "".join(c for c in path.stem.partition("-")[0] if c.isdigit())
    return int(digits or 0), path.stem
