"""The command line: `poem-kg recommend | validate | explain | classify | cohort | query | ...`.

RDF and JSON go to the standard output, words about them to the standard error. A command ends
with 0 when all is well (information and warnings may be there), 1 when a patient violates a shape
or a check found something, 2 when the input or the call is wrong.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from poem_kg import __version__
from poem_kg.errors import InputError, PoemKgError
from poem_kg.serialise import RDF_FORMATS, serialise, write_atomically

if TYPE_CHECKING:
    from poem_kg.explain.words import Words
    from poem_kg.knowledge_base import KnowledgeBase
    from poem_kg.model import Advice, Finding
    from poem_kg.reading import SourceGraph

app = typer.Typer(
    name="poem-kg",
    help="Guidance on achalasia as a knowledge graph: a patient goes in as RDF, the recommended "
    "therapies come out with their provenance. For research and education; not for decisions "
    "about a person.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

File = Annotated[str, typer.Argument(help='A patient file, or "-" for the standard input.')]
InputFormat = Annotated[
    str | None,
    typer.Option(
        "--input-format",
        help="turtle, ntriples, nquads, trig, rdfxml or jsonld; else told by name or content.",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="The day (YYYY-MM-DD) to advise for; else the newest record's."),
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write here in place of standard output.")
]

ADVICE_FORMATS: Final = ("table", "json", *RDF_FORMATS)


def main() -> None:
    """Run the command line; every foreseeable error is one line and an exit code."""
    try:
        app()
    except PoemKgError as error:
        print(str(error), file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"poem-kg {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of every command."""


@app.command()
def recommend(
    file: File,
    format: Annotated[str, typer.Option("--format", "-f", help=", ".join(ADVICE_FORMATS))] = (
        "table"
    ),
    input_format: InputFormat = None,
    as_of: AsOf = None,
    replay: Annotated[
        str | None,
        typer.Option("--replay", help="An earlier advice in JSON: run again, tell what differs."),
    ] = None,
    output: Output = None,
) -> None:
    """Recommended therapies for a patient, each with its statement, source and facts."""
    from poem_kg.knowledge_base import KnowledgeBase
    from poem_kg.model import as_json
    from poem_kg.replay import compare, day_to_replay, read_advice, replay_text

    _one_of(format, ADVICE_FORMATS if replay is None else ("table", "json"))
    recorded = None if replay is None else read_advice(replay)
    day = _day(as_of) if recorded is None else day_to_replay(recorded, as_of)
    kb = KnowledgeBase.load()
    advice = kb.recommend(kb.read(file, format=input_format), as_of=day)
    if recorded is not None:
        result = compare(recorded, advice)
        told = _json(as_json(result)) if format == "json" else replay_text(result).encode()
        _emit(told, output)
        if not result.identical:
            raise typer.Exit(1)
        return
    if format == "json":
        _emit(_json(advice.to_json()), output)
    elif format == "table":
        from poem_kg.render import advice_text

        _emit(advice_text(advice, kb.knowledge, colour=_colour(output)).encode(), output)
    elif advice.conforms:
        _emit(serialise(advice.graph, format), output)
    if not advice.conforms:
        if format != "table":
            _tell_findings(file, advice.findings)
        raise typer.Exit(1)


@app.command()
def validate(
    file: File,
    format: Annotated[str, typer.Option("--format", "-f", help="table or json")] = "table",
    input_format: InputFormat = None,
    output: Output = None,
) -> None:
    """What is wrong or missing in a patient file, and what to do about it."""
    from poem_kg.knowledge_base import KnowledgeBase
    from poem_kg.model import as_json

    _one_of(format, ("table", "json"))
    kb = KnowledgeBase.load()
    source = kb.read(file, format=input_format)
    findings = kb.validate(source)
    conforms = not any(f.severity == "Violation" for f in findings)
    if format == "json":
        _emit(_json({"conforms": conforms, "findings": as_json(findings)}), output)
    else:
        from poem_kg.render import findings_text

        _emit(findings_text(findings, source.name, colour=_colour(output)).encode(), output)
    if not conforms:
        raise typer.Exit(1)


@app.command()
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
    from poem_kg.knowledge_base import KnowledgeBase

    _one_of(format, EXPLANATION_FORMATS)
    if option is not None and why_not is not None:
        raise InputError(
            f"--why-not {why_not}", "does not go with --option", "leave one of them out"
        )
    if what_if or what_next:
        _one_of(format, ("text", "json"))
        _not_together({"--what-if": what_if, "--what-next": what_next, "--why-not": why_not})
        _not_together({"--what-next": what_next, "--option": option})
    day = _day(as_of)
    kb = KnowledgeBase.load()
    _one_of(audience, audiences(kb.knowledge))
    source = kb.read(file, format=input_format)
    advice = kb.recommend(source, as_of=day)
    if not advice.conforms:
        _tell_findings(file, advice.findings)
        raise typer.Exit(1)
    if what_if or what_next:
        spoken = Words(kb.knowledge, audience)
        _emit(_hypothetical(kb, source, advice, day, option, spoken, what_if, format), output)
        return
    derivation = kb.derive(source, as_of=day)
    told = explain_advice(kb.knowledge, advice, derivation, option=option, refused=why_not)
    _emit(written(told, Words(kb.knowledge, audience), format=format), output)


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
            _json(as_json(changes)) if format == "json" else what_if_text(changes, words).encode()
        )
    asked = kb.what_next(source, advice.questions, as_of=day)
    return _json(as_json(asked)) if format == "json" else what_next_text(asked, words).encode()


