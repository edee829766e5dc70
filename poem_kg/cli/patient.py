"""Commands about one patient: recommend, validate, explain, classify."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final

import typer

from poem_kg.cli.clock import tell_days_to_come
from poem_kg.cli.options import (
    AsOf,
    File,
    InputFormat,
    Output,
    colour_for,
    day_in,
    emit,
    json_bytes,
    not_together,
    one_of,
    tell_findings,
)
from poem_kg.errors import InputError
from poem_kg.serialise import RDF_FORMATS

if TYPE_CHECKING:
    from poem_kg.explain.words import Words
    from poem_kg.knowledge_base import KnowledgeBase
    from poem_kg.model import Advice
    from poem_kg.reading import SourceGraph

_CORRECT: Final = "correct the date, or give --as-of DAY"
ADVICE_FORMATS: Final = ("table", "json", *RDF_FORMATS)


def recommend(
    file: File,
    format: Annotated[str, typer.Option("--format", "-f", help=", ".join(ADVICE_FORMATS))] = (
        "table"
    ),
    input_format: InputFormat = None,
    as_of: AsOf = None,
    approved_only: Annotated[
        bool,
        typer.Option(
            "--approved-only",
            help="Only approved statements speak for a therapy; what warns stays.",
        ),
    ] = False,
    replay: Annotated[
        str | None,
        typer.Option("--replay", help="An earlier advice in JSON: run again, tell what differs."),
    ] = None,
    output: Output = None,
) -> None:
    """Recommended therapies for a patient, each with its statement, source and facts."""
    from poem_kg.compact_jsonld import advice_in
    from poem_kg.findings import Places
    from poem_kg.knowledge_base import KnowledgeBase
    from poem_kg.model import as_json
    from poem_kg.replay import (
        approved_to_replay,
        compare,
        day_to_replay,
        read_advice,
        replay_text,
    )

    one_of(format, ADVICE_FORMATS if replay is None else ("table", "json"))
    recorded = None if replay is None else read_advice(replay)
    day = day_in(as_of) if recorded is None else day_to_replay(recorded, as_of)
    if recorded is not None:
        approved_only = approved_to_replay(recorded, approved_only)
    kb = KnowledgeBase.load()
    source = kb.read(file, format=input_format)
    advice = kb.recommend(source, as_of=day, approved_only=approved_only)
    if as_of is None and recorded is None:
        tell_days_to_come(source, kb.knowledge, advice=_CORRECT)
    if recorded is not None:
        result = compare(recorded, advice)
        told = json_bytes(as_json(result)) if format == "json" else replay_text(result).encode()
        emit(told, output)
        if not result.identical:
            raise typer.Exit(1)
        return
    if format == "json":
        emit(json_bytes(advice.to_json()), output)
    elif format == "table":
        from poem_kg.render import advice_text

        told_advice = advice_text(
            advice, kb.knowledge, colour=colour_for(output), patient=source.triples
        )
        emit(told_advice.encode(), output)
    elif advice.conforms:
        emit(advice_in(advice, format), output)
    if not advice.conforms:
        if format != "table":
            tell_findings(file, advice.findings, Places(kb.knowledge, source.triples))
        raise typer.Exit(1)


def validate(
    file: File,
    format: Annotated[str, typer.Option("--format", "-f", help="table or json")] = "table",
    input_format: InputFormat = None,
    output: Output = None,
) -> None:
    """What is wrong or missing in a patient file, and what to do about it."""
    from poem_kg.findings import Places
    from poem_kg.knowledge_base import KnowledgeBase
    from poem_kg.model import as_json

    one_of(format, ("table", "json"))
    kb = KnowledgeBase.load()
    source = kb.read(file, format=input_format)
    findings = kb.validate(source)
    tell_days_to_come(
        source,
        kb.knowledge,
        advice="correct the date, or give --as-of DAY where you ask for advice",
    )
    conforms = not any(f.severity == "Violation" for f in findings)
    if format == "json":
        emit(json_bytes({"conforms": conforms, "findings": as_json(findings)}), output)
    else:
        from poem_kg.render import findings_text

        places = Places(kb.knowledge, source.triples)
        text = findings_text(findings, source.name, places, colour=colour_for(output))
        emit(text.encode(), output)
    if not conforms:
        raise typer.Exit(1)


def explain(
    file: File,
    option: Annotated[
        str | None, typer.Option("--option", help="Only this option: its IRI, name or label.")
    ] = None,
    why_not: Annotated[
        str | None,
        typer.Option("--why-not", help="Why this therapy is not ready or not offered."),
    ] = None,
    what_if: Annotated[
        bool,
        typer.Option("--what-if", help="The fewest changes that would alter how it stands."),
    ] = False,
    what_next: Annotated[
        bool, typer.Option("--what-next", help="What to ask, and what each answer would change.")
    ] = False,
    audience: Annotated[
        str, typer.Option("--audience", help="clinician or researcher: the same facts in words.")
    ] = "clinician",
    format: Annotated[
        str, typer.Option("--format", "-f", help="text, json, turtle or svg (a picture)")
    ] = "text",
    input_format: InputFormat = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """Why each option stands where it stands, and why others are not ready or not offered."""
    from poem_kg.explain.builder import explain as explain_advice
    from poem_kg.explain.formats import EXPLANATION_FORMATS, written
    from poem_kg.explain.words import Words, audiences
    from poem_kg.findings import Places
    from poem_kg.knowledge_base import KnowledgeBase

    one_of(format, EXPLANATION_FORMATS)
    if option is not None and why_not is not None:
        raise InputError(
            f"--why-not {why_not}", "does not go with --option", "leave one of them out"
        )
    if what_if or what_next:
        one_of(format, ("text", "json"))
        not_together({"--what-if": what_if, "--what-next": what_next, "--why-not": why_not})
        not_together({"--what-next": what_next, "--option": option})
    day = day_in(as_of)
    kb = KnowledgeBase.load()
    one_of(audience, audiences(kb.knowledge))
    source = kb.read(file, format=input_format)
    advice = kb.recommend(source, as_of=day)
    if day is None:
        tell_days_to_come(source, kb.knowledge, advice=_CORRECT)
    if not advice.conforms:
        tell_findings(file, advice.findings, Places(kb.knowledge, source.triples))
        raise typer.Exit(1)
    if what_if or what_next:
        spoken = Words(kb.knowledge, audience)
        emit(_hypothetical(kb, source, advice, day, option, spoken, what_if, format), output)
        return
    derivation = kb.derive(source, as_of=day)
    told = explain_advice(kb.knowledge, advice, derivation, option=option, refused=why_not)
    emit(written(told, Words(kb.knowledge, audience), format=format), output)


def _hypothetical(
    kb: KnowledgeBase,
    source: SourceGraph,
    advice: Advice,
    day: date | None,
    therapy: str | None,
    words: Words,
    what_if: bool,
    format: str,
) -> bytes:
    """What would change, or what to ask next, in a format."""
    from poem_kg.model import as_json
    from poem_kg.whatif.text import what_if_text, what_next_text

    if what_if:
        changes = kb.what_if(source, as_of=day, therapy=therapy, audience=words.audience)
        return (
            json_bytes(as_json(changes))
            if format == "json"
            else what_if_text(changes, words).encode()
        )
    asked = kb.what_next(source, advice.questions, as_of=day)
    return json_bytes(as_json(asked)) if format == "json" else what_next_text(asked, words).encode()


def classify(
    file: File,
    format: Annotated[str, typer.Option("--format", "-f", help="table or json")] = "table",
    input_format: InputFormat = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """What each edition of a classification says of a patient's manometry studies."""
    from poem_kg.findings import Places
    from poem_kg.knowledge_base import KnowledgeBase
    from poem_kg.model import as_json

    one_of(format, ("table", "json"))
    day = day_in(as_of)
    kb = KnowledgeBase.load()
    source = kb.read(file, format=input_format)
    report = kb.classify(source, as_of=day)
    if day is None:
        tell_days_to_come(source, kb.knowledge, advice=_CORRECT)
    if format == "json":
        emit(json_bytes(as_json(report)), output)
    else:
        from poem_kg.render import studies_text

        text = studies_text(report, kb.knowledge, colour=colour_for(output), patient=source.triples)
        emit(text.encode(), output)
    if not report.conforms:
        tell_findings(file, report.findings, Places(kb.knowledge, source.triples))
        raise typer.Exit(1)
