"""A summary as a page: one file that opens without a network and without a script."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from poem_kg.cohort.summary.charts import chart_svg
from poem_kg.cohort.summary.model import Figure, Section, Summary

# No request leaves the page, whatever should ever get into it.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2126; --soft: #59636e; --line: #d5dae0;
  --paper: #fff; --note: #f3f5f8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e2e6ea; --soft: #a3adb8; --line: #3a424b; --paper: #14181c; --note: #1e242a; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; color: var(--ink);
  background: var(--paper); font: 1rem/1.5 system-ui, "Liberation Sans", Arial, sans-serif; }
h1 { font-size: 1.7rem; margin: 0 0 1rem; }
h2 { font-size: 1.2rem; margin: 0 0 .25rem; }
section { padding: 1.5rem 0; border-top: 1px solid var(--line); break-inside: avoid; }
p { margin: .25rem 0 .75rem; max-width: 48rem; }
.note, nav, footer { color: var(--soft); font-size: .9rem; }
.notices { background: var(--note); border-left: 4px solid #c8841a; padding: .75rem 1rem; }
.notices p { margin: .25rem 0; max-width: none; }
nav ul { columns: 3 16rem; padding-left: 1.2rem; }
a { color: inherit; }
.both { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start; }
.wide { overflow-x: auto; flex: 1 1 24rem; min-width: 0; }
.wide.crossed { flex-basis: 46rem; }
figure { margin: 0; flex: 0 1 auto; }
figure svg { max-width: 100%; height: auto; }
figure svg text { font-family: "Liberation Sans", Arial, Helvetica, sans-serif; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; }
thead th { border-bottom: 2px solid var(--line); color: var(--soft); font-weight: 600; }
tbody th { font-weight: 400; max-width: 22rem; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
td.n { white-space: nowrap; }
.n small { display: block; color: var(--soft); }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem 1rem; }
footer { border-top: 1px solid var(--line); padding-top: 1rem; overflow-wrap: anywhere; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } nav { display: none; }
  .wide { overflow: visible; } }
"""


def summary_html(summary: Summary) -> bytes:
    """Return a summary as one HTML file in UTF-8, the same bytes for the same summary.

    Raises:
        ToolMissing: the packages of the extra `charts` are not installed.
    """
    return "\n".join(_page(summary)).encode() + b"\n"


def _page(summary: Summary) -> Iterator[str]:
    title = "Advice for a cohort: summary"
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>"
    yield f"<style>{_STYLE}</style>"
    yield "</head>"
    yield "<body>"
    yield "<header>"
    yield f"<h1>{title}</h1>"
    yield '<div class="notices" role="note">'
    yield from (f"<p>{escape(notice)}</p>" for notice in summary.notices)
    yield "</div>"
    yield from (f"<p>{escape(remark)}</p>" for remark in summary.remarks)
    yield '<nav aria-label="Contents"><ul>'
    for section in summary.sections:
        yield f'<li><a href="#{section.name}">{escape(section.title)}</a></li>'
    yield "</ul></nav>"
    yield "</header>"
    yield "<main>"
    for section in summary.sections:
        yield from _section(section)
    yield from _words(summary)
    yield "</main>"
    yield from _footer(summary)
    yield "</body>"
    yield "</html>"


def _section(section: Section) -> Iterator[str]:
    heading = f"{section.name}-heading"
    yield f'<section id="{section.name}" aria-labelledby="{heading}">'
    yield f'<h2 id="{heading}">{escape(section.title)}</h2>'
    yield f'<p class="note">{escape(section.note)}</p>'
    if section.rows:
        yield '<div class="both">'
        drawing = chart_svg(section)
        if drawing is not None:
            yield f"<figure>{drawing}</figure>"
        crossed = section.chart == "stacked"
        # A region that may scroll is reached by keyboard too.
        kind = "wide crossed" if crossed else "wide"
        yield f'<div class="{kind}" role="region" tabindex="0" aria-labelledby="{heading}">'
        yield f'<table aria-labelledby="{heading}">'
        yield from _crossed(section) if crossed else _listed(section)
        yield "</table>"
        if section.more:
            yield f'<p class="note">and {section.more} more</p>'
        yield "</div></div>"
    else:
        yield "<p>none</p>"
    yield "</section>"


def _listed(section: Section) -> Iterator[str]:
    heads = [f'<th scope="col">{escape(key)}</th>' for key in section.keys]
    for name in section.counted:
        heads += [f'<th scope="col" class="n">{head}</th>' for head in (name, "share")]
    yield f"<thead><tr>{''.join(heads)}</tr></thead>"
    yield "<tbody>"
    for row in section.rows:
        first, *others = map(escape, row.keys)
        cells = [f'<th scope="row">{first}</th>', *(f"<td>{other}</td>" for other in others)]
        for figure in row.figures:
            cells += [f'<td class="n">{escape(t)}</td>' for t in (figure.told, figure.told_share)]
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody>"


def _crossed(section: Section) -> Iterator[str]:
    """A row for each first key, a column for each second, count and share in the cells."""
    heads = "".join(f'<th scope="col" class="n">{escape(key)}</th>' for key in section.legend)
    yield f'<thead><tr><th scope="col">{escape(section.keys[0])}</th>{heads}</tr></thead>'
    yield "<tbody>"
    found = {row.keys: row.figures[0] for row in section.rows}
    for first in dict.fromkeys(row.keys[0] for row in section.rows):
        cells = "".join(_cell(found.get((first, second))) for second in section.legend)
        yield f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>'
    yield "</tbody>"


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return '<td class="n">0</td>'
    share = f"<small>{escape(figure.told_share)}</small>" if figure.told_share else ""
    return f'<td class="n">{escape(figure.told)}{share}</td>'


def _words(summary: Summary) -> Iterator[str]:
    yield '<section id="words" aria-labelledby="words-heading">'
    yield '<h2 id="words-heading">What the words mean</h2>'
    for name in dict.fromkeys(word.list for word in summary.words):
        yield f"<h3>{escape(name)}</h3>"
        yield "<dl>"
        for word in summary.words:
            if word.list == name:
                yield f"<dt>{escape(word.code)}</dt><dd>{escape(word.definition)}</dd>"
        yield "</dl>"
    yield "</section>"


def _footer(summary: Summary) -> Iterator[str]:
    yield "<footer>"
    for title, items in (("Versions", summary.versions), ("Digests", summary.digests)):
        if items:
            yield f"<h2>{title}</h2>"
            yield "<dl>"
            yield from (f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in items)
            yield "</dl>"
    yield "</footer>"
