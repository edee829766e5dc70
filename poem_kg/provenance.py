"""The run that derived an advice, as PROV-O: what it used, held fast by digests.

Conclusions name the query that derived them and the facts they rest on; that is written by the
queries themselves. What no query can know is which bytes of ontology, queries and patient data
were read. The same bytes and the same day give the same run, with the same IRI: there is no clock
in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from poem_kg.model import Provenance
from poem_kg.namespaces import OWL, POEMKG, PROV, QUERY, RDF, XSD

URN: Final = "urn:poem-kg:"
"""What the IRIs of runs and used versions begin with; they end with a digest."""

_TYPE: Final = ox.NamedNode(RDF + "type")
_ENTITY: Final = ox.NamedNode(PROV + "Entity")
_ACTIVITY: Final = ox.NamedNode(PROV + "Activity")
_USED: Final = ox.NamedNode(PROV + "used")
_VERSION_OF: Final = ox.NamedNode(PROV + "specializationOf")
_GENERATED: Final = ox.NamedNode(PROV + "wasGeneratedBy")
_RUN: Final = ox.NamedNode(POEMKG + "Run")
_VERSION: Final = ox.NamedNode(POEMKG + "UsedVersion")
_DIGEST: Final = ox.NamedNode(POEMKG + "digest")
_GRAPH_DIGEST: Final = ox.NamedNode(POEMKG + "graphDigest")
_AS_OF: Final = ox.NamedNode(POEMKG + "asOf")
_APPROVED_ONLY: Final = ox.NamedNode(POEMKG + "approvedOnly")
_VERSION_INFO: Final = ox.NamedNode(OWL + "versionInfo")
_DERIVED_BY: Final = ox.NamedNode(POEMKG + "derivedBy")
_DATE: Final = ox.NamedNode(XSD + "date")
_ALL_QUERIES: Final = ox.NamedNode(QUERY)


def run_triples(
    provenance: Provenance, conclusions: Iterable[ox.Triple], *, patient: str
) -> tuple[ox.Triple, ...]:
    """Return the run that derived the conclusions, what it used, and what it generated.

    The versions used are the ontology, the patient's data, all queries together, and each query
    that a conclusion names. Nothing is said of the conclusions but `prov:wasGeneratedBy`.

    Args:
        provenance: the digests of everything that was read.
        conclusions: the triples that the derive queries constructed.
        patient: the IRI of the patient, of which the data are a version.
    """
    return tuple(_run_triples(provenance, conclusions, ox.NamedNode(patient)))


def queries_digest(provenance: Provenance) -> str:
    """Return one digest for all queries of a run: "sha256:" and hexadecimal digits."""
    return digest_of_queries((query.name, query.digest) for query in provenance.queries)


def digest_of_queries(queries: Iterable[tuple[str, str]]) -> str:
    """Return one digest for queries given by name and digest, in their order."""
    return "sha256:" + _hexadecimal(f"{name} {digest}" for name, digest in queries)


def run_iri(provenance: Provenance) -> str:
    """Return the IRI of a run, a URN that ends with a digest of all its digests and its day."""
    return run_iri_of(
        (provenance.ontology_digest, queries_digest(provenance)),
        (provenance.input_digest, provenance.input_graph_digest),
        provenance.as_of,
        approved_only=provenance.approved_only,
    )


def run_iri_of(
    knowledge: tuple[str, str],
    source: tuple[str, str],
    as_of: str | None,
    *,
    approved_only: bool = False,
) -> str:
    """Return the IRI of a run.

    Args:
        knowledge: the digests of the ontology and of all queries together.
        source: the digests of the input's bytes and of its graph.
        as_of: the day for which it was asked, or None.
        approved_only: whether only approved statements spoke for a therapy.
    """
    asked = (as_of or "", "approved only") if approved_only else (as_of or "",)
    return f"{URN}run:{_hexadecimal((*knowledge, *source, *asked))}"


def _run_triples(
    provenance: Provenance, conclusions: Iterable[ox.Triple], patient: ox.NamedNode
) -> Iterator[ox.Triple]:
    run = ox.NamedNode(run_iri(provenance))
    yield ox.Triple(run, _TYPE, _RUN)
    yield ox.Triple(run, _TYPE, _ACTIVITY)
    if provenance.as_of:
        yield ox.Triple(run, _AS_OF, ox.Literal(provenance.as_of, datatype=_DATE))
    if provenance.approved_only:
        yield ox.Triple(run, _APPROVED_ONLY, ox.Literal(True))
    named = [triple for triple in conclusions if triple.predicate == _DERIVED_BY]
    for node in dict.fromkeys(triple.subject for triple in named):
        yield ox.Triple(node, _GENERATED, run)
    ontology = _version("ontology", provenance.ontology_digest)
    yield from _used(run, ontology, ox.NamedNode(POEMKG), provenance.ontology_digest)
    yield ox.Triple(ontology, _VERSION_INFO, ox.Literal(provenance.ontology_version))
    data = _version("input", provenance.input_digest)
    yield from _used(run, data, patient, provenance.input_digest)
    yield ox.Triple(data, _GRAPH_DIGEST, ox.Literal(provenance.input_graph_digest))
    together = queries_digest(provenance)
    yield from _used(run, _version("queries", together), _ALL_QUERIES, together)
    told = {triple.object for triple in named}
    for query in provenance.queries:
        general = ox.NamedNode(query.iri)
        if general in told:
            yield from _used(run, _version("query", query.digest), general, query.digest)


def _used(
    run: ox.NamedNode, version: ox.NamedNode, general: ox.NamedNode, digest: str
) -> Iterator[ox.Triple]:
    yield ox.Triple(run, _USED, version)
    yield ox.Triple(version, _TYPE, _VERSION)
    yield ox.Triple(version, _TYPE, _ENTITY)
    yield ox.Triple(version, _VERSION_OF, general)
    yield ox.Triple(version, _DIGEST, ox.Literal(digest))


def _version(kind: str, digest: str) -> ox.NamedNode:
    return ox.NamedNode(f"{URN}{kind}:{digest.removeprefix('sha256:')}")


def _hexadecimal(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