@app.command()
def classify(
    file: File,
    format: Annotated[str, typer.Option("--format", "-f", help="table or json")] = "table",
    input_format: InputFormat = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """What each edition of a classification says of a patient's manometry studies."""
    from poem_kg.knowledge_base import KnowledgeBase
    from poem_kg.model import as_json

    _one_of(format, ("table", "json"))
    day = _day(as_of)
    kb = KnowledgeBase.load()
    report = kb.classify(kb.read(file, format=input_format), as_of=day)
    if format == "json":
        _emit(_json(as_json(report)), output)
    else:
        from poem_kg.render import studies_text

        _emit(studies_text(report, kb.knowledge, colour=_colour(output)).encode(), output)
    if not report.conforms:
        _tell_findings(file, report.findings)
        raise typer.Exit(1)


@app.command()
def cohort(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT...",
            help='Files and folders with patients, or "-": N-Triples, N-Quads, Turtle, TriG or '
            "lines of JSON-LD; plain, gzip or zstd.",
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="DIR", help="The folder to make.")
    ] = None,
    runner: Annotated[
        str, typer.Option("--runner", help="local, or spark to run on a cluster.")
    ] = "local",
    master: Annotated[
        str | None, typer.Option("--master", help="The Spark master, such as local[2].")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Processes; else one for each core.")
    ] = None,
    chunk_size: Annotated[
        int, typer.Option("--chunk-size", min=1, max=50_000, help="Patients derived together.")
    ] = 200,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was stopped or killed.")
    ] = False,
    group: Annotated[
        bool, typer.Option("--group", help="First put the lines of each patient together.")
    ] = False,
    input_format: Annotated[
        str | None,
        typer.Option(
            "--input-format",
            help="ntriples, nquads, turtle, trig or jsonl, whatever the names of files say.",
        ),
    ] = None,
    as_of: AsOf = None,
    patient_seconds: Annotated[
        float, typer.Option("--patient-seconds", min=1.0, help="The longest one patient may take.")
    ] = 30.0,
    summary: Annotated[
        Path | None,
        typer.Option("--summary", metavar="DIR", help="Tell what a finished run came to."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="With --summary: also write this page.")
    ] = None,
    suppress_below: Annotated[
        int, typer.Option("--suppress-below", min=0, help="With --summary: mask smaller counts.")
    ] = 0,
) -> None:
    """Advice for many patients: validated, derived, and none lost."""
    if summary is not None:
        if inputs or output:
            raise InputError("--summary", "goes alone", "leave inputs and --output out")
        _tell_summary(summary, html, suppress_below)
        return
    from poem_kg.cohort.command import RUNNERS, run_command, summary_line
    from poem_kg.cohort.local import Settings

    _one_of(runner, RUNNERS)
    if output is None:
        raise InputError("--output", "is missing", "name the folder to make")
    settings = Settings(
        jobs=jobs or len(os.sched_getaffinity(0)),
        chunk_size=chunk_size,
        as_of=_day(as_of),
        group=group,
        resume=resume,
        input_format=input_format,
        seconds=patient_seconds,
    )

    def tell(line: str) -> None:
        print(line, file=sys.stderr)

    try:
        told = run_command(inputs or [], output, settings, runner=runner, master=master, tell=tell)
    except KeyboardInterrupt:
        on = "--resume goes on from the last chunk that was written"
        tell(f"{output}: stopped; {on if runner == 'local' else 'nothing is left of it'}")
        raise typer.Exit(130) from None
    tell(summary_line(told, output))
    if told["counts"]["rejected"]:
        raise typer.Exit(1)


def _tell_summary(folder: Path, html: Path | None, suppress_below: int) -> None:
    from poem_kg.cohort.summary.report import summarise, summary_text
    from poem_kg.knowledge import load_knowledge

    found = summarise(folder, load_knowledge(), suppress_below=suppress_below)
    _emit(summary_text(found, colour=_colour(None)).encode(), None)
    if html is not None:
        from poem_kg.cohort.summary.page import summary_html

        write_atomically(html, summary_html(found))


