"""The page of one patient: a form that asks the next best question first, and the advice beside it.

Nothing here knows a disorder or a therapy. The form is that of `poem_kg.intake`, the order of the
questions that of the advice, and the words those of the ontology.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from poem_kg.errors import InputError
from poem_kg.explain.words import words_for
from poem_kg.index import Index
from poem_kg.intake.chart import Entry
from poem_kg.intake.fields import Field, Fields
from poem_kg.knowledge import parse_module
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.limits import Limits
from poem_kg.model import Advice, Question
from poem_kg.namespaces import POEMKG, RDF, RDFS
from poem_kg.reading import SourceGraph
from poem_kg.resources import data_dir
from poem_kg.service.advice_view import AUDIENCE, advice_view, download
from poem_kg.service.filled import Shown
from poem_kg.service.forms import posted
from poem_kg.service.model import Answer, Call, Refusal, refused
from poem_kg.service.pages import Pages
from poem_kg.service.patient import in_body
from poem_kg.service.site import private_page, public_page
from poem_kg.service.trying import Tried, Trying
from poem_kg.service.visit import Reception, Visit, carried
from poem_kg.whatif.search import WhatIf, what_if

_PARTS: Final = tuple(
    "asked view tried goals searched summary therapies therapy error where".split()
)
"""What a page has only once there is a patient, or an error."""
_TRIED: Final = 300
"""How many hypothetical patients a call may derive; that takes a second or two."""


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
    def _trying(self) -> Trying:
        return Trying(self._reception.fields, words_for(self.kb.knowledge, AUDIENCE))

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
            tried=self._tried(visit, visit.held, advice) if visit.held else None,
            goals=self._trying.goals(found) if found else None,
            searched=found is None
            or all(reach.complete for therapy in found.therapies for reach in therapy.reaches),
            summary=self._trying.summary(advice),
            therapies=self._therapies(advice),
            therapy=found.therapies[0].therapy if found else None,
        )

    def _tried(self, visit: Visit, held: SourceGraph, advice: Advice) -> Tried:
        before = self.kb.recommend(held)
        return self._trying.tried(self._reception.begun(held), visit, before, advice)

    def _therapies(self, advice: Advice) -> dict[str, str]:
        """The therapies of which one may ask what would change them, and their labels."""
        silent = [n for n in advice.no_statement if n.kind == "therapy"]
        return {o.therapy: o.label for o in advice.options} | {n.term: n.label for n in silent}

    def _render(self, visit: Visit, **content: Any) -> bytes:
        shown: dict[str, Any] = dict.fromkeys(_PARTS)
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


def _by_number(path: Path) -> tuple[int, str]:
    digits = "".join(c for c in path.stem.partition("-")[0] if c.isdigit())
    return int(digits or 0), path.stem
