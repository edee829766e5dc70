"""The links of the documents lead somewhere in a checkout, or the text tells where they do."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from poem_kg.handbook.hooks import COPIED, SECTIONS
from tests.project.tree import ROOT, files

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_REMARK = "`make docs`"

DOCUMENTS = [name for name in files() if name.endswith(".md")]
WRITTEN = {name.removeprefix("docs/") for name in DOCUMENTS if name.startswith("docs/")}
GENERATED = {f"docs/{name}" for names in SECTIONS.values() for name in names} - {
    f"docs/{name}" for name in (*WRITTEN, *COPIED.values())
}
"""The pages that are made when the site is built, as a document names them."""


class Link(NamedTuple):
    """A link to a file of the repository: where it leads, and the section that it stands in."""

    target: str
    mark: str
    section: str


def links_of(text: str, name: str) -> list[Link]:
    """The links of a document that name no other site."""
    found = []
    for section in re.split(r"^(?=#+ )", _FENCE.sub("", text), flags=re.MULTILINE):
        for address in _LINK.findall(section):
            path, _, mark = address.partition("#")
            if not re.match(r"[a-z]+:", address):
                place = posixpath.join(posixpath.dirname(name), path) if path else name
                found.append(Link(posixpath.normpath(place), mark, section))
    return found


def anchors_of(path: Path) -> set[str]:
    """The names of the headings of a document, as code hosts and the site make them."""
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")
        for heading in _HEADING.findall(text)
    }


def wrong(link: Link) -> str | None:
    """What is wrong with a link, if something is."""
    if link.target in GENERATED:
        return None if _REMARK in link.section else f"say that {_REMARK} makes {link.target}"
    path = ROOT / link.target
    if not path.exists():
        return f"{link.target} is not there"
    if link.mark and path.suffix == ".md" and link.mark not in anchors_of(path):
        return f"{link.target} has no heading for #{link.mark}"
    return None


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere_in_a_checkout(name: str) -> None:
    links = links_of((ROOT / name).read_text(encoding="utf-8"), name)

    assert [reason for link in links if (reason := wrong(link))] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[a](nowhere.md)", "docs/nowhere.md is not there"),
        ("[a](project/results.md)", "docs/project/results.md is not there"),
        ("[a](export.md#nothing)", "docs/export.md has no heading for #nothing"),
        ("# One\n`make docs`\n# Two\n[a](cookbook.md#b)", "`make docs` makes docs/cookbook.md"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(text: str, reason: str) -> None:
    (link,) = links_of(text, "docs/index.md")

    assert reason in str(wrong(link))


@pytest.mark.parametrize(
    "text", ["[a](../README.md)", "[a](#where-to-begin)", "`make docs` makes [a](cookbook.md#b)"]
)
def test_a_link_that_leads_somewhere_passes(text: str) -> None:
    assert [wrong(link) for link in links_of(text, "docs/index.md")] == [None]
    assert links_of("[a](https://example.org/)\n```sh\n[b](c.md)\n```\n", "docs/index.md") == []
