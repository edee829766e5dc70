"""A trace as one page: it opens without a network and without a script, every text escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from poem_kg.namespaces import compact
from poem_kg.tracing.model import (
    FLAGGED,
    MODELLED,
    WAIVED,
    Exercise,
    Trace,
    TracedPassage,
    TracedStatement,
)

# No request leaves the page, whatever should ever get into it.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2126; --soft: #59636e; --line: #d5dae0;
  --paper: #fff; --note: #f3f5f8; --bad: #a4231c; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e2e6ea; --soft: #a3adb8; --line: #3a424b; --paper: #14181c; --note: #1e242a;
    --bad: #ff9a92; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 80rem; color: var(--ink);
  background: var(--paper); font: 1rem/1.5 system-ui, "Liberation Sans", Arial, sans-serif; }
h1 { font-size: 1.7rem; margin: 0 0 1rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; }
a { color: inherit; }
p { max-width: 48rem; }
.notices { background: var(--note); border-left: 4px solid #c8841a; padding: .5rem 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; min-width: 44rem; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; }
thead th { border-bottom: 2px solid var(--line); color: var(--soft); font-weight: 600; }
tbody th { font-weight: 400; }
td ul { margin: 0; padding-left: 1.1rem; }
.soft { color: var(--soft); }
.flagged { color: var(--bad); font-weight: 600; }
tr:target { background: var(--note); }
@media print { body { max-width: none; padding: 0; font-size: 9pt; } .wide { overflow: visible; } }
"""


def trace_html(trace: Trace) -> bytes:
    """Return a trace as one HTML file in UTF-8, the same bytes for the same trace."""
    return "".join(_page(trace)).encode()


def _page(trace: Trace) -> Iterator[str]:
    title = "From the sentences of the sources to patients"
    yield "<!doctype html>\n"
    yield '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    yield f"<main>\n<h1>{title}</h1>\n"
    yield f'<div class="notices"><p>{escape(trace.note)}</p></div>\n'
    yield f"<p>{escape(trace.title)}, version {escape(trace.version)}. {_counts(trace)}</p>\n"
    if trace.left_out:
        names = escape(", ".join(trace.left_out))
        yield f'<p class="flagged">Left out, since they do not conform: {names}.</p>\n'
    statements = {statement.iri: statement for statement in trace.statements}
    for source, label in trace.sources:
        passages = [p for p in trace.passages if p.source == source]
        if passages:
            yield f"<h2>{escape(label)}: every sentence</h2>\n"
            yield from _passages(passages, statements)
    for source, label in trace.sources:
        told = [s for s in trace.statements if s.source == source]
        if told:
            yield f"<h2>{escape(label)}: statements</h2>\n"
            yield from _statements(told, {p.iri: p for p in trace.passages})
    yield "</main>\n</body>\n</html>\n"


def _counts(trace: Trace) -> str:
    counted = {state: trace.counted(state) for state in (MODELLED, WAIVED, FLAGGED)}
    return (
        f"{len(trace.passages)} sentences, headings and list items: {counted[MODELLED]} modelled, "
        f"{counted[WAIVED]} left out with a reason, {counted[FLAGGED]} open. "
        f"{len(trace.statements)} statements; {trace.unexercised} of them show in none of the "
        f"{trace.patients} patients."
    )


def _table(caption: str, *heads: str) -> str:
    cells = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        '<div class="wide" tabindex="0" role="region" aria-label="'
        f'{caption}">\n<table>\n<caption>{caption}</caption>\n'
        f"<thead><tr>{cells}</tr></thead>\n<tbody>\n"
    )


_END: Final = "</tbody>\n</table>\n</div>\n"


def _passages(
    passages: list[TracedPassage], statements: dict[str, TracedStatement]
) -> Iterator[str]:
    yield _table(
        "Sentences in the order of the source; their words stay there",
        "number",
        "place",
        "what stands for it",
    )
    for passage in passages:
        yield f'<tr id="{_anchor(passage.iri)}"><td>{passage.ordinal}</td>'
        yield f'<th scope="row">{escape(passage.locator)}</th><td>'
        if passage.state == FLAGGED:
            yield '<span class="flagged">open: modelled and left out, or neither</span> '
        if passage.statements:
            yield "<ul>"
            for iri in passage.statements:
                label = statements[iri].label if iri in statements else compact(iri)
                claim = statements[iri].claim if iri in statements else ""
                yield f'<li><a href="#{_anchor(iri)}">{escape(f"{claim} {label}".strip())}</a></li>'
            yield "</ul>"
        if passage.reason:
            yield f'<span class="soft">left out: {escape(passage.reason)}</span>'
        yield "</td></tr>\n"
    yield _END


def _statements(
    statements: list[TracedStatement], passages: dict[str, TracedPassage]
) -> Iterator[str]:
    yield _table(
        "Statements with where they stand, what they ask and who exercises them",
        "statement",
        "kind and review",
        "place",
        "criteria",
        "patients",
    )
    for told in statements:
        yield f'<tr id="{_anchor(told.iri)}"><th scope="row">'
        yield f"{escape(f'{told.claim} {told.label}'.strip())}<br>"
        yield f'<span class="soft">{escape(compact(told.iri))}</span></th>'
        yield f"<td>{escape(told.kind)}<br>"
        yield f'<span class="soft">{escape(told.review)}</span></td><td>'
        yield escape(told.locator)
        for iri in told.passages:
            yield f' <a href="#{_anchor(iri)}">sentence {passages[iri].ordinal}</a>'
        yield "</td><td>"
        if told.criteria:
            items = (f"<li>{escape(f'{c.use}: {c.label}')}</li>" for c in told.criteria)
            yield f"<ul>{''.join(items)}</ul>"
        yield "</td><td>"
        yield ", ".join(_exercise(e) for e in told.exercises) or '<span class="soft">none</span>'
        yield "</td></tr>\n"
    yield _END


def _exercise(exercise: Exercise) -> str:
    ways = "; ".join(a.told() for a in exercise.ways)
    title = escape(f"{exercise.label}: {ways}", quote=True)
    return f'<span title="{title}">{escape(exercise.name)}</span>'


def _anchor(iri: str) -> str:
    return escape(compact(iri).replace(":", "-"), quote=True)
