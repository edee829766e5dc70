"""Every output tells who reviewed a statement, and that and why one is left out."""

from __future__ import annotations

import json
import shutil
from functools import cache

import pytest

from poem_kg import KnowledgeBase
from poem_kg.export.columns import SOURCES, STATEMENTS
from poem_kg.model import Advice
from poem_kg.render import advice_text
from poem_kg.service.advice_view import advice_view
from poem_kg.service.linked import Documents
from poem_kg.service.published import publish
from tests.derivation.view import EXAMPLES, ROOT
from tests.review.knowledge import adding
from tests.service.advice import parsed
from tests.service.documents import ask
from tests.service.pages import read

MARKS = {
    "guidelines/droracle-2025.ttl": """
stmt:droracle2025-C01 dcterms:isReplacedBy stmt:droracle2025-C16 .
stmt:droracle2025-C10 dcterms:isReplacedBy stmt:droracle2025-C16 .
""",
    "sources.ttl": """
source:aga2017 dcterms:isReplacedBy source:cgh2018 .
source:mja2021 poemkg:retracted true ; poemkg:retractionNote "Withdrawn by a made-up board." .
""",
}
REVIEWER = "A. Nobody (made up)"
PENDING = "	poemkg:review poemkg:pendingHumanReview ;\n"
STORY = next(EXAMPLES.glob("S3a-*.ttl"))
HERNIA = next(EXAMPLES.glob("S6b-*.ttl"))
SOURCE, STATEMENT = "https://w3id.org/poem-kg/source/", "https://w3id.org/poem-kg/statement/"


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("marked") / "ontology"
    shutil.copytree(ROOT / "ontology", folder)
    for name, marks in MARKS.items():
        path = folder / name
        path.write_text(path.read_text() + marks)
    page = folder / "guidelines" / "droracle-2025.ttl"
    head, tail = page.read_text().split("\nstmt:droracle2025-C16\n")
    approved = (
        "	poemkg:review poemkg:approved ;\n"
        f'	poemkg:reviewedBy "{REVIEWER}" ;\n'
        '	poemkg:reviewedOn "2026-11-29"^^<http://www.w3.org/2001/XMLSchema#date> ;\n'
    )
    page.write_text(f"{head}\nstmt:droracle2025-C16\n{tail.replace(PENDING, approved, 1)}")
    return KnowledgeBase.load(ontology=folder)


@pytest.fixture(scope="module")
def advice(kb: KnowledgeBase) -> Advice:
    return kb.recommend(STORY)


@pytest.fixture(scope="module")
def pages(kb: KnowledgeBase) -> Documents:
    return Documents(publish(kb))


def test_json_tells_who_approved_and_when(advice: Advice) -> None:
    found = {
        r["claim"]: (r["review"], r["reviewedBy"], r["reviewedOn"], r["leftOut"])
        for option in advice.to_json()["options"]
        for r in option["for"]
    }
    assert found["C16"] == ("approved", REVIEWER, "2026-11-29", None)
    assert found["C02"] == ("pending-human-review", None, None, None)
    assert "C01" not in found


def test_json_tells_what_is_left_out_and_by_what(advice: Advice) -> None:
    found = {n.statement: n.left_out for n in advice.notices if n.kind == "left-out"}
    superseded = found[STATEMENT + "droracle2025-C01"]
    assert superseded is not None
    assert (superseded.grounds, superseded.by) == (
        ("superseded",),
        (STATEMENT + "droracle2025-C16",),
    )
    older = found[STATEMENT + "aga2017-BPA3"]
    assert older is not None
    assert (older.grounds, older.by) == (("source-superseded",), (SOURCE + "cgh2018",))


def test_a_warning_that_is_left_out_warns_and_says_so(kb: KnowledgeBase) -> None:
    options = kb.recommend(HERNIA).options
    cautions = {r.claim: r.left_out for option in options for r in option.cautions}
    assert cautions["C10"] is not None
    assert cautions["C10"].grounds == ("superseded",)


def test_the_text_tells_both(kb: KnowledgeBase, advice: Advice) -> None:
    text = " ".join(advice_text(advice, kb.knowledge, colour=False).split())
    assert f"[approved by {REVIEWER}, 2026-11-29]" in text
    assert "Left out, and therefore speaking for nothing here" in text
    assert "[left out: superseded (" in text


def test_the_conclusions_as_rdf_tell_it(advice: Advice) -> None:
    notices = {
        t.subject for t in advice.graph if str(t.object).endswith("/ontology/leftOutNotice>")
    }
    assert len(notices) == len([n for n in advice.notices if n.kind == "left-out"])


def test_an_explanation_tells_it(kb: KnowledgeBase) -> None:
    told = " ".join(kb.tell(kb.explain(STORY)).split())
    assert "This statement no longer counts in favour of anything: superseded." in told
    assert f"approved by {REVIEWER}, 2026-11-29" in told


def test_a_therapy_whose_statements_are_all_left_out_is_not_called_silent() -> None:
    mark = "stmt:droracle2025-C04 dcterms:isReplacedBy stmt:droracle2025-C16 .\n"
    changed = KnowledgeBase(adding(mark))
    asked = changed.explain(next(EXAMPLES.glob("S6a-*.ttl")), why_not="PneumaticDilation")

    (refusal,) = asked.why_not
    told = changed.tell(asked)

    assert refusal.left_out == (STATEMENT + "droracle2025-C04",)
    assert "What would speak for it here is left out: pneumatic dilation highly" in told
    assert "say nothing on it" not in told


def test_the_page_of_an_advice_tells_it(kb: KnowledgeBase, pages: Documents) -> None:
    source = kb.read(STORY)
    found = parsed(advice_view(kb, source, kb.recommend(source), pages.pages), pages.pages)
    text = " ".join("".join(found.root.itertext()).split())
    assert "no longer counts in favour of anything: superseded" in text
    assert f"approved by {REVIEWER}, 2026-11-29" in text


def test_the_pages_of_statements_and_sources_tell_it(pages: Documents) -> None:
    @cache
    def text(path: str) -> str:
        root = read(ask(f"{path}.html", of=pages)).root
        return " ".join("".join(root.itertext()).split())

    assert "left out for: superseded" in text("statement/droracle2025-C01")
    assert REVIEWER in text("statement/droracle2025-C16")
    assert "This source was superseded by" in text("source/aga2017")
    assert "This source was retracted. Withdrawn by a made-up board." in text("source/mja2021")
    assert "This source was" not in text("source/fda2019")


def test_the_tables_have_columns_for_it() -> None:
    names = {column.name for column in STATEMENTS.columns}
    assert {"review", "reviewed_by", "reviewed_on", "is_replaced_by"} <= names
    names = {column.name for column in SOURCES.columns}
    assert {"retracted", "retraction_note", "is_replaced_by"} <= names


def test_the_json_of_an_explanation_tells_it(kb: KnowledgeBase) -> None:
    document = json.loads(kb.tell(kb.explain(STORY), format="json"))
    told = {s["claim"]: s for s in document["statements"]}
    assert told["C16"]["reviewedBy"] == REVIEWER
    assert told["C01"]["leftOut"]["grounds"] == ["superseded"]
