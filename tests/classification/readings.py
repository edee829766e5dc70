"""What the derive steps say of studies, many patients at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import pyoxigraph as ox

from poem_kg.derivation import derive
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import CRITERION, POEMKG, PROV, RDF
from tests.classification.generate import complete_studies, summarised
from tests.classification.oracle import Truth
from tests.classification.studies import Study, recorded
from tests.derivation.patients import CASE
from tests.derivation.view import knowledge
from tests.generated.batches import in_batches

CHUNK = 100
"""Patients derived at once."""
STATEMENT = POEMKG.replace("/ontology/", "/statement/")
TRUTHS: Mapping[str, Truth] = {"met": True, "notMet": False, "unknown": None}

Said = dict[str, Truth]
"""What is said of each pattern, by its name."""


class Result:
    """What one pattern says of one study, by local names."""

    def __init__(self, store: ox.Store, node: ox.NamedNode) -> None:
        self._store = store
        self._node = node
        self.patient = self._one("ofPatient")
        self.study = self._one("ofStudy")
        self.edition = self._one("edition").removeprefix(POEMKG)
        self.pattern = self._one("statement").removeprefix(STATEMENT)
        self.outcome = self._one("outcomeOfStudy").removeprefix(POEMKG)
        self.truth = TRUTHS[self._one("truth").removeprefix(POEMKG)]

    @property
    def open_on(self) -> set[str]:
        """The criteria on which it is open."""
        return {iri.removeprefix(CRITERION) for iri in self._all(POEMKG + "openOn")}

    @property
    def refuted_by(self) -> set[str]:
        """The criteria that rule it out."""
        return {iri.removeprefix(CRITERION) for iri in self._all(POEMKG + "refutedBy")}

    @property
    def facts(self) -> set[str]:
        """The records that it rests on."""
        return self._all(PROV + "wasDerivedFrom")

    def _one(self, prop: str) -> str:
        (found,) = self._all(POEMKG + prop)
        return found

    def _all(self, prop: str) -> set[str]:
        found = self._store.quads_for_pattern(self._node, ox.NamedNode(prop), None)
        return {str(quad.object).strip("<>") for quad in found}


def results(triples: Iterable[ox.Triple], *, known: Knowledge | None = None) -> list[Result]:
    """Return every classification that follows, in a fixed order."""
    store = derive(known or knowledge(), triples, before="derive/200").store
    kind, what = ox.NamedNode(RDF + "type"), ox.NamedNode(POEMKG + "Classification")
    nodes = [quad.subject for quad in store.quads_for_pattern(None, kind, what)]
    found = [Result(store, node) for node in nodes if isinstance(node, ox.NamedNode)]
    return sorted(found, key=lambda result: (result.patient, result.study, result.pattern))


def said(triples: Iterable[ox.Triple], *, known: Knowledge | None = None) -> Said:
    """Return what is said of each pattern of the one study of one patient."""
    found = results(triples, known=known)
    assert len({result.study for result in found}) <= 1, "two studies are read"
    return {result.pattern: result.truth for result in found}


def met(triples: Iterable[ox.Triple], *, known: Knowledge | None = None) -> set[str]:
    """Return the patterns that the one study of one patient meets."""
    return {name for name, truth in said(triples, known=known).items() if truth}


def said_of(studies: Sequence[Study], *, known: Knowledge | None = None) -> dict[str, Said]:
    """Return what is said of each pattern of each study, by the name of the study."""
    found: dict[str, Said] = {study.name: {} for study in studies}
    for some in in_batches(studies, CHUNK):
        for result in results([t for s in some for t in recorded(s)], known=known):
            name = result.patient.removeprefix(CASE)
            assert result.pattern not in found[name], f"{name} has {result.pattern} twice"
            found[name][result.pattern] = result.truth
    return found


@cache
def said_of_complete(*, as_shares: bool = False) -> dict[str, Said]:
    """Return the same for all generated complete studies, told by swallows or by stated shares."""
    studies = complete_studies()
    return said_of([summarised(study) for study in studies] if as_shares else studies)
