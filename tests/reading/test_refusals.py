"""What is refused before a parser sees it, and what the parser's answer becomes."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from poem_kg.errors import InputError, LimitExceeded
from poem_kg.limits import Limits
from poem_kg.reading import read_graph
from tests.reading.conftest import read, refusal

RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.org/">'
    "{}</rdf:RDF>"
)
XML = RDF.format('<rdf:Description rdf:about="a:b" e:p="1"/>')
TRIPLE = "<a:a> <a:b> <a:c> ."


def file_refusal(path: Path | str) -> str:
    with pytest.raises(InputError) as caught:
        read_graph(path)
    return str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.ttl"
    assert file_refusal(path) == f"{path}: no such file; check the path"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "is a folder" in file_refusal(tmp_path)


def test_an_address_is_not_fetched() -> None:
    assert "nothing is read from the network" in file_refusal("http://localhost/patient.ttl")


def test_a_file_name_cannot_break_the_line_or_turn_the_direction_of_writing() -> None:
    line = file_refusal("a\nb\u202e\x1b[31m" + "x" * 500)
    assert line.isprintable()
    assert len(line) <= 300
    assert line.endswith("check the path")


@pytest.mark.parametrize("content", [b"", b" \r\n\t ", b"\xef\xbb\xbf"])
def test_an_empty_input_is_refused(content: bytes) -> None:
    assert "is empty" in refusal(content)


@pytest.mark.parametrize("content", ["@prefix e: <http://e.org/> .", "{}", RDF.format("")])
def test_an_input_without_triples_is_refused(content: str) -> None:
    assert "holds no triples" in refusal(content)


def test_a_body_is_read_up_to_its_limit_and_no_further() -> None:
    size = Limits(body_bytes=len(TRIPLE))
    assert len(read(TRIPLE, limits=size).triples) == 1
    assert "is larger than" in refusal(TRIPLE + "\n", limits=size)


def test_a_compressed_file_is_refused() -> None:
    assert "compressed" in refusal(gzip.compress(TRIPLE.encode()))


def test_a_binary_file_is_refused_with_its_line() -> None:
    assert refusal(b"<a:a>\n\x00").startswith("-:2: holds a NUL byte")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wide_encodings_are_told_by_their_mark(encoding: str) -> None:
    assert "is in UTF-16 or UTF-32; save it as UTF-8" in refusal(TRIPLE.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_encodings_without_a_mark_are_refused(encoding: str) -> None:
    assert "binary or in UTF-16" in refusal(TRIPLE.encode(encoding))


def test_latin_1_is_refused_with_its_line() -> None:
    assert refusal('<a:a>\n<a:b> "é" .'.encode("latin-1")).startswith("-:2: is not in UTF-8")


def test_an_xml_declaration_of_another_encoding_is_refused() -> None:
    assert "UTF-8" in refusal('<?xml version="1.0" encoding="ISO-8859-1"?>' + XML)


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    assert "use one of turtle" in refusal(TRIPLE, "n3")


@pytest.mark.parametrize(
    ("format", "opening", "closing", "levels"),
    [
        ("turtle", "[ <a:b> ", "]", 1),
        ("trig", "( ", ")", 1),
        ("rdf-xml", "<rdf:Description><e:p>", "</e:p></rdf:Description>", 2),
        ("json-ld", '{"a:b": ', "}", 1),
        ("json-ld", "[", "]", 1),
    ],
)
def test_nesting_is_allowed_up_to_its_limit(
    format: str, opening: str, closing: str, levels: int
) -> None:
    frame = {
        "turtle": ("<a:a> <a:b> {} .", 0),
        "trig": ("<a:a> <a:b> {} .", 0),
        "rdf-xml": (RDF, 1),
        "json-ld": ('{{"@id": "a:a", "a:b": {}}}', 1),
    }
    text, outside = frame[format]
    inner = {"turtle": "1", "trig": "1", "rdf-xml": "1", "json-ld": "1"}[format]

    def nested(times: int) -> str:
        return text.format(opening * times + inner + closing * times)

    limits = Limits(nesting=outside + 10 * levels)
    assert read(nested(10), format, limits=limits).triples
    assert "nests deeper than" in refusal(nested(11), format, limits=limits)


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("<a:a> <a:b> [], [], (), [] .", "turtle"),
        ('{"@id": "a:a", "a:b": [1], "a:c": [2], "a:d": [3]}', "json-ld"),
        (RDF.format('<rdf:Description e:p="1"/>' * 3), "rdf-xml"),
        (RDF.format('<rdf:Description e:p="1"></rdf:Description>' * 3), "rdf-xml"),
    ],
)
def test_what_stands_side_by_side_does_not_nest(text: str, format: str) -> None:
    assert read(text, format, limits=Limits(nesting=2)).triples


def test_brackets_in_json_strings_do_not_count_and_cannot_hide() -> None:
    limits = Limits(nesting=2)
    assert read('{"@id": "a:a", "a:b": "\\"[[[\\"{{{"}', "json-ld", limits=limits).triples
    assert "nests deeper" in refusal('{"a:b\\\\": [[[]]]}', "json-ld", limits=limits)


@pytest.mark.parametrize("bracket", ["{", "[", "("])
def test_a_nesting_bomb_is_refused_before_the_parser(bracket: str) -> None:
    assert "nests deeper than 128 levels" in refusal("<a:a> <a:b> " + bracket * 2150, "trig")


def test_a_json_nesting_bomb_is_refused_before_the_parser() -> None:
    assert "nests deeper than 128 levels" in refusal('{"a:b":' * 5000 + "1" + "}" * 5000)


@pytest.mark.parametrize(
    "text",
    [
        "<a:a> <a:b> \"[[[\" , \"\"\"[[[\"[[\"\"\" , '(((' , '''{{{'{''' .",
        '<a:a> <a:b> "\\"[[[" .',
        "<a:a> <a:b> 1 . # [[[[",
        "<a:(((> <a:b> 1 .",
        "@prefix e: <a:> . e:a\\(\\(\\( <a:b> 1 .",
    ],
)
def test_brackets_in_strings_iris_comments_and_escapes_do_not_count(text: str) -> None:
    assert read(text, "turtle", limits=Limits(nesting=1)).triples


@pytest.mark.parametrize(
    "text",
    [
        '<a:a> <a:b> "\'", [[[',
        "<a:a> <a:b> '\"', [[[",
        '<a:a> <a:b> "\\\\", [[[',
        '<a:a> <a:b> """""", [[[',
        "<a:a#b> <a:b> [[[",
        "<a:a> <a:b> 1 . # '\n[[[",
    ],
)
def test_brackets_cannot_hide_behind_what_looks_like_a_string_or_comment(text: str) -> None:
    assert "nests deeper" in refusal(text, "turtle", limits=Limits(nesting=2))


def test_tags_in_comments_sections_and_attributes_do_not_count() -> None:
    inside = "<!-- <a><a><a> - -- --><?x <a><a>?>"
    text = inside + RDF.format(
        '<rdf:Description rdf:about="a:b" e:p="&lt;a>/>"><e:q><![CDATA[<a><a>]]]></e:q>'
        "</rdf:Description>"
    )
    assert len(read(text, "rdf-xml", limits=Limits(nesting=3)).triples) == 2


@pytest.mark.parametrize(
    "declaration",
    [
        "<!DOCTYPE rdf:RDF>",
        '<!doctype rdf:RDF [<!ENTITY x "y">]>',
        "<!--> <!DOCTYPE x> -->",
        "<!-- --><! \n DocType x>",
        "<?x?><!DOCTYPE\nx>",
        "<!ENTITY x 'y'>",
    ],
)
def test_a_document_type_is_refused_however_it_is_dressed(declaration: str) -> None:
    assert "document type or entity declaration" in refusal(declaration + XML, "rdf-xml")


def test_an_entity_bomb_is_refused_before_the_parser() -> None:
    entities = "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(30))
    bomb = f'<!DOCTYPE rdf:RDF [<!ENTITY e0 "boom">{entities}]>' + RDF.format("&e30;")
    assert "document type or entity declaration" in refusal(bomb)


@pytest.mark.parametrize("text", ["<!-- " * 50_000, "<a b='" * 50_000, "<?" * 50_000])
def test_what_has_no_end_in_xml_is_refused_in_linear_time(text: str) -> None:
    assert "has no end" in refusal(text, "rdf-xml", limits=Limits(seconds=2))


@pytest.mark.parametrize("text", ['"""' * 99_999, "'" * 100_001, "<" * 100_000, '"\\' * 100_000])
def test_what_has_no_end_in_turtle_is_refused_in_linear_time(text: str) -> None:
    assert "takes longer" not in refusal(text, "turtle", limits=Limits(seconds=2))


