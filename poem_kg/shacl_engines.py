"""The two SHACL engines behind one function: N-Triples in, rows of results out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pyoxigraph as ox

from poem_kg.errors import KnowledgeError, ToolMissing
from poem_kg.namespaces import SH, XSD

Engine = Literal["auto", "shacl", "pyshacl"]
ResultRow = tuple[str, str | None, str | None, str, str, str]
"""Focus, path, value, severity, message and shape of one result.

A blank node begins with `_:`; of a severity of SHACL only the local name stands here.
"""
RawReport = Callable[[bytes], list[ResultRow]]
_STRING = XSD + "string"


def compiled(text: str, engine: Engine) -> tuple[str, RawReport]:
    """Return the name of the engine that will run, and the function that runs it on N-Triples.

    Args:
        text: the shapes, in Turtle.
        engine: "shacl" (fast), "pyshacl" (reference), or "auto": the fast one if it is installed.

    Raises:
        KnowledgeError: the shapes are broken; the function raises it as well.
        ToolMissing: the engine is not installed.
    """
    if engine != "pyshacl":
        try:
            return "shacl", _rust(text)
        except ImportError:
            if engine == "shacl":
                raise ToolMissing("shacl is not installed; pip install shacl") from None
    try:
        return "pyshacl", _pyshacl(text)
    except ImportError:
        raise ToolMissing("no SHACL engine is installed; pip install shacl or pyshacl") from None


def _rust(text: str) -> RawReport:
    import shacl

    try:
        shapes = shacl.Shapes.from_text(text)
    except ValueError as error:
        raise KnowledgeError(f"shapes: {error}; correct the Turtle") from None

    def run(data: bytes) -> list[ResultRow]:
        try:
            report = shapes.validate_text(data.decode(), format="ntriples")
        except ValueError as error:
            raise KnowledgeError(f"shapes: {error}; correct the shape") from None
        return [
            (
                _plain(result.focus_node),
                _simple_path(result.path),
                result.value if _is_blank(result.value) else result.value_plain,
                result.severity_iri.removeprefix(SH),
                result.message or "",
                _plain(result.source_shape or ""),
            )
            for result in report.results
        ]

    return run


def _is_blank(term: str | None) -> bool:
    return term is not None and term.startswith("_:")


def _plain(term: str) -> str:
    """An IRI without its brackets; anything else as it is."""
    return term[1:-1] if term.startswith("<") else term


def _simple_path(path: str | None) -> str | None:
    """The IRI of a path that is one property, or None."""
    simple = path is not None and path.startswith("<") and ">" not in path[:-1]
    return _plain(path) if path is not None and simple else None


def _pyshacl(text: str) -> RawReport:
    import pyshacl
    from rdflib import BNode, Graph, URIRef

    try:
        shapes = Graph().parse(data=text, format="turtle")
    except SyntaxError as error:
        raise KnowledgeError(f"shapes: {error}; correct the Turtle") from None
    result = URIRef(SH + "result")  # not sh:detail, which has results as well

    def run(data: bytes) -> list[ResultRow]:
        try:
            _, report, _ = pyshacl.validate(
                _rdflib_graph(data), shacl_graph=shapes, inference="none", advanced=False
            )
        except Exception as error:  # pySHACL and rdflib raise whatever comes to hand
            raise KnowledgeError(f"shapes: {error}; correct the shape") from None
        if not isinstance(report, Graph):  # a failure in the sense of SHACL, section 3.4.1
            raise KnowledgeError(f"shapes: {report}; correct the shape")
        return [_row(report, node) for node in report.objects(None, result)]

    def _row(report: Any, node: Any) -> ResultRow:
        found = {
            name: report.value(node, URIRef(SH + name))
            for name in ("focusNode", "resultPath", "value", "resultSeverity", "sourceShape")
        }
        path, value, shape = found["resultPath"], found["value"], found["sourceShape"]
        # A query's own message is the more precise one; pySHACL gives that of the shape as well.
        general = {str(message) for message in shapes.objects(shape, URIRef(SH + "message"))}
        messages = {str(message) for message in report.objects(node, URIRef(SH + "resultMessage"))}
        return (
            named(found["focusNode"]),
            str(path) if isinstance(path, URIRef) else None,
            None if value is None else named(value),
            str(found["resultSeverity"]).removeprefix(SH),
            min(messages - general or messages, default=""),
            named(shape),
        )

    def named(node: Any) -> str:
        return f"_:{node}" if isinstance(node, BNode) else str(node)

    return run


def _rdflib_graph(data: bytes) -> Any:
    """N-Triples as an rdflib graph whose literals keep the form in which they were written."""
    from rdflib import BNode, Graph, Literal, URIRef

    def term(node: Any) -> Any:
        if isinstance(node, ox.BlankNode):
            return BNode(node.value)
        if isinstance(node, ox.Literal):
            if node.language:
                return Literal(node.value, lang=node.language)
            if node.datatype.value == _STRING:  # rdflib tells "a" from "a"^^xsd:string
                return Literal(node.value)
            return Literal(node.value, datatype=URIRef(node.datatype.value), normalize=False)
        return URIRef(node.value)

    graph = Graph()
    for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES):
        graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))
    return graph
