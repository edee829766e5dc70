"""A page is known by its sentences, and a page that says something else is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg import KnowledgeBase
from poem_kg.authoring.edits import Edits
from poem_kg.errors import InputError
from poem_kg.knowledge import parse_module
from poem_kg.namespaces import SOURCE
from poem_kg.tracing.holding import held_against, read_page, told
from poem_kg.tracing.page import digest, sentences
from tests.authoring.made_up import copied

PAGE = """An invented heading

One invented sentence. And another, of the Inv. Society (2031). 1

  • A point with 3.5 kg: no end
    • A point below it
"""
SENTENCES = (
    "An invented heading",
    "One invented sentence.",
    "And another, of the Inv.",
    "Society (2031). 1",
    "A point with 3.5 kg: no end",
    "A point below it",
)
PASSAGES = """@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix poemkg: <https://w3id.org/poem-kg/ontology/> .
@prefix source: <https://w3id.org/poem-kg/source/> .
"""


def test_a_page_is_its_lines_and_the_sentences_in_them() -> None:
    assert sentences(PAGE) == SENTENCES


@pytest.mark.parametrize("same", ["a  b", " a b ", "a\tb", "a\u00a0b"])
def test_a_digest_does_not_rest_on_spaces(same: str) -> None:
    assert digest(same) == digest("a b")
    assert digest("caf\u00e9") == digest("cafe\u0301")
    assert digest("a b") != digest("a c")
    assert digest("a b") == (
        "sha256:c8687a08aa5d6ed2044328fa6a697ab8e96dc34291e8c2034ae8c38e6fcc6d65"
    )


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """A knowledge in which an invented page has its passages."""
    ontology = copied(tmp_path_factory.mktemp("page"))
    path = ontology / "invented.ttl"
    blocks = [
        f"source:invented-passage-{n} a poemkg:Passage ; poemkg:ofSource source:mja2021 ;"
        f' poemkg:ordinal {n} ; poemkg:locator "line {n}" ; poemkg:textDigest "{digest(text)}" .\n'
        for n, text in enumerate(SENTENCES, 1)
    ]
    path.write_text(PASSAGES + "".join(blocks), encoding="utf-8")
    edits = Edits(ontology)
    edits.add(edits.root / "sources.ttl", parse_module(path))
    path.unlink()
    edits.write({})
    return KnowledgeBase.load(ontology=ontology)


def test_the_same_page_is_the_same(kb: KnowledgeBase) -> None:
    held = held_against(PAGE, kb, source="mja2021")

    assert held.same
    assert told(held, "page") == "page: says what the 6 passages were drawn from\n"


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (
            "3.5 kg",
            "35 kg",
            [
                "page: passage 5 is not there as it was (line 5); see source:invented-passage-5",
                "page: sentence 5 has no passage (A point with 35 kg: no end); model it, or say "
                "why not",
            ],
        ),
        (
            "One invented sentence. ",
            "",
            ["page: passage 2 is not there as it was (line 2); see source:invented-passage-2"],
        ),
        (
            "below it",
            "below it\n    • One more point",
            ["page: sentence 7 has no passage (One more point); model it, or say why not"],
        ),
        (
            "below it",
            "below it\nAn invented heading",
            ["page: sentence 7 has no passage (An invented heading); model it, or say why not"],
        ),
    ],
)
def test_what_a_page_says_otherwise_is_told(
    kb: KnowledgeBase, old: str, new: str, lines: list[str]
) -> None:
    held = held_against(PAGE.replace(old, new), kb, source="mja2021")

    assert told(held, "page").splitlines() == lines
    assert not held.same


def test_another_order_is_told(kb: KnowledgeBase) -> None:
    first, rest = PAGE.split("\n", 1)

    held = held_against(f"{rest}\n{first}\n", kb, source="source:mja2021")

    assert told(held, "p") == "p: the same sentences stand in another order; see the ordinals\n"


def test_of_several_pages_one_is_named(kb: KnowledgeBase) -> None:
    with pytest.raises(InputError, match="--source: is missing; name the source of the page"):
        held_against(PAGE, kb)
    with pytest.raises(InputError, match="--source aga2017: has no passages"):
        held_against(PAGE, kb, source="aga2017")
    assert held_against(PAGE, kb, source=SOURCE + "mja2021").same


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(b"%PDF\xff\xfe")

    with pytest.raises(InputError, match="is no UTF-8 text; save the page as plain text"):
        read_page(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_page(tmp_path / "nowhere.txt")
