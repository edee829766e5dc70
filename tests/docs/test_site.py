"""The site holds what it promises, leads nowhere in vain, and is shown under our content policy."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from typer.main import get_command

import poem_kg
from poem_kg.catalogue import read_queries
from poem_kg.cli.main import app
from poem_kg.errors import KnowledgeError
from poem_kg.handbook import building
from poem_kg.handbook.contents import Contents, anchor, page_of
from poem_kg.handbook.hooks import REST, SECTIONS
from poem_kg.handbook.pictures import PARTS
from poem_kg.namespaces import compact
from poem_kg.resources import data_dir
from tests.docs.site import Site
from tests.docs.test_links import GENERATED
from tests.project.tree import ROOT


@pytest.fixture(scope="module")
def contents() -> Contents:
    return Contents()


def test_every_link_leads_somewhere(site: Site) -> None:
    assert site.dead() == []


def test_the_pages_that_a_checkout_lacks_are_in_the_site(site: Site) -> None:
    assert GENERATED
    for name in GENERATED:
        assert name.removeprefix("docs/").replace(".md", ".html") in site.pages, name


def test_pages_hold_no_script_and_no_style(site: Site) -> None:
    found = {name: parts.inline for name, parts in site.pages.items() if parts.inline}

    assert found == {}


def test_pages_load_nothing_from_elsewhere(site: Site) -> None:
    loads = {load for parts in site.pages.values() for load in parts.loads}

    assert loads and not [load for load in loads if re.match(r"[a-z]+:|//", load)]


def test_style_sheets_load_files_of_the_site_alone(site: Site) -> None:
    sheets = sorted(site.folder.rglob("*.css"))
    addresses = [
        (sheet, address)
        for sheet in sheets
        for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", sheet.read_text(encoding="utf-8"))
    ]

    assert len(addresses) > 20
    for sheet, address in addresses:
        assert (sheet.parent / address).is_file(), f"{sheet.name}: {address}"
    assert not [s for s in sheets if "@import" in s.read_text(encoding="utf-8")]


def test_every_term_has_an_entry_that_says_what_it_is(site: Site, contents: Contents) -> None:
    entries = {
        iri: f"ontology/{page_of(home)}.html" for iri, home in contents.homes.items() if iri != home
    }

    assert len(entries) > 1000
    for iri, page in entries.items():
        assert anchor(iri) in site.pages[page].names, iri
        says = contents.shown.says(iri)
        assert says is None or " ".join(says.text.split()) in site.pages[page].text, iri


def test_an_entry_names_file_and_line(site: Site) -> None:
    line = (
        (ROOT / "ontology/disorders.ttl").read_text().split("\npoemkg:Achalasia\n")[0].count("\n")
    )

    assert f"ontology/disorders.ttl:{line + 2}" in site.pages["ontology/disorders.html"].text


def test_an_entry_tells_what_names_the_term(site: Site) -> None:
    page = (site.folder / "ontology/procedures.html").read_text(encoding="utf-8")
    entry = page.split('id="PneumaticDilation"')[1].split("<h2")[0]

    assert "therapy of" in entry and "guideline-droracle-2025.html#statement-" in entry


def test_the_cookbook_answers_every_question(site: Site) -> None:
    page = site.pages["cookbook.html"]
    queries = read_queries(data_dir("queries") / "ask")

    assert len(queries) > 40
    for query in queries:
        name = query.name.split("/")[1]
        assert name in page.names and f"poem-kg query {name}" in page.text, name
        assert query.summary in page.text
    assert page.text.count("Answer: ") == len(queries)
    assert "Answer: no rows" not in page.text, "give the front matter of the query an example"


def test_an_answer_of_the_cookbook_is_what_the_query_answers(
    site: Site, contents: Contents
) -> None:
    page = (site.folder / "cookbook.html").read_text(encoding="utf-8")
    section = page.split('id="claim"')[1].split("<h3")[0]

    (row,) = contents.kb.ask("claim", claim="C39").rows

    assert "poem-kg query claim --param claim=C39" in html.unescape(re.sub("<[^>]*>", "", section))
    assert "Answer: 1 row" in section
    for term in row:
        assert term is None or html.escape(compact(term.value)) in section  # type: ignore[union-attr]


def test_the_python_reference_has_every_public_name(site: Site) -> None:
    names = {
        name for page, parts in site.pages.items() if "python/" in page for name in parts.names
    }

    for name in poem_kg.__all__:
        assert f"{getattr(poem_kg, name).__module__}.{name}" in names


def test_the_reference_of_commands_has_every_one(site: Site) -> None:
    names = site.pages["commands.html"].names

    commands = get_command(app).commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        inner = getattr(command, "commands", None)
        assert {f"{name}-{each}" for each in inner} <= names if inner else name in names


def test_every_page_stands_in_the_navigation_under_a_section(site: Site) -> None:
    named = {name for names in SECTIONS.values() for name in names}

    written = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"}

    assert written <= named, f"give these a section in SECTIONS; now they stand under {REST}"


def test_every_picture_says_in_words_what_it_shows(site: Site) -> None:
    for name, parts in site.pages.items():
        assert all(picture.get("alt") for picture in parts.pictures), name
    drawn = [p for p in site.pages["pictures.html"].pictures if p["src"].startswith("drawn/")]
    page = (site.folder / "pictures.html").read_text(encoding="utf-8")
    assert len(drawn) > 8 and page.count("The same in words") == len(drawn)


def test_the_pictures_show_what_the_data_say(site: Site, contents: Contents) -> None:
    svg = (site.folder / "drawn/class-Statement.svg").read_text(encoding="utf-8")
    page = site.pages["pictures.html"].text

    for kind in contents.tree.narrower("https://w3id.org/poem-kg/ontology/Statement"):
        assert f"<title>{contents.graph.label(kind)}</title>" in svg
    assert {step.number // 100 for step in contents.steps} == set(range(len(PARTS)))
    for step in contents.steps:
        assert step.query.name.split("/")[1] in page and step.makes
    steps = (site.folder / "drawn/steps.svg").read_text(encoding="utf-8")
    assert f"The {len(contents.steps)} steps" in steps
    assert 'data-from="p0" data-to="p1"' in steps and 'data-from="p1" data-to="p0"' not in steps


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")

    with pytest.raises(KnowledgeError, match="holds something else"):
        building.build(tmp_path)

    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_a_site_that_cannot_be_built_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "docs"
    old.mkdir()
    (old / building.STAMP).write_text("")
    config = tmp_path / "mkdocs.yml"
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/index.md").write_text("# Here\n\n[a page](nowhere.md)\n")
    config.write_text("site_name: x\ndocs_dir: pages\n")
    monkeypatch.setattr(building, "CONFIG", config)

    with pytest.raises(KnowledgeError, match=r"index\.md.*nowhere\.md"):
        building.build(old)

    assert [path.name for path in tmp_path.iterdir() if "new" in path.name] == []
    assert [path.name for path in old.iterdir()] == [building.STAMP]
