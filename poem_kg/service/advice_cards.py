"""An option as a card: how it stands, what speaks for and against, what it needs, why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from poem_kg.explain.groups import grouped, needs
from poem_kg.explain.lines import SECTIONS, Line
from poem_kg.explain.model import OptionExplanation, RequirementStep, Step
from poem_kg.explain.sentences import basis, needed, standing
from poem_kg.model import Advice, Option, StatementReference
from poem_kg.model import Question as Asked
from poem_kg.model import Standing as Stands
from poem_kg.service.advice_parts import (
    Argument,
    Card,
    Mark,
    Need,
    Needs,
    Outcome,
    Question,
    Section,
    Told,
)
from poem_kg.service.advice_telling import TONES, Refers, Unmarked, in_words
from poem_kg.service.provenance_graph import Ref
from poem_kg.service.showing import plain_number, plain_unit

_SHOWN: Final = 4
"""How many statements of one role a card shows before it folds the rest."""
_ASK_STATEMENT: Final = "why-this-therapy"
_ASK_BESIDE: Final = "beside-the-options"
_ASK_NEED: Final = "why-not-ready"
_NEED_PARTS: Final = (("held", "bad"), ("also-open", "warn"), ("in-place", "good"))


def anchor(therapy: str) -> str:
    """Return the id of the card of a therapy."""
    return f"o-{therapy.rstrip('/').rsplit('/', 1)[-1]}"


class Cards:
    """Makes the cards of one advice.

    Args:
        advice: the advice.
        refers: the explanation of it, and where things are found.
    """

    def __init__(self, advice: Advice, refers: Refers) -> None:
        self._advice = advice
        self._refers = refers
        self._explained = {o.option: o for o in refers.explanation.options}

    def all(self) -> tuple[Card, ...]:
        """Return a card for each option, best first."""
        return tuple(map(self._card, self._advice.options))

    def question(self, asked: Asked) -> Question:
        """Return a question with the options that it decides."""
        offered = {o.therapy for o in self._advice.options}
        return Question(
            rank=asked.rank,
            ref=self._refers.ref(asked.criterion),
            kind=in_words(asked.kind),
            fields=self._refers.fields(asked.criterion),
            decides=tuple(
                replace(self._refers.ref(therapy), href=f"#{anchor(therapy)}")
                if therapy in offered
                else self._refers.ref(therapy)
                for therapy in asked.decides
            ),
        )

    def _card(self, option: Option) -> Card:
        told = self._refers.told
        explained = self._explained[option.option]
        sides = (
            ("for", option.for_),
            ("against", option.against),
            ("caution", option.cautions),
            ("gap", option.gaps),
        )
        steps: dict[str, list[Step]] = defaultdict(list)
        for step in explained.steps:
            steps[step.role].append(step)
        inner = next((s.inner for s in option.standings), option.standing)
        held = self._needs(explained)
        return Card(
            id=anchor(option.therapy),
            rank=option.rank,
            therapy=self._refers.ref(option.therapy),
            standing=_standing(option.standing, option.line),
            inner=in_words(inner) if option.standing == "conditional" else "",
            ready=Mark(in_words(option.readiness), TONES.get(option.readiness, "")),
            lines=self._lines(explained),
            readiness=told.words.say(f"readiness-{option.readiness}"),
            disorder=self._refers.ref(option.disorder),
            via=self._refers.ref(option.via) if option.via else None,
            sections=tuple(
                self._section(role, zip(side, steps[role], strict=True), option)
                for role, side in sides
                if side
            ),
            needs=tuple(part for part in held if part.tone != "good"),
            met=next((part for part in held if part.tone == "good"), None),
            outcomes=tuple(
                self._outcome(r, self._argument(r, step, option))
                for r, step in zip(option.outcomes, steps["outcome"], strict=True)
            ),
            questions=tuple(
                self.question(q) for q in self._advice.questions if option.therapy in q.decides
            ),
            why=self._why(explained),
        )

    def _lines(self, explained: OptionExplanation) -> tuple[str, ...]:
        """How an option stands, and the facts for that."""
        told = self._refers.told
        groups = grouped(explained.steps, told.criteria)
        main = next(g for g in groups if explained.statement in {s.statement for s in g.steps})
        shared = basis(main, explained, told)
        rests = (told.words.say("rests-on", basis=shared),) if shared else ()
        return (standing(explained, told), *rests)

    def _section(
        self,
        role: str,
        side: Iterable[tuple[StatementReference, Step]],
        option: Option,
    ) -> Section:
        found = tuple(self._argument(r, step, option) for r, step in side)
        # One that would be folded alone takes no more room than the fold.
        shown = len(found) if len(found) <= _SHOWN + 1 else _SHOWN
        title = self._refers.words.say(f"role-{role}")
        return Section(role, title, found[:shown], found[shown:])

    def _argument(self, found: StatementReference, step: Step, option: Option) -> Argument:
        refers, told = self._refers, self._refers.told
        states = {c: told.criteria[c].state for c in step.criteria}
        unmet = tuple(c for c, state in states.items() if state != "met")
        statement = told.statements[found.statement]
        given = [s for s in option.standings if _gives(s, found)] if step.role == "for" else []
        return Argument(
            ref=refers.ref(found.statement),
            says=statement.says if statement.says != found.label else None,
            claim=found.claim,
            ours=refers.ours(found.statement),
            open=() if found.indirect else refers.refs(unmet),
            may=found.applies == "unknown" and not found.indirect,
            via=refers.ref(found.via) if found.via and found.via != option.via else None,
            indirect=self._indirect(step, unmet) if found.indirect else "",
            graded=_graded(found),
            standing="; ".join(dict.fromkeys(map(self._stands, given))),
            place=refers.place(found.source, statement),
            behind=refers.behind(step, _ASK_STATEMENT if given else _ASK_BESIDE),
        )

    def _stands(self, given: Stands) -> str:
        """The standing that an argument gives, and in what."""
        label = self._refers.words.knowledge.label(given.disorder)
        return f"{_standing(given.standing, given.line)} ({label})"

    def _indirect(self, step: Step, unmet: tuple[str, ...]) -> str:
        told = self._refers.told
        parts = []
        for state in ("unknown", "not-met"):
            named = [c for c in unmet if told.criteria[c].state == state]
            if named:
                criteria = told.words.things(named)
                parts.append(told.words.say(f"basis-indirect-{state}", criteria=criteria))
        return "; ".join(parts)

    def _outcome(self, found: StatementReference, argument: Argument) -> Outcome:
        estimate, told = found.estimate, self._refers.told
        if estimate is None:
            return Outcome(
                argument=argument,
                measure=None,
                value="",
                statistic="",
                time="",
                population="",
                n="",
                severity="",
            )
        unit = plain_unit(estimate.unit)
        about = "about " if self._refers.about(found.statement) else ""
        values = [plain_number(v) for v in (estimate.baseline, estimate.value) if v]
        severity = [s for s in (estimate.severity, estimate.scheme) if s]
        return Outcome(
            argument=argument,
            measure=self._refers.ref(estimate.outcome) if estimate.outcome else None,
            value=f"{about}{' → '.join(values)} {unit}".strip() if values else "",
            statistic=in_words(estimate.statistic or ""),
            time=told.quantity(estimate.time_point or ""),
            population=estimate.population or "",
            n=estimate.n or "",
            severity=": ".join(severity),
        )

    def _needs(self, explained: OptionExplanation) -> tuple[Needs, ...]:
        parts = needs(explained)
        found = (parts.held, parts.open, parts.met)
        return tuple(
            Needs(
                self._refers.words.say(head).rstrip(":"), tone, tuple(map(self._need, requirements))
            )
            for (head, tone), requirements in zip(_NEED_PARTS, found, strict=True)
            if requirements
        )

    def _need(self, need: RequirementStep) -> Need:
        refers = self._refers
        statement = refers.told.statements[need.statements[0]]
        return Need(
            text=needed(need, refers.told, mark=""),
            criterion=refers.ref(need.criterion),
            kind=in_words(need.kind),
            state=refers.state(need.state),
            ours=any(map(refers.ours, need.statements)),
            statements=tuple(map(refers.short, need.statements)),
            place=refers.place(statement.source, statement),
            behind=refers.behind(need, _ASK_NEED),
        )

    def _why(self, explained: OptionExplanation) -> tuple[Told, ...]:
        one = replace(self._refers.explanation, options=(explained,), asked="option")
        told = Unmarked(one, self._refers.words)
        return nested(SECTIONS["options"](told), self._refers)


def nested(lines: Iterable[Line], refers: Refers) -> tuple[Told, ...]:
    """Return the sentences of an explanation, each with the items below it; no headings.

    Args:
        lines: what `poem_kg.explain.lines` yields.
        refers: knows where statements are found.
    """
    found: list[tuple[str, list[Told]]] = []
    for line in lines:
        if line.level == 2 and line.text:
            found.append((line.text, []))
        elif line.level == 3 and line.text and found:
            statements = dict.fromkeys(link.statement for link in line.tells)
            found[-1][1].append(Told(line.text, tuple(map(refers.short, statements))))
    return tuple(Told(text, (), tuple(items)) for text, items in found)


def _standing(standing: str, line: int | None) -> str:
    return f"{in_words(standing)} {line}" if line is not None else in_words(standing)


def _graded(found: StatementReference) -> str:
    """The kind, direction, strength and certainty of a statement."""
    parts = [in_words(found.kind), in_words(found.direction or "")]
    for name, code in (("strength", found.strength), ("certainty", found.certainty)):
        parts.append(f"{name} {in_words(code)}" if code else "")
    return "; ".join(part for part in parts if part)


def _gives(given: Stands, found: StatementReference) -> bool:
    return given.statement == found.statement and given.via == found.via


def ref_to_card(ref: Ref, therapy: str) -> Ref:
    """Return a therapy by its name, leading to its card."""
    return Ref(ref.text, f"#{anchor(therapy)}")
