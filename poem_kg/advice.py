"""From conclusions to the answer that people and programs read.

Nothing is decided here: standing, readiness, what speaks for and against, and every state come
from the derive queries. This module looks things up, labels them and puts them in order.

The order of every array is fixed: options by rank, then better before worse by the comparisons
that apply, then therapy IRI; arguments with the governing one first, then statement IRI;
requirements by kind, then criterion IRI; questions by their rank; notices by kind, then IRI.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from poem_kg.derivation import Derivation
from poem_kg.knowledge import Knowledge
from poem_kg.model import (
    Diagnosis,
    NoStatement,
    Notice,
    Option,
    Question,
    Requirement,
    Standing,
    StatementReference,
    TestFirst,
)
from poem_kg.namespaces import POEMKG, PROV
from poem_kg.statements import TYPE, statements_of

_FACT = PROV + "wasDerivedFrom"


class Conclusions:
    """The conclusions about one patient, looked up and put in order.

    Args:
        knowledge: what they were derived from.
        derivation: what was derived.
        patient: the IRI of the patient.
    """

    def __init__(self, knowledge: Knowledge, derivation: Derivation, patient: str) -> None:
        self._knowledge = knowledge
        self._statements = statements_of(knowledge)
        self._index = derivation.index
        self._patient = patient

    def as_of(self) -> str | None:
        """Return the day for which the advice holds, or None where no record has a date."""
        return self._one(self._patient, "asOf")

    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """Return the disorders in scope that are recorded or derived, by IRI, recorded first."""
        found = [
            Diagnosis(
                disorder=disorder,
                label=self._statements.label(disorder),
                basis=self._one(node, "basis") or "recorded",
                status=self._code(status),
                classification=self._one(node, "edition"),
                facts=self._facts(node),
            )
            for node in self._nodes("Diagnosis")
            for disorder in self._all(node, "disorder")
            for status in self._all(node, "status")
        ]
        return tuple(
            sorted(
                found,
                key=lambda d: (d.disorder, d.basis != "recorded", d.status, d.classification or ""),
            )
        )

    def options(self) -> tuple[Option, ...]:
        """Return the options, best first."""
        options = [self._option(node) for node in self._nodes("Option")]
        beats = {
            pair
            for option in options
            for reference in option.for_
            for pair in self._victories(option.therapy, reference.statement)
        }
        options.sort(key=lambda option: (option.rank, option.therapy))
        return tuple(
            option
            for _, tied in groupby(options, key=lambda option: option.rank)
            for option in _better_first(list(tied), beats)
        )

    def tests(self) -> tuple[TestFirst, ...]:
        """Return the tests whose results must be known first, by test and statement."""
        found = {
            TestFirst(
                test=test,
                label=self._statements.label(test),
                statement=statement,
                facts=self._facts(node),
                source=self._statements.source(statement),
                **self._statements.reviewed(statement),
            )
            for node in self._nodes("TestFirst")
            for test in self._all(node, "test")
            for statement in self._all(node, "statement")
        }
        return tuple(sorted(found, key=lambda t: (t.test, t.statement)))

    def questions(self) -> tuple[Question, ...]:
        """Return what to find out next, in the order in which to ask."""
        found = []
        for node in self._nodes("Question"):
            rank = self._one(node, "questionRank") or "0"
            criterion = self._one(node, "criterion") or ""
            kind = self._statements.question_kind(rank)
            decides = self._all(node, "decides")
            pressing = [self._one(node, mark) != "true" for mark in ("disputed", "suspected")]
            key = (int(rank), pressing, -len(decides), criterion)
            found.append((key, criterion, kind, decides))
        return tuple(
            Question(
                rank=position,
                criterion=criterion,
                label=self._statements.label(criterion),
                kind=self._code(kind),
                decides=decides,
            )
            for position, (_, criterion, kind, decides) in enumerate(sorted(found), 1)
        )

    def no_statement(self) -> tuple[NoStatement, ...]:
        """Return what the sources are silent on, by kind and term."""
        found = [
            NoStatement(
                kind=self._one(node, "silentOn") or "",
                term=term,
                label=self._statements.label(term),
            )
            for node in self._nodes("NoStatement")
            for term in self._all(node, "about")
        ]
        return tuple(sorted(found, key=lambda n: (n.kind, n.term)))

    def notices(self) -> tuple[Notice, ...]:
        """Return the notices, by the order of their kinds, then by what they are about."""
        found = []
        for node in self._nodes("Notice"):
            kind = self._one(node, "kind") or ""
            statement = self._one(node, "statement")
            subject = statement or self._one(node, "about") or ""
            notice = Notice(
                kind=self._code(kind),
                label=self._statements.label(subject),
                text=self._statements.text(statement) if statement else None,
                applies=self._applies(node),
                statement=statement,
                facts=self._facts(node),
                source=self._statements.source(statement) if statement else None,
                **self._statements.reviewed(statement or ""),
            )
            found.append(((self._order(kind), subject), notice))
        return tuple(notice for _, notice in sorted(found, key=lambda pair: pair[0]))

    def _option(self, node: str) -> Option:
        arguments = self._index.having(POEMKG + "supports", node)
        governing = self._one(node, "statement") or ""
        notes = self._index.having(POEMKG + "beside", node)
        by_role = {
            role: [n for n in notes if self._one(n, "role") == POEMKG + role]
            for role in (
                "argumentFor",
                "argumentAgainst",
                "cautionRole",
                "gapRole",
                "outcomeRole",
            )
        }
        therapy = self._one(node, "therapy") or ""
        line = self._one(node, "line")
        return Option(
            option=node,
            therapy=therapy,
            label=self._statements.label(therapy),
            rank=int(self._one(node, "rank") or 0),
            standing=self._code(self._one(node, "standing") or ""),
            line=int(line) if line else None,
            disorder=self._one(node, "disorder") or "",
            via=self._one(node, "via"),
            standings=self._standings(arguments, governing),
            readiness=self._code(self._one(node, "readiness") or ""),
            for_=self._references(arguments, governing)
            + self._references(by_role["argumentFor"], governing),
            against=self._references(by_role["argumentAgainst"], governing),
            cautions=self._references(by_role["cautionRole"], governing),
            gaps=self._references(by_role["gapRole"], governing),
            outcomes=self._references(by_role["outcomeRole"], governing),
            requirements=self._requirements(node),
        )

    def _standings(self, arguments: Iterable[str], governing: str) -> tuple[Standing, ...]:
        found = []
        for node in arguments:
            statement = self._one(node, "statement") or ""
            standing = self._one(node, "standing") or ""
            line = self._one(node, "line")
            entry = Standing(
                standing=self._code(standing),
                line=int(line) if line else None,
                inner=self._code(self._one(node, "inner") or ""),
                disorder=self._one(node, "disorder") or "",
                via=self._one(node, "via"),
                applies=self._applies(node),
                statement=statement,
                source=self._statements.source(statement),
                **self._statements.reviewed(statement),
            )
            key = (statement != governing, self._order(standing), line or "", statement)
            found.append((key, entry.disorder, entry.applies, entry))
        ordered = [entry for *_, entry in sorted(found, key=lambda item: item[:3])]
        return tuple(dict.fromkeys(ordered))

    def _references(self, nodes: Iterable[str], governing: str) -> tuple[StatementReference, ...]:
        found = [self._reference(node) for node in nodes]
        found.sort(
            key=lambda r: (
                r.statement != governing,
                self._statements.precedence(r.statement),
                r.via or "",
                r.facts,
            )
        )
        # What is said of several disorders of which none is settled is told once.
        return tuple(dict.fromkeys(found))

    def _reference(self, node: str) -> StatementReference:
        statement = self._one(node, "statement") or ""
        told = self._statements
        return StatementReference(
            statement=statement,
            claim=told.claim(statement),
            label=told.label(statement),
            kind=told.kind(statement),
            direction=told.code(statement, "direction"),
            strength=told.code(statement, "strength"),
            certainty=told.code(statement, "certainty"),
            verified=told.code(statement, "verified"),
            applies=self._applies(node),
            indirect=self._one(node, "indirect") == "true",
            via=self._one(node, "via"),
            facts=self._facts(node),
            source=told.source(statement),
            estimate=told.estimate(statement),
            **told.reviewed(statement),
        )

    def _requirements(self, option: str) -> tuple[Requirement, ...]:
        """Return the requirements, one for each criterion and kind."""
        groups: dict[tuple[int, str, str], list[str]] = {}
        for node in self._all(option, "requirement"):
            kind = self._one(node, "kind") or ""
            criterion = self._one(node, "criterion") or ""
            groups.setdefault((self._order(kind), kind, criterion), []).append(node)
        found = []
        for (_, kind, criterion), nodes in sorted(groups.items()):
            statements = sorted(
                {s for n in nodes for s in self._all(n, "statement")},
                key=self._statements.precedence,
            )
            facts = sorted({f for n in nodes for f in self._facts(n)})
            found.append(
                Requirement(
                    criterion=criterion,
                    label=self._statements.label(criterion),
                    kind=self._code(kind),
                    state=self._code(self._one(nodes[0], "state") or ""),
                    statement=statements[0],
                    also=tuple(statements[1:]),
                    facts=tuple(facts),
                    source=self._statements.source(statements[0]),
                    **self._statements.reviewed(statements[0]),
                )
            )
        return tuple(found)

    def _victories(self, therapy: str, statement: str) -> list[tuple[str, str]]:
        better, worse = self._statements.compared(statement)
        return [(therapy, other) for other in worse] if therapy in better else []

    def _nodes(self, conclusion: str) -> list[str]:
        about = set(self._index.having(POEMKG + "ofPatient", self._patient))
        typed = self._index.having(TYPE, POEMKG + conclusion)
        return [n for n in typed if n in about]

    def _facts(self, node: str) -> tuple[str, ...]:
        return self._index.all(node, _FACT)

    def _applies(self, node: str) -> str:
        return "yes" if self._one(node, "applies") == POEMKG + "met" else "unknown"

    def _order(self, member: str) -> int:
        return self._statements.order(member)

    def _code(self, member: str) -> str:
        return self._knowledge.notation(member)

    def _one(self, node: str, prop: str) -> str | None:
        return self._index.one(node, POEMKG + prop)

    def _all(self, node: str, prop: str) -> tuple[str, ...]:
        return self._index.all(node, POEMKG + prop)


def _better_first(tied: list[Option], beats: set[tuple[str, str]]) -> Iterator[Option]:
    """Yield the options of one rank, none before one that beats it unless they go in a circle."""
    therapies = {option.therapy for option in tied}
    pairs = {(better, worse) for better, worse in beats if {better, worse} <= therapies}
    score = {t: sum(t == b for _, b in pairs) - sum(t == a for a, _ in pairs) for t in therapies}
    left = {option.therapy: option for option in tied}
    while left:
        beaten = {worse for better, worse in pairs if better in left}
        free = left.keys() - beaten or left.keys()
        yield left.pop(min(free, key=lambda therapy: (score[therapy], therapy)))
