"""An ontology folder that edits are tried on: read once, copied and edited many times."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from poem_kg.knowledge import parse_module
from poem_kg.namespaces import POEMKG, PREFIXES, RDF
from poem_kg.turtle import write_turtle

Triple = tuple[ox.NamedNode | ox.BlankNode, ox.NamedNode, ox.NamedNode | ox.BlankNode | ox.Literal]


def iri(name: str) -> ox.NamedNode:
    """Return the IRI of a prefixed name such as `rdfs:label`."""
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One edit of one file.

    Attributes:
        what: what is done, in words.
        file: the file in which it is done, as a path below the folder.
        terms: IRIs (or other names) one of which a finding must name to be right.
        touched: what findings may also be about, because it refers to what was edited.
        removed: triples that go.
        added: triples that come.
        rewrite: makes the new text of the file from the old; where it is given, triples are not
            edited.
        lines: gives the first and the last line on which a finding may stand, from the new text;
            None where a finding is known by the term that it names.
        reasoner: whether only a reasoner can see it.
    """

    what: str
    file: str
    terms: frozenset[str]
    touched: frozenset[str] = frozenset()
    removed: tuple[ox.Triple, ...] = ()
    added: tuple[ox.Triple, ...] = ()
    rewrite: Callable[[str], str] | None = None
    lines: Callable[[str], tuple[int, int]] | None = None
    reasoner: bool = False


@dataclass(frozen=True, eq=False)
class Draft:
    """The ontology as it stands in a folder.

    Attributes:
        folder: the folder.
        files: path below the folder to the triples of each Turtle file.
    """

    folder: Path
    files: dict[str, tuple[ox.Triple, ...]] = field(repr=False)

    @classmethod
    def read(cls, folder: Path) -> Draft:
        """Return the draft of a folder."""
        paths = sorted(folder.rglob("*.ttl"))
        return cls(folder, {str(p.relative_to(folder)): parse_module(p) for p in paths})

    def find(
        self, predicate: str | None = None, value: str | None = None, *, file: str = ""
    ) -> Iterator[tuple[str, ox.Triple]]:
        """Yield the triples with a predicate and a value, with their file, in a fixed order.

        Args:
            predicate: a prefixed name, or None for any.
            value: a prefixed name, or None for any.
            file: how the path of the file begins.
        """
        wanted = None if predicate is None else iri(predicate)
        object_ = None if value is None else iri(value)
        for path, triples in self.files.items():
            if not path.startswith(file):
                continue
            for triple in triples:
                if wanted is not None and triple.predicate != wanted:
                    continue
                if object_ is not None and triple.object != object_:
                    continue
                yield path, triple

    def about(self, term: object) -> Iterator[tuple[str, ox.Triple]]:
        """Yield what is said of a term, with the file that says it."""
        for path, triples in self.files.items():
            for triple in triples:
                if triple.subject == term:
                    yield path, triple

    def users(self, term: ox.NamedNode) -> frozenset[str]:
        """Return the IRIs of what points to a term, at one remove through a blank node."""
        found = {t.subject for _, t in self.all() if term in (t.predicate, t.object)}
        blank = {node for node in found if isinstance(node, ox.BlankNode)}
        while blank:
            above = {t.subject for _, t in self.all() if t.object in blank}
            found |= above
            blank = {node for node in above if isinstance(node, ox.BlankNode)} - blank
        return frozenset(n.value for n in found if isinstance(n, ox.NamedNode))

    def all(self) -> Iterator[tuple[str, ox.Triple]]:
        """Yield every triple with its file."""
        for path, triples in self.files.items():
            for triple in triples:
                yield path, triple

    @cached_property
    def types(self) -> dict[str, frozenset[str]]:
        """IRI of each term to the IRIs of its types."""
        found: dict[str, set[str]] = {}
        for _, triple in self.all():
            if triple.predicate.value == RDF + "type" and isinstance(triple.object, ox.NamedNode):
                found.setdefault(_text(triple.subject), set()).add(triple.object.value)
        return {term: frozenset(kinds) for term, kinds in found.items()}

    @cached_property
    def words(self) -> frozenset[str]:
        """IRIs of all terms, statements, criteria and sources that stand anywhere."""
        return frozenset(
            node.value
            for _, triple in self.all()
            for node in (triple.subject, triple.predicate, triple.object)
            if isinstance(node, ox.NamedNode)
        )

    def written(self, edit: Edit | None, target: Path) -> str:
        """Write the folder with one edit; return the new text of the edited file, or ""."""
        shutil.copytree(self.folder, target)
        if edit is None:
            return ""
        path = target / edit.file
        if edit.rewrite is not None:
            text = edit.rewrite(path.read_text(encoding="utf-8"))
        else:
            kept = [t for t in self.files[edit.file] if t not in set(edit.removed)]
            assert len(kept) + len(set(edit.removed)) == len(self.files[edit.file]), edit.what
            text = write_turtle((*kept, *edit.added))
        path.write_text(text, encoding="utf-8", newline="")
        return text


def misspelt(term: str, taken: frozenset[str], at: int) -> str:
    """Return an IRI with two letters of its name in the wrong order, that nothing bears.

    Args:
        term: an IRI.
        taken: the IRIs that are borne.
        at: a number that says which letters.
    """
    head = max(term.rfind("/"), term.rfind("#")) + 1
    local = term[head:]
    for step in range(len(local)):
        i = 1 + (at + step) % max(1, len(local) - 2)
        if i + 1 < len(local) and local[i] != local[i + 1] and local[i : i + 2].isalpha():
            wrong = term[:head] + local[:i] + local[i + 1] + local[i] + local[i + 2 :]
            if wrong not in taken:
                return wrong
    return term + "x"


def ours(node: object) -> bool:
    """Return whether a node is a term of our vocabulary."""
    return isinstance(node, ox.NamedNode) and node.value.startswith(POEMKG)


def _text(node: object) -> str:
    return str(getattr(node, "value", node))
