"""From an advice and its derivation to an explanation.

Nothing is decided here. Which criterion holds, which fact speaks for it, which query concluded
what, and what each requirement brings are read from the store that the derive queries filled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from poem_kg.derivation import Derivation
from poem_kg.errors import InputError
from poem_kg.explain.graph import explained_triples
from poem_kg.explain.lookup import Lookup
from poem_kg.explain.model import (
    CriterionState,
    Explanation,
    OptionExplanation,
    RequirementStep,
    Step,
    ToldStatement,
    WhyNot,
)
from poem_kg.explain.why_not import therapies_of, why_not
from poem_kg.knowledge import Knowledge
from poem_kg.model import Advice, Option, Requirement, StatementReference
from poem_kg.namespaces import POEMKG, PROV, RDFS

_ROLES: Final = ("for", "against", "caution", "gap", "outcome")


def explain(
    knowledge: Knowledge,
    advice: Advice,
    derivation: Derivation,
    *,
    option: str | None = None,
    refused: str | None = None,
) -> Explanation:
    """Return why the options stand where they stand, and why others are not ready or not offered.

    Args:
        knowledge: what the advice was derived from.
        advice: a conforming advice.
        derivation: the derivation of the same patient for the same day.
        option: only this option, by IRI, local name, label or synonym of its therapy.
        refused: only why this therapy is not ready or not offered, by the same names; the name of
            a family stands for its members.

    Raises:
        InputError: there is no therapy, or no option, of that name.
    """
    return _Explainer(knowledge, advice, derivation).explain(option, refused)


class _Explainer:
    def __init__(self, knowledge: Knowledge, advice: Advice, derivation: Derivation) -> None:
        self._knowledge = knowledge
        self._advice = advice
        self._therapies = therapies_of(knowledge)
        self._lookup = Lookup(knowledge, advice, derivation)

    def explain(self, option: str | None, refused: str | None) -> Explanation:
        advice = self._advice
        every = {o.therapy: self._option(o) for o in advice.options}
        options = tuple(every.values())
        asked = "everything"
        if refused is not None:
            asked = "why-not"
            wanted = self._therapies.named(refused, argument="--why-not")
            options = tuple(every[t] for t in wanted if t in every)
        elif option is not None:
            asked = "option"
            wanted = self._offered(option)
            options = tuple(every[t] for t in wanted)
        else:
            held = [o.therapy for o in options if o.readiness != "ready"]
            wanted = (*held, *(t for t in self._therapies.in_families() if t not in every))
        reasons = tuple(
            why_not(t, self._therapies, self._knowledge, advice, every.get(t)) for t in wanted
        )
        return self._assembled(asked, options, reasons)

    def _assembled(
        self,
        asked: str,
        options: tuple[OptionExplanation, ...],
        reasons: tuple[WhyNot, ...],
    ) -> Explanation:
        """The explanation with the tables of what it refers to."""
        advice = self._advice
        everything = asked == "everything"
        notices = advice.notices if everything else ()
        tests = advice.tests if everything else ()
        hung = [n.statement for n in notices if n.statement] + [t.statement for t in tests]
        criteria = self._criteria(options, reasons)
        facts = {f for c in criteria for f in c.facts}
        facts |= {f for n in notices for f in n.facts} | {f for t in tests for f in t.facts}
        facts |= {f for d in advice.diagnoses for f in d.facts}
        names = {q for o in options for q in o.queries}
        for option in options:
            for step in option.steps:
                facts |= {*step.facts}
                names |= {*step.queries}
            for need in option.requirements:
                facts |= {*need.facts}
                names |= {*need.queries}
        facts &= self._lookup.records
        queries = tuple(q for q in advice.provenance.queries if q.name in names)
        return Explanation(
            asked=asked,
            patient=advice.patient,
            label=self._lookup.index.one(advice.patient, RDFS + "label"),
            as_of=advice.provenance.as_of,
            ontology_version=advice.provenance.ontology_version,
            ontology_digest=advice.provenance.ontology_digest,
            diagnoses=advice.diagnoses,
            options=options,
            why_not=reasons,
            tests=tests,
            no_statement=advice.no_statement if everything else (),
            notices=notices,
            facts=tuple(self._lookup.fact(f) for f in sorted(facts)),
            criteria=criteria,
            statements=self._told(options, reasons, hung),
            queries=queries,
            graph=explained_triples(
                advice.graph,
                self._knowledge.ontology,
                options=options,
                reasons=reasons,
                criteria=criteria,
                records=facts,
                patient=advice.patient,
                queries=queries,
            ),
        )

    def _offered(self, name: str) -> tuple[str, ...]:
        called = self._therapies.called(name)
        found = tuple(o.therapy for o in self._advice.options if o.therapy in called)
        if not found:
            known = ", ".join(o.label for o in self._advice.options) or "none"
            raise InputError(
                f"--option {name}",
                "is no option for this patient",
                f"ask --why-not, or one of the options: {known}",
            )
        return found

    def _option(self, option: Option) -> OptionExplanation:
        nodes = self._steps_of(option.option)
        sides = (option.for_, option.against, option.cautions, option.gaps, option.outcomes)
        return OptionExplanation(
            option=option.option,
            therapy=option.therapy,
            label=option.label,
            rank=option.rank,
            standing=option.standing,
            line=option.line,
            disorder=option.disorder,
            via=option.via,
            readiness=option.readiness,
            statement=option.standings[0].statement,
            steps=tuple(
                self._step(reference, role, nodes)
                for role, side in zip(_ROLES, sides, strict=True)
                for reference in side
            ),
            requirements=tuple(self._requirement(r, option) for r in option.requirements),
            queries=self._lookup.concluded([option.option]),
        )

    def _steps_of(self, option: str) -> dict[tuple[str, str | None, tuple[str, ...]], list[str]]:
        """The arguments and notes of an option, by statement, transfer and facts."""
        found: dict[tuple[str, str | None, tuple[str, ...]], list[str]] = {}
        for prop in ("supports", "beside"):
            for node in self._lookup.index.having(POEMKG + prop, option):
                facts = self._lookup.index.all(node, PROV + "wasDerivedFrom")
                key = (
                    self._lookup.one(node, "statement") or "",
                    self._lookup.one(node, "via"),
                    facts,
                )
                found.setdefault(key, []).append(node)
        return found

    def _step(
        self,
        reference: StatementReference,
        role: str,
        nodes: dict[tuple[str, str | None, tuple[str, ...]], list[str]],
    ) -> Step:
        own = nodes[reference.statement, reference.via, reference.facts]
        applications = [a for node in own for a in self._lookup.all(node, "application")]
        return Step(
            statement=reference.statement,
            role=role,
            applies=reference.applies,
            indirect=reference.indirect,
            via=reference.via,
            criteria=tuple(sorted({c for a in applications for c in self._lookup.all(a, "needs")})),
            facts=tuple(f for f in reference.facts if f in self._lookup.records),
            queries=self._lookup.concluded(own),
        )

    def _requirement(self, requirement: Requirement, option: Option) -> RequirementStep:
        nodes = [
            node
            for node in self._lookup.all(option.option, "requirement")
            if self._lookup.one(node, "criterion") == requirement.criterion
            and self._lookup.code(self._lookup.one(node, "kind")) == requirement.kind
        ]
        gates = [gate for node in nodes for gate in self._lookup.all(node, "gate")]
        context = {c for gate in gates for c in self._lookup.all(gate, "needs")}
        context |= {c for gate in gates for c in self._lookup.all(gate, "lineDisorder")}
        brings = self._lookup.code(self._lookup.one(nodes[0], "bringsReadiness"))
        return RequirementStep(
            criterion=requirement.criterion,
            label=requirement.label,
            kind=requirement.kind,
            state=requirement.state,
            excludes=any(self._lookup.one(gate, "excludes") == "true" for gate in gates),
            not_done=any(self._lookup.all(node, "openTest") for node in nodes),
            brings=brings,
            decisive=brings is not None and brings == option.readiness,
            statements=(requirement.statement, *requirement.also),
            context=tuple(sorted(context - {requirement.criterion})),
            facts=tuple(f for f in requirement.facts if f in self._lookup.records),
            queries=self._lookup.concluded(nodes),
        )

    def _criteria(
        self, options: Iterable[OptionExplanation], reasons: Iterable[WhyNot]
    ) -> tuple[CriterionState, ...]:
        wanted = {c for o in options for step in o.steps for c in step.criteria}
        wanted |= {c for o in options for r in o.requirements for c in (r.criterion, *r.context)}
        wanted |= {c for reason in reasons for way in reason.ways for c in way.criteria}
        return tuple(self._lookup.criterion(c) for c in sorted(wanted))

    def _told(
        self, options: Iterable[OptionExplanation], reasons: tuple[WhyNot, ...], hung: Iterable[str]
    ) -> tuple[ToldStatement, ...]:
        wanted = {s for o in options for s in (o.statement, *(x.statement for x in o.steps))}
        wanted |= {s for o in options for r in o.requirements for s in r.statements}
        wanted |= {o.via for o in options if o.via}
        wanted |= {x.via for o in options for x in o.steps if x.via}
        ways = [way for reason in reasons for way in reason.ways]
        wanted |= {way.statement for way in ways} | {way.via for way in ways if way.via}
        wanted |= {s for reason in reasons for s in reason.left_out}
        return tuple(self._lookup.statement(s) for s in sorted(wanted | set(hung)))
