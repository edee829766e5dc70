"""Why each option stands where it stands, as text that needs no RDF to read."""

from __future__ import annotations

from poem_kg.errors import InputError
from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.model import Advice, Option, Requirement, StatementReference
from poem_kg.namespaces import POEMKG

_STATES = {"met": "holds", "not-met": "does not hold", "unknown": "is not known"}


def explain_text(advice: Advice, knowledge: Knowledge, *, option: str | None = None) -> str:
    """Return for every option its standing, arguments, requirements and the facts behind them.

    Args:
        advice: a conforming advice.
        knowledge: gives the labels.
        option: only this therapy, by IRI, local name or label.

    Raises:
        InputError: no option of the advice is called so; the text names those that are.
    """
    facts = _Facts(advice, knowledge)
    chosen = [o for o in advice.options if option is None or option in _names(o)]
    if option is not None and not chosen:
        known = ", ".join(o.label for o in advice.options) or "none"
        raise InputError(f"--option {option}", "is no option for this patient", f"options: {known}")
    parts = [_option(o, advice, knowledge, facts) for o in chosen]
    if not advice.options:
        parts.append("No therapy has a statement in these sources for this patient.\n")
    if option is None:
        parts += _silence(advice)
        parts += [
            f"{notice.text or notice.label}\n"
            for notice in advice.notices
            if notice.kind in ("disclaimer", "review")
        ]
    return "\n".join(parts)


class _Facts:
    """The records of the patient, told in words."""

    def __init__(self, advice: Advice, knowledge: Knowledge) -> None:
        self._index = Index(advice.graph)
        self._knowledge = knowledge

    def tell(self, records: tuple[str, ...]) -> str:
        return "; ".join(self._one(record) for record in records)

    def _one(self, record: str) -> str:
        def get(prop: str) -> str | None:
            return self._index.one(record, POEMKG + prop)

        concept, status = get("concept"), get("status")
        text = self._knowledge.label(concept) if concept else record
        if value := get("value"):
            unit = self._knowledge.unit(concept) if concept else None
            text += f" {value}{' ' + unit if unit else ''}"
        elif status:
            text += f" {self._knowledge.notation(status)}"
        if result := get("result"):
            text += f", result {self._knowledge.label(result)}"
        if day := get("date"):
            text += f", {day}"
        return text


def _option(option: Option, advice: Advice, knowledge: Knowledge, facts: _Facts) -> str:
    line = f" {option.line}" if option.line else ""
    lines = [
        f"{option.label} (rank {option.rank})",
        f"  stands as {option.standing}{line}, and is {option.readiness}.",
    ]
    if option.via:
        lines.append(f"  It comes by way of: {knowledge.label(option.via)}.")
    for head, references in (
        ("For it", option.for_),
        ("Against it", option.against),
        ("Caution", option.cautions),
        ("Data lacking", option.gaps),
        ("Outcomes and harms", option.outcomes),
    ):
        if references:
            lines.append(f"  {head}:")
            for reference in references:
                lines += _statement(reference, knowledge, facts)
    for head, states in (("Open", ("not-met", "unknown")), ("Met", ("met",))):
        requirements = [r for r in option.requirements if r.state in states]
        if requirements:
            lines.append(f"  {head}:")
            for requirement in requirements:
                lines += _requirement(requirement, facts)
    return "\n".join(lines) + "\n"


def _statement(reference: StatementReference, knowledge: Knowledge, facts: _Facts) -> list[str]:
    source = reference.source
    place = ", ".join(
        part
        for part in (
            source.label,
            source.locator,
            f"marker [{source.marker}]" if source.marker else None,
            f"claim {reference.claim}" if reference.claim else None,
            (reference.verified or "").replace("-", " "),
        )
        if part
    )
    lines = [f"    - {reference.label}", f"        {place}"]
    if reference.applies == "unknown":
        lines.append("        whether it applies to this patient is not known")
    if reference.indirect and reference.estimate:
        lines.append(f"        measured in: {reference.estimate.population}")
    if reference.via:
        lines.append(f"        by way of: {knowledge.label(reference.via)}")
    if reference.facts:
        lines.append(f"        because of: {facts.tell(reference.facts)}")
    return lines


def _requirement(requirement: Requirement, facts: _Facts) -> list[str]:
    state = _STATES[requirement.state]
    if requirement.kind == "exclusion":
        state = {
            "met": "is ruled out",
            "not-met": "is not ruled out: therapy is withheld",
            "unknown": "is an open question",
        }[requirement.state]
    lines = [f"    - {requirement.kind}: {requirement.label}: {state}"]
    lines.append(f"        {requirement.source.label}, {requirement.source.locator}")
    if requirement.facts:
        lines.append(f"        because of: {facts.tell(requirement.facts)}")
    return lines


def _silence(advice: Advice) -> list[str]:
    if not advice.no_statement:
        return []
    lines = ["These sources say nothing on:"]
    lines += [f"    - {entry.label} ({entry.kind})" for entry in advice.no_statement]
    return ["\n".join(lines) + "\n"]


def _names(option: Option) -> tuple[str, ...]:
    return (option.therapy, option.therapy.rsplit("/", 1)[-1], option.label)