@app.command()
def query(
    name: Annotated[
        str | None, typer.Argument(help="A query of the catalogue, or a file; none lists them.")
    ] = None,
    patient: Annotated[
        str | None, typer.Option("--patient", help="A patient file, for queries about a patient.")
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", help="NAME=VALUE, for queries with parameters.")
    ] = None,
    format: Annotated[
        str, typer.Option("--format", "-f", help="table, json, csv, xml, turtle")
    ] = "table",
    input_format: InputFormat = None,
    output: Output = None,
) -> None:
    """Ask the graph: a query of the catalogue or your own file."""
    from poem_kg.asking import ask, list_queries

    if name is None:
        _emit(list_queries().encode(), output)
        return
    result = ask(
        name,
        params=param or [],
        patient=patient,
        patient_format=input_format,
        format=format,
        colour=_colour(output),
    )
    _emit(result, output)


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="The ontology folder; else that of the package.")
    ] = None,
    reasoner: Annotated[
        bool, typer.Option(help="Also run the OWL reasoner and the OWL 2 DL profile check.")
    ] = True,
    format: Annotated[str, typer.Option("--format", "-f", help="table or json")] = "table",
) -> None:
    """Is the knowledge sound? Imports, shapes, check queries, OWL 2 DL, consistency."""
    from poem_kg.check import check_knowledge, report_text
    from poem_kg.model import as_json

    _one_of(format, ("table", "json"))
    report = check_knowledge(folder, reasoner=reasoner)
    if format == "json":
        _emit(_json(as_json(report)), None)
    else:
        _emit(report_text(report).encode(), None)
    if not report.sound:
        raise typer.Exit(1)


@app.command()
def export(
    what: Annotated[
        str,
        typer.Option("--what", help="ontology, knowledge, alignments, statements, advice or all"),
    ] = ("all"),
    format: Annotated[
        str,
        typer.Option("--format", "-f", help=", ".join(RDF_FORMATS) + ", csv, nanopub or sssom"),
    ] = "turtle",
    patient: Annotated[
        list[str] | None, typer.Option("--patient", help="A patient file to export advice for.")
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The folder to write; it is made if missing.")
    ] = Path("export"),
    endpoint: Annotated[
        str | None,
        typer.Option("--endpoint", help="A SPARQL endpoint with the same data, to describe."),
    ] = None,
    sign_key: Annotated[
        str | None,
        typer.Option("--sign-key", help="A private RSA key to sign nanopublications with."),
    ] = None,
    signed_by: Annotated[
        str | None, typer.Option("--signed-by", help="IRI of who signs, such as an ORCID.")
    ] = None,
) -> None:
    """Files for others to load, with checksums and a VoID and DCAT description."""
    from poem_kg.export.files import export_files

    for path in export_files(
        what,
        format=format,
        patients=patient or [],
        folder=output,
        endpoint=endpoint,
        sign_key=sign_key,
        signed_by=signed_by,
    ):
        print(path, file=sys.stderr)


@app.command()
def serve(
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on; 0.0.0.0 for all.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", "-p", min=0, max=65535, help="0 takes a free one.")
    ] = 8000,
    public_url: Annotated[
        str | None, typer.Option("--public-url", help="Where clients reach it, behind a proxy.")
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="A name it may be called by."),
    ] = None,
    cors: Annotated[
        list[str] | None,
        typer.Option("--cors", metavar="ORIGIN", help="A site whose pages may read answers."),
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=256, help="Processes that answer.")
    ] = 4,
    ontology: Annotated[
        Path | None, typer.Option("--ontology", help="The ontology folder; else the package's.")
    ] = None,
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="URL", help="Ask queries of this SPARQL endpoint."),
    ] = None,
    store_graph: Annotated[
        list[str] | None,
        typer.Option("--store-graph", metavar="IRI", help="A graph of its default graph there."),
    ] = None,
) -> None:
    """The graph on the web: SPARQL, linked data, the queries and the advice over HTTP."""
    from poem_kg.server.command import run_command

    run_command(
        host=host,
        port=port,
        public_url=public_url,
        hosts=tuple(allow_host or ()),
        origins=tuple(cors or ()),
        workers=workers,
        ontology=ontology,
        store=store,
        store_graphs=tuple(store_graph or ()),
    )


def _one_of(value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InputError(value, "is not known here", f"choose one of {', '.join(allowed)}")


def _not_together(given: dict[str, object]) -> None:
    wanted = [name for name, value in given.items() if value]
    if len(wanted) > 1:
        raise InputError(wanted[0], f"does not go with {wanted[1]}", "leave one of them out")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--as-of {text}", "is no date", "write it as YYYY-MM-DD") from None


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _colour(output: Path | None) -> bool:
    return output is None and sys.stdout.isatty()


def _emit(data: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_atomically(output, data)


def _tell_findings(file: str, findings: tuple[Finding, ...]) -> None:
    from poem_kg.render import violations_line

    print(violations_line(file, findings), file=sys.stderr)


if __name__ == "__main__":
    main()
