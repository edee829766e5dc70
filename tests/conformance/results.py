"""What a query returned and what was expected, compared as the suites ask for it.

Rows are a bag, or a list where the query orders them; blank nodes may have any labels; graphs are
the same if they are isomorphic. Numbers and booleans, and they alone, are compared by value within
their type: SPARQL does not say whether an engine writes two as 2.0 or 2.00.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from tests.conformance.suites import RDF, Term

RS: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
JSON: Final = "application/sparql-results+json"
XML: Final = "application/sparql-results+xml"
CSV: Final = "text/csv"
TSV: Final = "text/tab-separated-values"
TURTLE: Final = "text/turtle"
RDF_XML: Final = "application/rdf+xml"
N_TRIPLES: Final = "application/n-triples"
JSON_LD: Final = "application/ld+json"

TABULAR: Final = {
    JSON: ox.QueryResultsFormat.JSON,
    XML: ox.QueryResultsFormat.XML,
    TSV: ox.QueryResultsFormat.TSV,
}
GRAPHS: Final = {
    TURTLE: ox.RdfFormat.TURTLE,
    RDF_XML: ox.RdfFormat.RDF_XML,
    N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    JSON_LD: ox.RdfFormat.JSON_LD,
}
BY_EXTENSION: Final = {
    ".srx": XML,
    ".srj": JSON,
    ".csv": CSV,
    ".tsv": TSV,
    ".ttl": TURTLE,
    ".nt": N_TRIPLES,
    ".rdf": RDF_XML,
}
_FLOATING: Final = frozenset((XSD + "double", XSD + "float"))

Row = tuple[Term | None, ...]


@dataclass(frozen=True)
class Table:
    """Solutions: the variables in their order, and for each row a term or None for each of them."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]


Graph = frozenset[ox.Triple]
Result = Table | bool | Graph


def read(body: bytes, media_type: str, base: str = "") -> Result:
    """Return what a body says.

    Args:
        body: the bytes.
        media_type: without parameters.
        base: for relative IRIs in a graph.

    Raises:
        ValueError, SyntaxError: it is not of this media type, or of none that is known.
    """
    if media_type in TABULAR:
        found = ox.parse_query_results(body, TABULAR[media_type])
        if isinstance(found, ox.QueryBoolean):
            return bool(found)
        assert isinstance(found, ox.QuerySolutions)
        names = tuple(variable.value for variable in found.variables)
        return Table(names, tuple(tuple(_term(row[n]) for n in names) for row in found))
    if media_type == CSV:
        return _csv(body)
    if media_type not in GRAPHS:
        raise ValueError(f"{media_type or 'nothing'} is no format of results")
    quads = ox.parse(body, format=GRAPHS[media_type], base_iri=base or None)
    return _result_set(frozenset(quad.triple for quad in quads))


def expected(path: Path, base: str) -> Result:
    """Return what the file with the results of a case says."""
    return read(path.read_bytes(), BY_EXTENSION[path.suffix], base)


def as_csv(table: Table) -> Table:
    """Return what is left of solutions in CSV: terms without their types, nothing as empty text."""

    def cell(term: Term | None) -> Term:
        if isinstance(term, ox.BlankNode):
            return term
        return ox.Literal("" if term is None else term.value)

    return Table(table.variables, tuple(tuple(map(cell, row)) for row in table.rows))


def difference(wanted: Result, found: Result, *, ordered: bool = False) -> str | None:
    """Return in a few words how a result differs from the one wanted, or None.

    Args:
        wanted: what is expected.
        found: what came.
        ordered: whether the order of rows counts.
    """
    if type(wanted) is not type(found):
        return f"{type(found).__name__} instead of {type(wanted).__name__}"
    if isinstance(wanted, Table) and isinstance(found, Table):
        return _difference_of_tables(wanted, found, ordered)
    if isinstance(wanted, frozenset) and isinstance(found, frozenset):
        wanted, found = _canonical(wanted), _canonical(found)
        missing, extra = wanted - found, found - wanted
        return None if wanted == found else f"missing {_some(missing)}, not wanted {_some(extra)}"
    return None if wanted == found else f"{found} instead of {wanted}"


def _term(value: Term | ox.Triple | None) -> Term | None:
    assert not isinstance(value, ox.Triple), "a triple is no term of SPARQL 1.1"
    return value


def _csv(body: bytes) -> Table:
    """CSV has no types: a cell is a blank node by its look, or text; empty may be unbound."""
    names, *lines = csv.reader(io.StringIO(body.decode(), newline=""))
    rows = (
        tuple(
            ox.BlankNode(cell[2:]) if cell.startswith("_:") else ox.Literal(cell)
            for cell in (line or [""])  # a line with nothing on it is one empty cell
        )
        for line in lines
    )
    return Table(tuple(names), tuple(rows))


