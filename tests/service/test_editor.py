"""The page "Query": the catalogue to open, a plain form for everybody, scripts from here alone."""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import Path

import pytest

from poem_kg.asking import needs_patient
from poem_kg.namespaces import PREFIXES
from poem_kg.service import vendor
from poem_kg.service.editor import TO_BEGIN_WITH
from poem_kg.service.model import Answer, Call
from poem_kg.service.queries import offered, short_name
from poem_kg.service.service import Service
from tests.service.calls import published, service, sparql
from tests.service.pages import Page, read
from tests.service.test_sparql import sentence

STATIC = Path(vendor.__file__).with_name("static")
OURS = sorted(path for path in STATIC.glob("*.js"))
KNOWLEDGE = {short_name(q): q for q in offered() if not needs_patient(q)}
PATIENT = {short_name(q): q for q in offered() if needs_patient(q)}


@cache
def one() -> Service:
    """One service for all calls, since a new one compiles its templates anew."""
    return service()


def editor(**parameters: str) -> Answer:
    call = Call(kind="page", path="editor", parameters=tuple(parameters.items()))
    return one().answer(call)


def only_from_here(page: Page) -> None:
    """Scripts and sheets are files of the service; nothing is inline."""
    assert page.errors == []
    for script in page.all("script"):
        assert (script.get("src") or "").startswith("/static/") and not (script.text or "").strip()
    assert all(
        (s.get("href") or "").startswith("/static/") for s in page.having("rel", "stylesheet")
    )
    assert not list(page.all("style"))
    for element in page.all():
        assert not any(name == "style" or name.startswith("on") for name in element.attrib)


def text_to_edit(page: Page) -> str:
    (box,) = page.all("textarea")
    return box.text or ""


def test_the_page_begins_with_a_query_that_finds_something() -> None:
    page = read(editor())

    only_from_here(page)
    assert text_to_edit(page) == TO_BEGIN_WITH
    (form,) = page.having("id", "plain")
    assert (form.get("action"), form.get("method")) == ("/sparql", "get")
    assert sparql(TO_BEGIN_WITH, accept="text/csv").body.count(b"\n") > 5


def test_a_question_about_the_knowledge_is_opened_by_its_name() -> None:
    for name, query in KNOWLEDGE.items():
        text = editor(name=name).body.decode()

        (shown,) = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", text, re.DOTALL)
        assert html.unescape(shown) == query.text
        (chosen,) = re.findall(r'<option value="([^"]+)"(?: data-patient)? selected>', text)
        assert chosen == name


def test_a_question_about_a_patient_is_shown_and_not_run() -> None:
    for name, query in PATIENT.items():
        text = editor(name=name).body.decode()

        (shown,) = re.findall(r"<pre [^>]*><code>(.*?)</code></pre>", text, re.DOTALL)
        assert html.unescape(shown) == query.text
        assert "The published graph holds none, so it cannot be run here." in text
        assert "<textarea" not in text and 'id="editor"' not in text
    only_from_here(read(editor(name=name)))


def test_every_question_of_the_catalogue_is_a_link_and_an_option() -> None:
    page = read(editor())

    linked = {a.get("href") for a in page.all("a") if "?name=" in (a.get("href") or "")}
    assert linked == {f"/editor?name={name}" for name in (*KNOWLEDGE, *PATIENT)}
    options = {o.get("value"): "data-patient" in o.attrib for o in page.all("option")}
    assert options == {"": False} | dict.fromkeys(KNOWLEDGE, False) | dict.fromkeys(PATIENT, True)


def test_the_prefixes_of_the_project_are_at_hand() -> None:
    items = [item for item in read(editor()).all("li") if item.get("data-prefix")]

    assert {i.get("data-prefix"): i.get("data-namespace") for i in items} == PREFIXES


@pytest.mark.parametrize("name", ["no-such-query", "<script>alert(1)</script>", "../harms"])
def test_a_name_of_no_query_is_refused_and_not_repeated(name: str) -> None:
    answer = editor(name=name)

    assert answer.status == 404
    assert sentence(answer) == "There is no such query; /queries lists them.\n"


def test_without_the_built_editor_the_page_says_so_and_asks_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = read(editor())
    monkeypatch.setattr(vendor, "FOLDER", tmp_path)

    page = read(editor())

    assert list(whole.all("script")) and "built without npm" not in " ".join(whole.text("p"))
    assert not list(page.all("script")) and not page.having("id", "editor")
    assert "this service was built without npm" in " ".join(page.text("p"))
    assert text_to_edit(page) == TO_BEGIN_WITH and page.having("action", "/sparql")


def test_behind_a_proxy_every_address_has_its_path() -> None:
    behind = Service(published(), url="https://kg.example/a/b/")

    page = read(behind.answer(Call(kind="page", path="editor")))

    (host,) = page.having("id", "editor")
    assert (host.get("data-sparql"), host.get("data-home")) == ("/a/b/sparql", "/a/b/")
    for element in page.all():
        for name in ("src", "action", "href"):
            value = element.get(name, "/a/b/")
            assert value.startswith(("/a/b/", "#", "https://")), value


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_our_scripts_make_no_markup_of_texts_and_name_no_other_origin(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    risky = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
    assert re.findall(risky, text) == []
    assert re.findall(r"""(?<![\w^])https?://[^"'`\s]+""", text) in (
        [],
        ["http://www.w3.org/2000/svg"],
    )
    assert not re.search(r"\b(?:localStorage|sessionStorage|indexedDB|document\.cookie)\b", text)


def test_the_editor_is_told_to_store_nothing_and_to_complete_from_here() -> None:
    text = (STATIC / "editor.js").read_text(encoding="utf-8")

    assert text.count("persistenceId: null") == 5  # the tabs, both parts, both completions
    assert 'autocompleters = ["variables", "known", "terms"]' in text
