"""The cases about the service description, which the suite names and leaves to be written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import RDF
from tests.conformance.endpoint import Endpoint
from tests.conformance.results import GRAPHS, read
from tests.conformance.suites import MF, RDF_TESTS, Manifest, folder

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
TYPE: Final = ox.NamedNode(RDF + "type")
PROPERTIES: Final = {
    "endpoint": ("Service", None),
    "feature": ("Service", "Feature"),
    "defaultEntailmentRegime": ("Service", "EntailmentRegime"),
    "entailmentRegime": ("NamedGraph", "EntailmentRegime"),
    "defaultSupportedEntailmentProfile": ("Service", "EntailmentProfile"),
    "supportedEntailmentProfile": ("NamedGraph", "EntailmentProfile"),
    "extensionFunction": ("Service", "Function"),
    "extensionAggregate": ("Service", "Aggregate"),
    "languageExtension": ("Service", "Feature"),
    "supportedLanguage": ("Service", "Language"),
    "propertyFeature": ("Service", "Feature"),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "resultFormat": ("Service", None),
    "inputFormat": ("Service", None),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"),
    "name": ("NamedGraph", None),
    "graph": ("NamedGraph", "Graph"),
}
"""Property to its domain and range (SPARQL 1.1 Service Description, section 3.4)."""
INSTANCES: Final = {
    "Language": {"SPARQL10Query", "SPARQL11Query", "SPARQL11Update"},
    "Feature": {
        "DereferencesURIs",
        "UnionDefaultGraph",
        "RequiresDataset",
        "EmptyGraphs",
        "BasicFederatedQuery",
    },
}
"""Class to those of its instances that the vocabulary names (section 3.3)."""
ELSEWHERE: Final = frozenset(("EntailmentRegime", "EntailmentProfile", "Function", "Aggregate"))
"""Classes whose instances other vocabularies describe."""


def outcomes(endpoint: Endpoint) -> dict[str, str | None]:
    """Return for each case of the manifest what is wrong, or None."""
    root = folder() / "rdf-tests"
    manifest = Manifest(root / "sparql11" / "service-description" / "manifest.ttl", root, RDF_TESTS)
    kinds = {manifest.text(entry, RDF + "type") for entry in manifest.entries()}
    assert kinds == {MF + "ServiceDescriptionTest"}
    checks: dict[str, Callable[[Endpoint], str | None]] = {
        "returns-rdf": _returns_rdf,
        "has-endpoint-triple": lambda asked: bad_endpoint(_description(asked), asked.url),
        "conforms-to-schema": lambda asked: bad_schema(_description(asked)),
    }
    names = [manifest.name(entry) for entry in manifest.entries()]
    return {name: checks[name.rpartition("/")[2]](endpoint) for name in names}


def _description(endpoint: Endpoint, accept: str = "*/*") -> frozenset[ox.Triple]:
    reply = endpoint.send("GET", accept=accept)
    assert reply.status == 200, reply
    found = read(reply.body, reply.media_type)
    assert isinstance(found, frozenset)
    return found


def _returns_rdf(endpoint: Endpoint) -> str | None:
    """A GET without a query gets the description, the same in every RDF format."""
    graphs = {accept: _description(endpoint, accept) for accept in ("*/*", *GRAPHS)}
    differ = [accept for accept, graph in graphs.items() if graph != graphs["*/*"]]
    return None if graphs["*/*"] and not differ else f"no description, or another as {differ}"


def bad_endpoint(graph: frozenset[ox.Triple], url: str) -> str | None:
    """Return why the endpoint that is described is not the one that was asked, or None."""
    told = {t.object for t in graph if t.predicate.value == SD + "endpoint"}
    return None if told == {ox.NamedNode(url)} else f"sd:endpoint is {told}"


def bad_schema(graph: frozenset[ox.Triple]) -> str | None:
    """Return which property is none of the vocabulary or stands between the wrong things."""
    kinds: dict[object, set[str]] = {}
    for triple in graph:
        if triple.predicate == TYPE and isinstance(triple.object, ox.NamedNode):
            kinds.setdefault(triple.subject, set()).add(triple.object.value.removeprefix(SD))
    for some in kinds.values():
        if "Dataset" in some:
            some.add("GraphCollection")  # of which it is a subclass
    for kind, names in INSTANCES.items():
        for name in names:
            kinds.setdefault(ox.NamedNode(SD + name), set()).add(kind)
    for triple in sorted(graph, key=str):
        name = triple.predicate.value.removeprefix(SD)
        if not triple.predicate.value.startswith(SD):
            continue
        if name not in PROPERTIES:
            return f"sd:{name} is no property of the vocabulary"
        domain, range_ = PROPERTIES[name]
        if domain not in kinds.get(triple.subject, set()):
            return f"{triple}: the subject is no sd:{domain}"
        if range_ and range_ not in ELSEWHERE and range_ not in kinds.get(triple.object, set()):
            return f"{triple}: the object is no sd:{range_}"
    return None if any("Service" in some for some in kinds.values()) else "no sd:Service"
