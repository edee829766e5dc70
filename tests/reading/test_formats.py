"""One graph is one graph in every format."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.reading import read_graph
from tests.reading.conftest import read

SAME = {
    "turtle": """@prefix e: <http://e.org/> .
e:p e:has [ e:value 12.5 ; e:next [ e:on "2024-02-29"^^<http://www.w3.org/2001/XMLSchema#date> ] ] ;
    e:label "Ösophagus"@de .
""",
    "n-triples": r"""<http://e.org/p> <http://e.org/has> _:x .
_:x <http://e.org/value> "12.5"^^<http://www.w3.org/2001/XMLSchema#decimal> .
_:x <http://e.org/next> _:y .
_:y <http://e.org/on> "2024-02-29"^^<http://www.w3.org/2001/XMLSchema#date> .
<http://e.org/p> <http://e.org/label> "\u00D6sophagus"@de .
""",
    "n-quads": """_:y <http://e.org/on> "2024-02-29"^^<http://www.w3.org/2001/XMLSchema#date> .
<http://e.org/p> <http://e.org/has> _:x <http://e.org/g> .
_:x <http://e.org/value> "12.5"^^<http://www.w3.org/2001/XMLSchema#decimal> <http://e.org/g> .
_:x <http://e.org/next> _:y .
<http://e.org/p> <http://e.org/label> "Ösophagus"@de .
""",
    "trig": """PREFIX e: <http://e.org/>
GRAPH e:g { e:p e:has _:a . _:a e:value 12.5 ; e:next _:b }
_:b e:on "2024-02-29"^^<http://www.w3.org/2001/XMLSchema#date> . e:p e:label '''Ösophagus'''@de .
""",
    "rdf-xml": """<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.org/">
 <rdf:Description rdf:about="http://e.org/p">
  <e:label xml:lang="de">Ösophagus</e:label>
  <e:has><rdf:Description>
   <e:value rdf:datatype="http://www.w3.org/2001/XMLSchema#decimal">12.5</e:value>
   <e:next><rdf:Description>
    <e:on rdf:datatype="http://www.w3.org/2001/XMLSchema#date">2024-02-29</e:on>
   </rdf:Description></e:next>
  </rdf:Description></e:has>
 </rdf:Description>
</rdf:RDF>
""",
    "json-ld": """{"@context": {"@vocab": "http://e.org/", "xsd": "http://www.w3.org/2001/XMLSchema#",
  "value": {"@type": "xsd:decimal"}, "on": {"@type": "xsd:date"}, "label": {"@language": "de"}},
 "@id": "http://e.org/p", "label": "Ösophagus",
 "has": {"value": 12.5, "next": {"on": "2024-02-29"}}}
""",
}
FORMAT_NAMES = sorted(SAME)
EXTENSIONS = {
    "ttl": "turtle",
    "nt": "n-triples",
    "nq": "n-quads",
    "trig": "trig",
    "rdf": "rdf-xml",
    "owl": "rdf-xml",
    "xml": "rdf-xml",
    "jsonld": "json-ld",
    "json": "json-ld",
}


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_the_same_graph_gives_the_same_triples_and_graph_digest_in_every_format(name: str) -> None:
    expected = read(SAME["turtle"], "turtle")
    found = read(SAME[name], name)
    assert found.graph_digest == expected.graph_digest
    assert found.triples == expected.triples
    assert len(found.triples) == 5


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_no_blank_node_comes_through(name: str) -> None:
    graph = read(SAME[name], name)
    nodes = {node for t in graph.triples for node in (t.subject, t.object)}
    assert not any(isinstance(node, ox.BlankNode) for node in nodes)
    stem = f"urn:poem-kg:node:{graph.graph_digest[7:23]}:c14n"
    assert sum(isinstance(n, ox.NamedNode) and n.value.startswith(stem) for n in nodes) == 2


def test_a_graph_without_blank_nodes_has_the_digest_that_rdfc_gives_it() -> None:
    text = '<a:b> <a:c> "x\\t\\"é\\\\", 5 . <a:a> <a:c> <a:b>, <a:b> .'
    quads = ox.Dataset(ox.parse(text.encode(), ox.RdfFormat.TURTLE))
    quads.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    assert lines is not None
    expected = hashlib.sha256(b"".join(sorted(lines.splitlines(keepends=True)))).hexdigest()
    assert read(text, "turtle").graph_digest == f"sha256:{expected}"


def test_a_blank_node_has_the_label_that_rdfc_gives_it() -> None:
    expected = hashlib.sha256(b'_:c14n0 <a:b> "1" .\n').hexdigest()
    graph = read('[] <a:b> "1" .', "turtle")
    assert graph.graph_digest == f"sha256:{expected}"
    assert str(graph.triples[0].subject) == f"<urn:poem-kg:node:{expected[:16]}:c14n0>"


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_the_text_tells_its_format(name: str) -> None:
    expected = "trig" if name in ("turtle", "n-triples") else name
    assert read(SAME[name]).format == expected


def test_n_quads_are_told_after_comments_and_lines_without_a_graph() -> None:
    assert read("# quads\n\n" + SAME["n-quads"]).format == "n-quads"


@pytest.mark.parametrize("text", ["[] <a:b> <a:c> .", "[\n<a:b> <a:c>] .", "{ <a:a> <a:b> 1 }"])
def test_turtle_and_trig_that_begin_with_a_bracket_are_not_taken_for_json(text: str) -> None:
    assert read(text).format == "trig"


@pytest.mark.parametrize(("extension", "name"), EXTENSIONS.items())
def test_the_extension_tells_the_format(extension: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / f"patient.{extension.upper()}"
    path.write_text(SAME[name], encoding="utf-8")
    assert read_graph(path).format == name


def test_an_explicit_format_wins_over_the_extension(tmp_path: Path) -> None:
    path = tmp_path / "patient.json"
    path.write_text(SAME["turtle"], encoding="utf-8")
    assert read_graph(path, format="text/turtle; charset=utf-8").format == "turtle"


def test_a_dash_is_the_standard_input() -> None:
    graph = read_graph("-", stdin=io.BytesIO(b"<a:a> <a:b> <a:c> ."))
    assert (graph.name, len(graph.triples)) == ("-", 1)


def test_the_digest_is_that_of_the_bytes_as_given_with_mark_and_line_ends() -> None:
    data = b"\xef\xbb\xbf<a:a> <a:b> <a:c> .\r\n"
    graph = read(data)
    assert graph.digest == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert graph.graph_digest == read("<a:a><a:b><a:c>.").graph_digest


def test_reading_twice_gives_the_same_bytes() -> None:
    found = {repr((g.triples, g.graph_digest)) for g in (read(SAME["trig"]) for _ in range(20))}
    assert len(found) == 1


def test_triples_come_in_the_order_of_their_lines() -> None:
    graph = read("[] <a:b> 1 . <v:a> <a:b> 1 . <a:a> <a:b> 1 .")
    lines = [f"{triple} ." for triple in graph.triples]
    assert lines == sorted(lines)
    assert len(lines) == 3


def test_triples_stated_twice_are_there_once() -> None:
    assert len(read("<a:a> <a:b> 1, 1 . <a:g> { <a:a> <a:b> 1 }", "trig").triples) == 1


def test_a_base_given_by_the_caller_resolves_relative_iris() -> None:
    graph = read("<x> <a:b> <a:c> .", "turtle", base_iri="http://e.org/")
    assert graph.triples[0].subject == ox.NamedNode("http://e.org/x")


def test_a_base_declared_in_the_file_resolves_relative_iris() -> None:
    graph = read("@base <http://e.org/> . <x> <a:b> <a:c> .", "turtle")
    assert graph.triples[0].subject == ox.NamedNode("http://e.org/x")


def test_lines_point_to_where_an_iri_is_first_written() -> None:
    graph = read("@prefix e: <http://e.org/> .\n\ne:p\n  e:has <http://e.org/q> .\n", "turtle")
    assert graph.lines == {"http://e.org/p": 3, "http://e.org/has": 4, "http://e.org/q": 4}
    assert graph.where("http://e.org/q") == "-:4"
    assert graph.where("http://e.org/nowhere") == "-"
