"""A comment that stands at no term that can be told is refused, not noted of another."""

from __future__ import annotations

import pytest

from poem_kg.errors import InputError
from poem_kg.formatting import format_text

EX = "@prefix ex: <http://e/> .\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{EX}(1 2) a ex:B . # r", 2),
        (f"{EX}(ex:x ex:y) a ex:B . # this is about the list\nex:x a ex:C .", 2),
        (f"{EX}((ex:x) [ ex:p (ex:y) ] ) a ex:B ; # r\n  ex:p 1 .\nex:x a ex:C .", 2),
        (f"{EX}() a ex:B . # r", 2),
        (f"{EX}[ ex:p ex:x ] a ex:B . # r\nex:x a ex:C .", 2),
    ],
)
def test_a_comment_at_a_list_or_a_blank_node_stands_at_no_term(text: str, line: int) -> None:
    with pytest.raises(InputError) as refused:
        format_text(text, name="a.ttl", notes=True)

    assert str(refused.value).startswith(f"a.ttl:{line}: the comment stands at no term with an IRI")


@pytest.mark.parametrize(
    ("base", "written", "meant"),
    [
        ("http://e/", "x/y:z", "http://e/x/y:z"),
        ("http://e/a?b", "#c", "http://e/a?b#c"),
        ("urn:x:y", "z", "urn:z"),
        ("tag:e,2031:a/b/c", "../d", "tag:e,2031:a/d"),
        ("http://e/", "urn:a", "urn:a"),
    ],
)
def test_a_comment_stands_at_a_term_that_is_written_below_a_base(
    base: str, written: str, meant: str
) -> None:
    text = format_text(f"@base <{base}> .\n<{written}> a <urn:T> . # r", notes=True)

    block = text[text.index(f"<{meant}>\n") :]
    assert 'skos:editorialNote "r"@en' in block


def test_after_a_list_that_is_a_subject_terms_have_their_comments() -> None:
    text = format_text(f"{EX}(ex:x ex:y) a ex:B .\nex:a a ex:C . # of a", notes=True)

    assert text.index("<http://e/a>\n") < text.index('skos:editorialNote "of a"@en')