@pytest.mark.parametrize("iri", ["<x>", "<>", "<#x>", "<?x>", "<../../x>", "<//e.org/x>", "</x>"])
def test_a_relative_iri_is_refused_in_every_spelling(iri: str) -> None:
    assert "is relative" in refusal(f"<a:a> <a:b> {iri} .", "turtle")


@pytest.mark.parametrize(
    "text",
    [
        '<a:a> <a:b> "1"^^<x> .',
        "<x> <a:b> 1 .",
        "<a:a> <x> 1 .",
        "GRAPH <x> { <a:a> <a:b> 1 }",
    ],
)
def test_a_relative_iri_is_refused_in_every_position(text: str) -> None:
    assert "is relative" in refusal(text, "trig")


def test_a_relative_iri_is_refused_in_xml_and_json() -> None:
    assert "is relative" in refusal(RDF.format('<rdf:Description rdf:ID="x" e:p="1"/>'))
    assert "is relative" in refusal('{"@id": "x", "a:b": 1}')


@pytest.mark.parametrize(
    "text",
    [
        "<a:a> <a:b> <<( <a:a> <a:b> <a:c> )>> .",
        "<< <a:a> <a:b> <a:c> >> <a:b> 1 .",
        "<a:a> <a:b> <a:c> {| <a:b> 1 |} .",
        "<a:a> <a:b> <a:c> ~ <a:r> .",
        "<a:a> <a:b> " + "<<( <a:a> <a:b> " * 100_000,
    ],
)
def test_triple_terms_are_refused(text: str) -> None:
    assert "holds a triple term" in refusal(text, "turtle")


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ('<a:a> <a:b> "x"@ar--rtl .', "turtle"),
        ('{"@id":"a:a","a:b":{"@value":"x","@language":"ar","@direction":"rtl"}}', "json-ld"),
    ],
)
def test_strings_with_a_direction_are_refused(text: str, format: str) -> None:
    assert "direction" in refusal(text, format)


