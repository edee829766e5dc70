"""Commands about the graph: query, export, serve."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from poem_kg.cli.options import (
    InputFormat,
    Output,
    colour_for,
    emit,
)
from poem_kg.serialise import RDF_FORMATS


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
        str, typer.Option("--format", "-f", help="table, json, csv, tsv, xml, turtle")
    ] = "table",
    input_format: InputFormat = None,
    output: Output = None,
) -> None:
    """Ask the graph: a query of the catalogue or your own file."""
    from poem_kg.answering import answer_query
    from poem_kg.asking import (
        bind,
        check_known,
        check_patient,
        find_query,
        list_queries,
        pairs_of,
    )
    from poem_kg.knowledge_base import KnowledgeBase

    if name is None:
        emit(list_queries().encode(), output)
        return
    asked = find_query(name)
    given = pairs_of(param or [])
    bindings = bind(asked, given, where="--param ")
    check_patient(
        asked, patient, missing="name a file with --patient", needless="leave --patient out"
    )
    kb = KnowledgeBase.load()
    source = None if patient is None else kb.read(patient, format=input_format)
    store = kb.graph_for(asked, source)
    check_known(asked, given, store, where="--param ")
    result = answer_query(
        store,
        asked.text,
        name=name,
        bindings=bindings,
        format=format,
        colour=colour_for(output),
    )
    emit(result, output)
    if "note" in asked.front_matter:
        print(f"{name}: {asked.front_matter['note']}", file=sys.stderr)


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
        tell=lambda line: print(line, file=sys.stderr),
    ):
        print(path, file=sys.stderr)


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
