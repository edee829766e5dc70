"""Commands that write knowledge: `poem-kg new statement` and `poem-kg new source`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

new = typer.Typer(
    help="Write a new statement or source where it belongs, checked before anything is kept.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_YES = ("y", "yes")
_Text = str | None
_Texts = list[str] | None
Ontology = Annotated[
    Path | None,
    typer.Option("--ontology", metavar="DIR", help="The ontology folder; else this checkout's."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Check and tell what would be written; write nothing.")
]


@new.command("statement")
def new_statement(
    kind: Annotated[
        _Text, typer.Option("--kind", help='Kind of statement, such as "recommendation".')
    ] = None,
    source: Annotated[
        _Text, typer.Option("--source", help='Citation key of the source, such as "aga2017".')
    ] = None,
    name: Annotated[
        _Text, typer.Option("--id", help="End of its IRI, such as R1; else the next number.")
    ] = None,
    label: Annotated[_Text, typer.Option("--label", help="What to call it, a few words.")] = None,
    definition: Annotated[
        _Text, typer.Option("--definition", help="What it says, one sentence of your own.")
    ] = None,
    locator: Annotated[
        _Text, typer.Option("--locator", help="Where the source says so, to find it again.")
    ] = None,
    therapy: Annotated[_Texts, typer.Option("--therapy", help="What it is about.")] = None,
    disorder: Annotated[_Texts, typer.Option("--disorder", help="In which disorder.")] = None,
    when: Annotated[_Texts, typer.Option("--when", help="A criterion that must hold.")] = None,
    population_note: Annotated[
        _Text, typer.Option("--population-note", help="In whom, in words, without a disorder.")
    ] = None,
    direction: Annotated[_Text, typer.Option("--direction", help="for, against, neutral")] = None,
    standing: Annotated[
        _Text, typer.Option("--standing", help="preferred, option, line or conditional")
    ] = None,
    strength: Annotated[
        _Text, typer.Option("--strength", help='As the source grades it; else "not graded".')
    ] = None,
    certainty: Annotated[
        _Text, typer.Option("--certainty", help='As the source grades it; else "not graded".')
    ] = None,
    requires: Annotated[
        _Texts, typer.Option("--requires", help="A criterion to be met before the therapy.")
    ] = None,
    verified: Annotated[
        _Text, typer.Option("--verified", help='How far it was read; else "unverified".')
    ] = None,
    verification_note: Annotated[
        _Text, typer.Option("--verification-note", help="Where it was read, or why not.")
    ] = None,
    claim: Annotated[
        _Text, typer.Option("--claim", help="Number of the claim, in a page that has them.")
    ] = None,
    cites: Annotated[_Texts, typer.Option("--cites", help="A citation marker.")] = None,
    rests_on: Annotated[
        _Texts, typer.Option("--rests-on", help="An interpretation of ours that it rests on.")
    ] = None,
    passage: Annotated[
        _Texts,
        typer.Option("--passage", metavar="NUMBER", help="A sentence of the page it stands for."),
    ] = None,
    set_: Annotated[
        _Texts,
        typer.Option("--set", metavar="NAME=VALUE", help="Any other property, such as line=2."),
    ] = None,
    ontology: Ontology = None,
    patients: Annotated[
        Path | None,
        typer.Option("--patients", metavar="DIR", help="Where to write its two patients."),
    ] = None,
    with_patients: Annotated[
        bool, typer.Option("--with-patients/--no-patients", help="Write the two patients.")
    ] = True,
    dry_run: DryRun = False,
) -> None:
    """Write a statement of a source, with a patient in whom it shows and one in whom not.

    Without options it asks. Everything can be called by its label, its short name or its IRI.
    """
    from poem_kg.authoring.asking import ask_draft
    from poem_kg.authoring.drafting import draft_of
    from poem_kg.authoring.edits import Edits, writable_root
    from poem_kg.authoring.terms import Terms
    from poem_kg.authoring.writing import new_statement, told
    from poem_kg.cli.options import emit

    root = writable_root(ontology)
    single = {
        "label": label,
        "definition": definition,
        "locator": locator,
        "populationNote": population_note,
        "direction": direction,
        "standing": standing,
        "strength": strength,
        "certainty": certainty,
        "verified": verified,
        "verificationNote": verification_note,
        "claim": claim,
    }
    several = {
        "therapy": therapy,
        "disorder": disorder,
        "when": when,
        "requires": requires,
        "cites": cites,
        "restsOn": rests_on,
    }
    said: dict[str, tuple[str, ...]] = {
        name: (text,) for name, text in single.items() if text is not None
    }
    said |= {name: tuple(texts) for name, texts in several.items() if texts}
    terms = Terms(Edits(root).triples)
    if kind is None and source is None and name is None and not said and not set_ and not passage:
        draft = ask_draft(terms, ask=_ask, tell=_tell)
        preview = new_statement(
            draft, ontology=root, patients=patients, with_patients=with_patients, keep=False
        )
        _tell(preview.block + told(preview, keep=False).rstrip("\n"))
        if not dry_run and (_ask("write it (yes or no): ") or "").strip().lower() not in _YES:
            _tell("nothing was written")
            return
    else:
        draft = draft_of(
            kind=kind,
            source=source,
            name=name,
            said=said,
            others=set_ or [],
            terms=terms,
            passages=passage or [],
        )
    written = new_statement(
        draft, ontology=root, patients=patients, with_patients=with_patients, keep=not dry_run
    )
    emit(written.block.encode(), None)
    sys.stdout.flush()
    print(told(written, keep=not dry_run), end="", file=sys.stderr)


@new.command("source")
def new_source(
    name: Annotated[str, typer.Option("--id", help="Citation key: who and the year, as in x2030.")],
    kind: Annotated[str, typer.Option("--kind", help='Kind of source, such as "guideline".')],
    label: Annotated[str, typer.Option("--label", help="What to call it, a few words.")],
    definition: Annotated[str, typer.Option("--definition", help="What it is, one sentence.")],
    title: Annotated[str, typer.Option("--title", help="Its own title.")],
    note: Annotated[str, typer.Option("--note", help="What of it was read, and where.")],
    citation: Annotated[_Text, typer.Option("--citation", help="Authors, journal, year.")] = None,
    doi: Annotated[_Text, typer.Option("--doi", help="Its DOI.")] = None,
    pmid: Annotated[_Text, typer.Option("--pmid", help="Its number in PubMed.")] = None,
    url: Annotated[_Text, typer.Option("--url", help="Where it can be read.")] = None,
    ontology: Ontology = None,
    dry_run: DryRun = False,
) -> None:
    """Write a source and an empty file for its statements, listed and imported."""
    from poem_kg.authoring.edits import writable_root
    from poem_kg.authoring.sources import SourceDraft, new_source
    from poem_kg.authoring.writing import told
    from poem_kg.cli.options import emit

    draft = SourceDraft(
        name=name,
        kind=kind,
        label=label,
        definition=definition,
        title=title,
        note=note,
        citation=citation,
        doi=doi,
        pmid=pmid,
        url=url,
    )
    written = new_source(draft, ontology=writable_root(ontology), keep=not dry_run)
    emit(written.block.encode(), None)
    sys.stdout.flush()
    print(told(written, keep=not dry_run), end="", file=sys.stderr)


def _ask(question: str) -> str | None:
    """Ask on the standard error, so that what is written can be piped; None at the end."""
    print(question, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    return line.rstrip("\r\n") if line else None


def _tell(text: str) -> None:
    print(text, file=sys.stderr)
