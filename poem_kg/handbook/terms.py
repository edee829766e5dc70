"""The reference of the ontology: one page a module, one entry a term, all that is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from poem_kg.handbook.contents import FOLDER, Contents, anchor, page_of
from poem_kg.handbook.marking import Table, escaped, heading, linked
from poem_kg.namespaces import DCTERMS, RDF, RDFS, compact
from poem_kg.service.holdings import Module
from poem_kg.service.showing import DEFINITIONS, Link, Row, Words
from poem_kg.turtle_places import places

_APART: Final = frozenset({RDF + "type", RDFS + "label", *DEFINITIONS})
"""What stands above the table of a term."""
_MOST: Final = 30
"""How many things that name a term are listed."""


def pages(contents: Contents) -> Iterator[tuple[str, str]]:
    """Yield path and Markdown of the overview and of each module.

    Args:
        contents: what is known.
    """
    yield f"{FOLDER}/index.md", _overview(contents)
    for module in contents.modules:
        yield f"{FOLDER}/{page_of(module.iri)}.md", _page(contents, module)


def _overview(contents: Contents) -> str:
    rows = []
    for module in contents.modules:
        about = contents.graph.text(module.iri, DCTERMS + "description")
        rows.append(
            (
                linked(_title(contents, module), f"{page_of(module.iri)}.html"),
                f"<code>ontology/{escaped(contents.files[module.iri])}</code>",
                escaped(about.value if about else ""),
                str(len(module.described)),
            )
        )
    index: dict[str, list[str]] = {}
    for iri in sorted(contents.homes, key=lambda i: (contents.graph.label(i).casefold(), i)):
        label = contents.graph.label(iri)
        index.setdefault(label[:1].upper(), []).append(linked(label, contents.shown.link(iri).href))
    return "\n".join(
        [
            heading(1, "Ontology reference", "ontology-reference"),
            "Every term with all that the ontology says of it, generated from the files. The "
            "[pictures](../pictures.md) show how the classes hang together.\n",
            str(
                Table(
                    heads=("module", "file", "what it holds", "terms"),
                    rows=rows,
                    caption="The modules, in the order of their IRIs",
                )
            ),
            heading(2, "All terms by label", "all-terms"),
            *(f"<p><b>{escaped(k)}</b> {' · '.join(v)}</p>\n" for k, v in sorted(index.items())),
        ]
    )


def _page(contents: Contents, module: Module) -> str:
    file = contents.files[module.iri]
    found = places(module.text.decode())
    about = contents.graph.text(module.iri, DCTERMS + "description")
    said = [
        heading(1, _title(contents, module), "module"),
        f"<p>{escaped(about.value)}</p>\n" if about else "",
        f"<p><code>{escaped(module.iri)}</code>, in <code>ontology/{escaped(file)}</code>, "
        f"{len(module.described)} terms.</p>\n",
    ]
    for iri in module.described:
        if iri != module.iri and contents.homes[iri] == module.iri:
            said.append(_entry(contents, iri, file, found.line(iri)))
    return "\n".join(said)


def _title(contents: Contents, module: Module) -> str:
    """The label of a module without the name of the ontology, which all begin with."""
    return contents.graph.label(module.iri).rsplit("poem-kg: ", 1)[-1]


def _entry(contents: Contents, iri: str, file: str, line: int | None) -> str:
    shown = contents.shown
    kinds = ", ".join(linked(kind.text, kind.href) for kind in shown.kinds(iri))
    place = f"ontology/{file}" + (f":{line}" if line else "")
    rows = [
        (linked(row.name.text, row.name.href), _values(row))
        for row in shown.rows(ox.NamedNode(iri), without=_APART)
    ]
    below = [shown.link(child) for child in contents.tree.below(iri)]
    if below:
        rows.append(("narrower", ", ".join(linked(b.text, b.href) for b in below)))
    rows += _named_by(contents, iri)
    says = shown.says(iri)
    return "\n".join(
        [
            heading(2, contents.graph.label(iri), anchor(iri)),
            f"<p>{escaped(says.text)}</p>\n" if says else "",
            f"<p><code>{escaped(compact(iri))}</code> · {kinds or 'term'} · "
            f"<code>{escaped(place)}</code></p>\n",
            str(Table(heads=("", ""), rows=rows)) if rows else "",
        ]
    )


def _named_by(contents: Contents, iri: str) -> Iterator[tuple[str, str]]:
    """What names a term, by property: the other direction of what is said."""
    found: dict[str, list[str]] = {}
    for triple in contents.graph.named_toward(ox.NamedNode(iri)):
        subject, predicate = triple.subject, triple.predicate.value
        named = isinstance(subject, ox.NamedNode) and subject.value in contents.homes
        if named and predicate not in (RDF + "type", RDFS + "subClassOf"):
            assert isinstance(subject, ox.NamedNode)
            found.setdefault(predicate, []).append(subject.value)
    for predicate, subjects in sorted(found.items()):
        links = [contents.shown.link(s) for s in sorted(set(subjects))]
        told = ", ".join(linked(each.text, each.href) for each in links[:_MOST])
        more = f" and {len(links) - _MOST} more" if len(links) > _MOST else ""
        yield f"{escaped(contents.shown.name(predicate).text)} of", told + more


def _values(row: Row) -> str:
    return "<br>".join(_value(value) for value in row.values)


def _value(value: Link | Words | tuple[Row, ...]) -> str:
    if isinstance(value, Link):
        return linked(value.text, value.href)
    if isinstance(value, Words):
        lang = f' lang="{escaped(value.lang)}"' if value.lang else ""
        return f"<span{lang}>{escaped(value.text)}</span>"
    inner = (f"{escaped(row.name.text)}: {_values(row)}" for row in value)
    return f"[ {'; '.join(inner)} ]"
