"""What was derived about one patient of many, read from the store by local names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from poem_kg.derivation import derive
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import CRITERION, POEMKG, RDF
from tests.derivation.patients import Patient

CHUNK = 200
"""Patients derived at once; more cost more each."""

_TYPE = ox.NamedNode(RDF + "type")
_TRUTHS = {"met": "meets", "not met": "fails"}


@dataclass(frozen=True)
class Seen:
    """One patient in a store of derived patients."""

    known: Knowledge
    store: ox.Store
    patient: ox.NamedNode

    def truth(self, criterion: str) -> str:
        """Return whether a criterion is "met", "not met" or "unknown"."""
        node = ox.NamedNode(CRITERION + criterion)
        held = [
            word
            for word, prop in _TRUTHS.items()
            if any(self.store.quads_for_pattern(self.patient, _term(prop), node))
        ]
        assert len(held) < 2, f"{criterion} is {held} in {self.patient}"
        return held[0] if held else "unknown"

    def truths(self) -> dict[str, str]:
        """Return every criterion that is not unknown, by its IRI."""
        found: dict[str, str] = {}
        for word, prop in _TRUTHS.items():
            for quad in self.store.quads_for_pattern(self.patient, _term(prop), None):
                assert isinstance(quad.object, ox.NamedNode)
                iri = quad.object.value
                assert found.setdefault(iri, word) == word, f"{iri} is both in {self.patient}"
        return found

    def options(self) -> dict[str, ox.NamedNode]:
        """Return the options by therapy."""
        return {
            _local(self._one(node, "therapy")): node
            for node in self._nodes()
            if any(self.store.quads_for_pattern(node, _TYPE, _term("Option")))
        }

    def option(self, therapy: str, prop: str) -> str:
        """Return what an option has, by its short code, or "no option"."""
        node = self.options().get(therapy)
        value = self._one(node, prop) if node else None
        if isinstance(value, ox.NamedNode):
            return self.known.notation(value.value)
        return value.value if value else "no option"

    def requirements(self, therapy: str) -> Mapping[tuple[str, str], str]:
        """Return the state of each requirement of an option, by kind and criterion."""
        found: dict[tuple[str, str], str] = {}
        for quad in self.store.quads_for_pattern(
            self.options()[therapy], _term("hasRequirement"), None
        ):
            node = quad.object
            assert isinstance(node, ox.NamedNode)
            kind, state = (self._code(node, prop) for prop in ("kind", "state"))
            found[kind, _local(self._one(node, "criterion"))] = state
        return found

    def _nodes(self) -> Iterator[ox.NamedNode]:
        for quad in self.store.quads_for_pattern(None, _term("ofPatient"), self.patient):
            assert isinstance(quad.subject, ox.NamedNode)
            yield quad.subject

    def _code(self, node: ox.NamedNode, prop: str) -> str:
        value = self._one(node, prop)
        assert value is not None, f"{node} has no {prop}"
        return self.known.notation(value.value)

    def _one(self, node: ox.NamedNode, prop: str) -> ox.NamedNode | ox.Literal | None:
        for quad in self.store.quads_for_pattern(node, _term(prop), None):
            assert isinstance(quad.object, ox.NamedNode | ox.Literal)
            return quad.object
        return None


def seen(patients: Sequence[Patient], known: Knowledge) -> list[Seen]:
    """Derive for many patients, some at a time, and return each."""
    found = []
    for start in range(0, len(patients), CHUNK):
        some = patients[start : start + CHUNK]
        store = derive(known, [t for patient in some for t in patient.triples()]).store
        found += [Seen(known, store, patient.iri) for patient in some]
    return found


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(POEMKG + name)


def _local(node: ox.NamedNode | ox.Literal | None) -> str:
    return "" if node is None else node.value.rsplit("/", 1)[-1]
