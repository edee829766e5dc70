"""Terms that do not exist, by themselves or for their namespace, and what was probably meant.

One slip of the keys would break many rules at once. So the other rules see each misspelt term as
what it most likely means, and one slip is one problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from poem_kg.checking.folder import Folder
from poem_kg.checking.model import Problem, found
from poem_kg.checking.places import placed
from poem_kg.checking.rules import PREFIXED, VOCABULARY
from poem_kg.checking.vocabularies import (
    is_unknown,
    meant_namespace,
    meant_term,
    nearest,
    split,
)
from poem_kg.namespaces import (
    CRITERION,
    OWL,
    POEMKG,
    PREFIXES,
    RDF,
    SOURCE,
    STATEMENT,
    compact,
)

_TYPE: Final = RDF + "type"
_OURS: Final = (POEMKG, STATEMENT, CRITERION, SOURCE)

SPELLING_QUERIES: Final = frozenset(
    {"dangling-references", "misspelt-namespaces", "undeclared-external-terms", "undeclared-terms"}
)
"""The check queries that look for misspelt terms, so they see the terms as they are written."""


class Spelling:
    """The terms of a folder, which of them do not exist and what each was probably meant to be.

    Args:
        folder: what is looked at.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def problems(self) -> Iterator[Problem]:
        """Yield the terms of reused vocabularies that do not exist, and wrong prefixes."""
        for module in self._folder.modules:
            for prefix, (namespace, line) in module.places.prefixes.items():
                customary = PREFIXES.get(prefix)
                meant = meant_namespace(namespace)
                if (customary is None or customary == namespace) and meant is None:
                    continue
                meant = customary if customary not in (None, namespace) else meant
                yield found(
                    PREFIXED,
                    namespace,
                    f"is what {module.name} binds to {prefix}:",
                    advice=f"Write @prefix {prefix}: <{meant}> .",
                    file=module.name,
                    line=line,
                )
        for iri in sorted(self._named):
            if is_unknown(iri):
                problem = found(
                    VOCABULARY,
                    iri,
                    f"is no term of <{split(iri)[0]}>{_did_you_mean(meant_term(iri))}",
                )
                yield placed(self._folder, problem)

    def hint(self, iri: str) -> str:
        """Return `; did you mean X?` for a term that does not exist, else nothing."""
        return _did_you_mean(self.corrections.get(iri))

    @cached_property
    def corrections(self) -> dict[str, str]:
        """Misspelt IRI to what was probably meant; those without a likeness are not in it."""
        meant: dict[str, str] = {}
        for iri in self._named:
            namespace, local = split(iri)
            right = meant_namespace(namespace)
            corrected = right + local if right else iri
            if is_unknown(corrected):
                corrected = meant_term(corrected) or corrected
            space = split(corrected)[0]
            if space in _OURS and corrected not in self._known:
                near = nearest(split(corrected)[1], self._locals[space])
                corrected = space + near if near else corrected
            if corrected != iri:
                meant[iri] = corrected
        return meant

    def corrected(self, triples: Iterable[ox.Triple]) -> tuple[ox.Triple, ...]:
        """Return the triples with what was meant in the place of what is misspelt."""
        if not self.corrections:
            return tuple(triples)
        return tuple(dict.fromkeys(self._triple(triple) for triple in triples))

    def _triple(self, triple: ox.Triple) -> ox.Triple:
        return ox.Triple(
            self._node(triple.subject),
            ox.NamedNode(self.corrections.get(triple.predicate.value, triple.predicate.value)),
            self._node(triple.object) if isinstance(triple.object, ox.NamedNode) else triple.object,
        )

    def _node(self, node: ox.NamedNode | ox.BlankNode | ox.Triple) -> ox.NamedNode | ox.BlankNode:
        assert not isinstance(node, ox.Triple)
        meant = self.corrections.get(node.value) if isinstance(node, ox.NamedNode) else None
        return node if meant is None else ox.NamedNode(meant)

    @cached_property
    def _triples(self) -> tuple[ox.Triple, ...]:
        return tuple(t for module in self._folder.modules for t in module.triples)

    @cached_property
    def _named(self) -> set[str]:
        """Every IRI that is used, datatypes included."""
        named: set[str] = set()
        for triple in self._triples:
            for node in (triple.subject, triple.predicate, triple.object):
                if isinstance(node, ox.NamedNode):
                    named.add(node.value)
                elif isinstance(node, ox.Literal):
                    named.add(node.datatype.value)
        return named

    @cached_property
    def _known(self) -> set[str]:
        """Every term that is declared, and the versions of modules."""
        known = {t.subject.value for t in self._triples if t.predicate.value == _TYPE}  # type: ignore[union-attr]
        version = OWL + "versionIRI"
        known |= {t.object.value for t in self._triples if t.predicate.value == version}  # type: ignore[union-attr]
        return known

    @cached_property
    def _locals(self) -> dict[str, set[str]]:
        return {
            space: {iri.removeprefix(space) for iri in self._known if split(iri)[0] == space}
            for space in _OURS
        }


def _did_you_mean(iri: str | None) -> str:
    return f"; did you mean {compact(iri)}?" if iri else ""
