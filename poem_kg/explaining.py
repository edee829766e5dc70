"""From an advice and its derivation to an explanation.

Nothing is decided here. Which criterion holds, which fact speaks for it, which query concluded
what, and what each requirement brings are read from the store that the derive queries filled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from poem_kg.derivation import Derivation
from poem_kg.errors import InputError
from poem_kg.explain_graph import explained_triples
from poem_kg.explanation import (
    CriterionState,
    Explanation,
    Fact,
    OptionExplanation,
    RequirementStep,
    Step,
    ToldStatement,
    WhyNot,
)
from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.model import Advice, Option, Requirement, StatementReference
from poem_kg.namespaces import POEMKG, PROV, QUERY, RDFS
from poem_kg.statements import statements_of
from poem_kg.why_not import Therapies, why_not

_READ: Final = (
    "application beside bringsReadiness concept criterion date derivedBy evidenceAgainst "
    "evidenceFor excludes fails gate holds inPatient kind lineDisorder meets needs openTest "
    "presenceOf raisedBy requirement result role statement status supports suspects triggers value via"
).split()
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
        self._statements = statements_of(knowledge)
        self._therapies = Therapies(knowledge)
        predicates = [POEMKG + name for name in _READ]
        predicates += [PROV + "wasDerivedFrom", RDFS + "label"]
        self._index = Index(
            quad.triple
            for predicate in predicates
            for quad in derivation.store.quads_for_pattern(None, ox.NamedNode(predicate), None)
        )
        self._records = set(self._all(advice.patient, "holds"))
        self._queries = {q.iri: q for q in advice.provenance.queries}

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
        everything = asked == "everything"
        notices = advice.notices if everything else ()
        tests = advice.tests if everything else ()
        hung = [n.statement for n in (*notices, *tests) if n.statement]
        criteria = self._criteria(options, reasons)
        used = {f for o in options for s in (*o.steps, *o.requirements) for f in s.facts}
        used |= {f for c in criteria for f in c.facts}
        used |= {f for n in (*notices, *tests, *advice.diagnoses) for f in n.facts}
        queries = {q for o in options for s in (o, *o.steps, *o.requirements) for q in s.queries}
        return Explanation(
            asked=asked,
            patient=advice.patient,
            label=self._index.one(advice.patient, RDFS + "label"),
            as_of=advice.provenance.as_of,
            ontology_version=advice.provenance.ontology_version,
            ontology_digest=advice.provenance.ontology_digest,
            diagnoses=advice.diagnoses,
            options=options,
            why_not=reasons,
            tests=tests,
            no_statement=advice.no_statement if everything else (),
            notices=notices,
            facts=tuple(self._fact(f) for f in sorted(used & self._records)),
            criteria=criteria,
            statements=self._told(options, reasons, hung),
            queries=tuple(q for q in advice.provenance.queries if q.name in queries),
            graph=explained_triples(
                advice.graph,
                self._knowledge.ontology,
                options=options,
                reasons=reasons,
                criteria=criteria,
                records=used & self._records,
                patient=advice.patient,
                queries=[q for q in advice.provenance.queries if q.name in queries],
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
            queries=self._concluded([option.option]),
        )

    def _steps_of(self, option: str) -> dict[tuple[str, str | None, tuple[str, ...]], list[str]]:
        """The arguments and notes of an option, by statement, transfer and facts."""
        found: dict[tuple[str, str | None, tuple[str, ...]], list[str]] = {}
        for prop in ("supports", "beside"):
            for node in self._index.having(POEMKG + prop, option):
                facts = self._index.all(node, PROV + "wasDerivedFrom")
                key = (self._one(node, "statement") or "", self._one(node, "via"), facts)
                found.setdefault(key, []).append(node)
        return found

    def _step(
        self,
        reference: StatementReference,
        role: str,
        nodes: dict[tuple[str, str | None, tuple[str, ...]], list[str]],
    ) -> Step:
        own = nodes[reference.statement, reference.via, reference.facts]
        applications = [a for node in own for a in self._all(node, "application")]
        return Step(
            statement=reference.statement,
            role=role,
            applies=reference.applies,
            indirect=reference.indirect,
            via=reference.via,
            criteria=tuple(sorted({c for a in applications for c in self._all(a, "needs")})),
            facts=tuple(f for f in reference.facts if f in self._records),
            queries=self._concluded(own),
        )

    def _requirement(self, requirement: Requirement, option: Option) -> RequirementStep:
        nodes = [
            node
            for node in self._all(option.option, "requirement")
            if self._one(node, "criterion") == requirement.criterion
            and self._code(self._one(node, "kind")) == requirement.kind
        ]
        gates = [gate for node in nodes for gate in self._all(node, "gate")]
        context = {c for gate in gates for c in self._all(gate, "needs")}
        context |= {c for gate in gates for c in self._all(gate, "lineDisorder")}
        brings = self._code(self._one(nodes[0], "bringsReadiness"))
        return RequirementStep(
            criterion=requirement.criterion,
            label=requirement.label,
            kind=requirement.kind,
            state=requirement.state,
            excludes=any(self._one(gate, "excludes") == "true" for gate in gates),
            not_done=any(self._all(node, "openTest") for node in nodes),
            brings=brings,
            decisive=brings is not None and brings == option.readiness,
            statements=(requirement.statement, *requirement.also),
            context=tuple(sorted(context - {requirement.criterion})),
            facts=tuple(f for f in requirement.facts if f in self._records),
            queries=self._concluded(nodes),
        )

    def _criteria(
        self, options: Iterable[OptionExplanation], reasons: Iterable[WhyNot]
    ) -> tuple[CriterionState, ...]:
        wanted = {c for o in options for step in o.steps for c in step.criteria}
        wanted |= {c for o in options for r in o.requirements for c in (r.criterion, *r.context)}
        wanted |= {c for reason in reasons for way in reason.ways for c in way.criteria}
        return tuple(self._criterion(c) for c in sorted(wanted))

    def _criterion(self, criterion: str) -> CriterionState:
        patient = self._advice.patient
        state = "unknown"
        for word, prop in (("met", "meets"), ("not-met", "fails")):
            if criterion in self._all(patient, prop):
                state = word
        suspicions = [
            suspicion
            for suspicion in self._index.having(POEMKG + "suspects", criterion)
            if self._one(suspicion, "inPatient") == patient
        ]
        raising = {r for s in suspicions for r in self._all(s, "raisedBy")}
        return CriterionState(
            criterion=criterion,
            label=self._statements.label(criterion),
            state=state,
            speaks_for=self._bearing("evidenceFor", criterion),
            speaks_against=self._bearing("evidenceAgainst", criterion),
            raised_by=tuple(
                sorted(raising.intersection(self._records) | {*self._bearing("triggers", criterion)})
            ),
            presence_of=self._one(criterion, "presenceOf"),
        )

    def _bearing(self, prop: str, criterion: str) -> tuple[str, ...]:
        found = self._index.having(POEMKG + prop, criterion)
        return tuple(record for record in found if record in self._records)

    def _fact(self, record: str) -> Fact:
        concept, result = self._one(record, "concept") or "", self._one(record, "result")
        return Fact(
            record=record,
            concept=concept,
            label=self._knowledge.label(concept),
            status=self._code(self._one(record, "status")) or "",
            value=self._one(record, "value"),
            unit=self._knowledge.unit(concept),
            result=result,
            result_label=self._knowledge.label(result) if result else None,
            date=self._one(record, "date"),
        )

    def _told(
        self, options: Iterable[OptionExplanation], reasons: Iterable[WhyNot], hung: Iterable[str]
    ) -> tuple[ToldStatement, ...]:
        wanted = {s for o in options for s in (o.statement, *(x.statement for x in o.steps))}
        wanted |= {s for o in options for r in o.requirements for s in r.statements}
        wanted |= {x.via for o in options for x in (o, *o.steps) if x.via}
        ways = [way for reason in reasons for way in reason.ways]
        wanted |= {way.statement for way in ways} | {way.via for way in ways if way.via}
        return tuple(self._statement(s) for s in sorted(wanted | set(hung)))

    def _statement(self, statement: str) -> ToldStatement:
        told = self._statements
        return ToldStatement(
            statement=statement,
            claim=told.claim(statement),
            label=told.label(statement),
            says=told.text(statement),
            kind=told.kind(statement),
            direction=told.code(statement, "direction"),
            strength=told.code(statement, "strength"),
            certainty=told.code(statement, "certainty"),
            verified=told.code(statement, "verified"),
            review=told.code(statement, "review"),
            source=told.source(statement),
            estimate=told.estimate(statement),
        )

    def _concluded(self, nodes: Iterable[str]) -> tuple[str, ...]:
        iris = {q for node in nodes for q in self._all(node, "derivedBy")}
        known = [self._queries[q].name for q in iris if q in self._queries]
        return tuple(sorted(known or (q.removeprefix(QUERY) for q in iris)))

    def _code(self, member: str | None) -> str | None:
        return self._knowledge.notation(member) if member else None

    def _one(self, node: str, prop: str) -> str | None:
        return self._index.one(node, POEMKG + prop)

    def _all(self, node: str, prop: str) -> tuple[str, ...]:
        return self._index.all(node, POEMKG + prop)