@pytest.mark.parametrize(
    ("text", "format", "start"),
    [
        ("<a:a> <a:b> <a:c> .\n<a:a> <a:b> .", "turtle", "-:2: is no Turtle"),
        ("<a:a> <a:b> <a:c> .\n\n<a:a> 5 6 .", "n-triples", "-:3: is no N-Triples"),
        ("<a:a> <a:b> <a:c> .\n<a:a> <a:b> <a:c> <a:d> <a:e> .", "n-quads", "-:2: is no N-Quads"),
        ("<a:g> {\n<a:a> <a:b> }", "trig", "-:2: is no TriG"),
        (RDF.format("\n<e:a></e:b>"), "rdf-xml", "-:2: is no RDF/XML"),
        ('{"@id": "a:a",\n\n"a:b": tru}', "json-ld", "-:3: is no JSON"),
        ('{"@id": "a:a", "@type": 3}', "json-ld", "-: is no JSON-LD (@type"),
    ],
)
def test_a_syntax_error_is_one_line_with_its_place(text: str, format: str, start: str) -> None:
    line = refusal(text, format)
    assert line.startswith(start)
    assert "Parser error" not in line


def test_an_illegal_iri_is_refused() -> None:
    assert refusal("<a:a>\n<a:b> <http://e.org/a b> .", "turtle").startswith("-:2: an IRI")


def test_a_graph_of_look_alike_blank_nodes_ends_at_the_deadline() -> None:
    clique = "".join(f"_:b{i} <a:b> _:b{j} .\n" for i in range(12) for j in range(12) if i != j)
    with pytest.raises(LimitExceeded, match=r"takes longer than 0\.5 s"):
        read(clique, "turtle", limits=Limits(seconds=0.5))


def test_a_text_that_swells_when_written_in_full_is_refused() -> None:
    text = f"@prefix e: <http://e.org/{'x' * 10_000}> .\n" + "e:a e:b e:c, e:d, e:e .\n"
    assert read(text, "turtle", limits=Limits(result_bytes=200_000)).triples
    assert "comes to more than" in refusal(text, "turtle", limits=Limits(result_bytes=50_000))