def _result_set(graph: Graph) -> Result:
    """The solutions that a graph describes in the vocabulary of result sets, or the graph."""
    kind, result_set = ox.NamedNode(RDF + "type"), ox.NamedNode(RS + "ResultSet")
    heads = [t.subject for t in graph if t.predicate == kind and t.object == result_set]
    if not heads:
        return graph

    def values(subject: object, name: str) -> list[Term]:
        iri = ox.NamedNode(RS + name)
        found = [_term(t.object) for t in graph if t.subject == subject and t.predicate == iri]
        return [term for term in found if term is not None]

    names = tuple(sorted(v.value for v in values(heads[0], "resultVariable")))
    rows = []
    for solution in values(heads[0], "solution"):
        bound: dict[str, Term] = {}
        for binding in values(solution, "binding"):
            (variable,), (value,) = values(binding, "variable"), values(binding, "value")
            bound[variable.value] = value
        rows.append(tuple(bound.get(name) for name in names))
    return Table(names, tuple(rows))


def _difference_of_tables(wanted: Table, found: Table, ordered: bool) -> str | None:
    if set(wanted.variables) != set(found.variables):
        return f"variables {found.variables} instead of {wanted.variables}"
    places = [found.variables.index(name) for name in wanted.variables]
    want = [tuple(_by_value(term) for term in row) for row in wanted.rows]
    have = [tuple(_by_value(row[place]) for place in places) for row in found.rows]
    if len(want) == len(have):
        if ordered and _same_list(want, have):
            return None
        if not ordered and _same_bag(want, have):
            return None
    missing, extra = Counter(want) - Counter(have), Counter(have) - Counter(want)
    if not missing and not extra:
        return "the same rows in another order"
    return f"missing {_some(missing)}, not wanted {_some(extra)}"


def _by_value(term: Term | None) -> Term | None:
    """A number or boolean in the one spelling of its value; a language tag in lower case."""
    if not isinstance(term, ox.Literal):
        return term
    if term.language:
        return ox.Literal(term.value, language=term.language.lower())
    datatype = term.datatype.value
    try:
        if datatype in _FLOATING:
            number = float(term.value.replace("INF", "inf"))
            return ox.Literal(repr(number), datatype=term.datatype)
        if datatype == XSD + "boolean" and term.value in ("0", "1"):
            return ox.Literal("true" if term.value == "1" else "false", datatype=term.datatype)
        if datatype in (XSD + "decimal", XSD + "integer"):
            plain = format(Decimal(term.value), "f")
            short = plain.rstrip("0").rstrip(".") if "." in plain else plain
            return ox.Literal(short, datatype=term.datatype)
    except (InvalidOperation, ValueError):
        return term
    return term


def _same_list(want: Sequence[Row], have: Sequence[Row]) -> bool:
    labels: dict[Term, Term] = {}
    for wanted, found in zip(want, have, strict=True):
        longer = _relabelled(wanted, found, labels)
        if longer is None:
            return False
        labels = longer
    return True


def _same_bag(want: Sequence[Row], have: Sequence[Row]) -> bool:
    blank = [row for row in want if any(isinstance(term, ox.BlankNode) for term in row)]
    loose = [row for row in have if any(isinstance(term, ox.BlankNode) for term in row)]
    ground = Counter(row for row in want if row not in blank)
    return ground == Counter(row for row in have if row not in loose) and _match(blank, loose, {})


def _match(want: Sequence[Row], have: Sequence[Row], labels: Mapping[Term, Term]) -> bool:
    if not want:
        return not have
    for place, row in enumerate(have):
        longer = _relabelled(want[0], row, labels)
        if longer is not None and _match(want[1:], [*have[:place], *have[place + 1 :]], longer):
            return True
    return False


def _relabelled(wanted: Row, found: Row, labels: Mapping[Term, Term]) -> dict[Term, Term] | None:
    """The pairs of blank nodes, with those that make two rows the same, or None."""
    longer = dict(labels)
    for one, other in zip(wanted, found, strict=True):
        if isinstance(one, ox.BlankNode) and isinstance(other, ox.BlankNode):
            if longer.setdefault(one, other) != other:
                return None
        elif one != other:
            return None
    return longer if len(set(longer.values())) == len(longer) else None


def _canonical(graph: Iterable[ox.Triple]) -> frozenset[ox.Triple]:
    dataset = ox.Dataset()
    for triple in graph:
        value = triple.object
        if not isinstance(value, ox.Triple):
            value = _by_value(value) or value
        dataset.add(ox.Quad(triple.subject, triple.predicate, value))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(quad.triple for quad in dataset)


def _some(things: Iterable[object]) -> str:
    few = sorted(
        " ".join(map(str, thing)) if isinstance(thing, tuple) else str(thing) for thing in things
    )
    return "; ".join(few[:2]) + (f" and {len(few) - 2} more" if len(few) > 2 else "") or "none"
