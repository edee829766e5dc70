"""What differs between two versions is told by what it does: breaking, behaviour, wording."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from poem_kg.changes.comparing import term_changes
from poem_kg.changes.document import to_text
from poem_kg.changes.impact import diff
from poem_kg.changes.model import Diff, TermChange
from poem_kg.changes.telling import diff_parts
from poem_kg.changes.terms import Terms
from poem_kg.changes.versions import versions
from poem_kg.namespaces import CRITERION, POEMKG, STATEMENT
from tests.changes.editing import ONTOLOGY, PAGE, Copy

C02 = "stmt:droracle2025-C02"
C16 = "stmt:droracle2025-C16"
C33 = "stmt:droracle2025-C33"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


@cache
def as_it_stands() -> Terms:
    """The terms of the ontology."""
    with versions(str(ONTOLOGY)) as (old,):
        return Terms(old)


def told(copy: Copy) -> dict[str, TermChange]:
    """What differs from the ontology, by term, without trying a patient."""
    with versions(str(copy)) as (new,):
        return {change.term: change for change in term_changes(as_it_stands(), Terms(new))}


def test_a_copy_is_the_same(copy: Copy) -> None:
    assert told(copy) == {}


def test_the_order_of_lines_and_the_prefixes_make_no_difference(copy: Copy) -> None:
    text = (copy.path / "classification" / "chicago-4.0.ttl").read_text()
    (copy.path / "classification" / "chicago-4.0.ttl").write_text(
        text.replace("poemkg:", "p:").replace("@prefix p:", "@prefix unused: <urn:x> .\n@prefix p:")
    )
    assert told(copy) == {}


def test_a_definition_is_wording(copy: Copy) -> None:
    copy.edit(PAGE, C02, "the page asks to consider", "the page would have us consider")
    (change,) = told(copy).values()
    assert (change.effect, change.change, change.kind) == ("wording", "changed", "statement")
    (detail,) = change.details
    assert detail.label == "definition"
    assert "would have us" in detail.added[0]


def test_what_conclusions_rest_on_is_behaviour_and_told_by_labels(copy: Copy) -> None:
    copy.edit(PAGE, C02, "poemkg:optionStanding", "poemkg:preferredStanding")
    (change,) = told(copy).values()
    assert change.effect == "behaviour"
    (detail,) = change.details
    assert (detail.label, detail.removed, detail.added) == ("standing", ("option",), ("preferred",))


def test_that_a_statement_was_replaced_is_more_than_wording(copy: Copy) -> None:
    new = 'poemkg:claim "C02" ;\n\tdcterms:isReplacedBy stmt:droracle2025-C01 ;'
    copy.edit(PAGE, C02, 'poemkg:claim "C02" ;', new)
    (change,) = told(copy).values()
    assert change.effect == "behaviour"


def test_a_name_that_goes_is_breaking_and_its_new_name_is_told(copy: Copy) -> None:
    block = copy.block(PAGE, C33)
    copy.drop(PAGE, C33).add(PAGE, "\n" + block.replace(C33, "stmt:droracle2025-C33b"))
    found = told(copy)
    gone, come = found[STATEMENT + "droracle2025-C33"], found[STATEMENT + "droracle2025-C33b"]
    assert (gone.effect, gone.change) == ("breaking", "removed")
    assert gone.renamed_to == STATEMENT + "droracle2025-C33b"
    assert (come.effect, come.change) == ("behaviour", "added")


def test_a_term_that_moves_to_another_file_is_wording(copy: Copy) -> None:
    block = copy.block(PAGE, C33)
    copy.drop(PAGE, C33).add("guidelines/fda-2019.ttl", "\n" + block)
    text = (copy.path / "guidelines/fda-2019.ttl").read_text()
    (copy.path / "guidelines/fda-2019.ttl").write_text(
        "@prefix poemkg: <https://w3id.org/poem-kg/ontology/> .\n"
        "@prefix source: <https://w3id.org/poem-kg/source/> .\n" + text
    )
    (change,) = told(copy).values()
    assert (change.effect, change.change) == ("wording", "moved")
    assert (change.moved_from, change.file) == (PAGE, "guidelines/fda-2019.ttl")


def test_a_restriction_inside_an_axiom_is_a_difference_of_its_class(copy: Copy) -> None:
    path = copy.path / "classification" / "chicago-4.0.ttl"
    before = path.read_text()
    assert "xsd:minInclusive" in before
    path.write_text(before.replace("xsd:minInclusive", "xsd:minExclusive", 1))
    (change,) = told(copy).values()
    assert (change.effect, change.kind) == ("behaviour", "class")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Diff:
    """What a standing, an approval, a label and a file that nobody imports do to the examples."""
    copy = Copy(tmp_path_factory.mktemp("edited"))
    copy.edit(PAGE, C16, "poemkg:pendingHumanReview", "poemkg:approved")
    copy.edit(PAGE, C02, "poemkg:optionStanding", "poemkg:preferredStanding")
    copy.edit("criteria.ttl", "criterion:chest-pain", '"chest pain"@en', '"pain in the chest"@en')
    (copy.path / "guidelines" / "lonely.ttl").write_text(
        f"<{STATEMENT}lonely> a <{POEMKG}Preference> ."
    )
    return diff(str(ONTOLOGY), str(copy), patients=0)


def test_a_file_that_nobody_imports_is_told(found: Diff) -> None:
    assert found.not_imported == ("guidelines/lonely.ttl",)
    assert "guidelines/lonely.ttl" in to_text(diff_parts(found))


def test_a_change_is_breaking_when_it_changes_the_advice_of_a_patient(found: Diff) -> None:
    effects = {change.term: (change.effect, change.patients > 0) for change in found.changes}
    assert effects == {
        STATEMENT + "droracle2025-C02": ("breaking", True),
        STATEMENT + "droracle2025-C16": ("behaviour", False),
        STATEMENT + "lonely": ("behaviour", False),
        CRITERION + "chest-pain": ("wording", False),
    }
    assert found.affected > 0
    text = to_text(diff_parts(found))
    assert text.index("Breaking") < text.index("standing: option -> preferred")
    assert text.index("standing: option") < text.index("Wording") < text.index("pain in the chest")


def test_what_an_approval_does_by_approved_statements_alone_is_told(found: Diff) -> None:
    assert found.approved_only is not None
    assert (found.approved_only.tried, found.approved_only.lost) == (found.tried, 0)
    assert found.approved_only.affected >= found.approved_only.gained > 0
    assert "By approved statements alone, " in to_text(diff_parts(found))


def test_an_import_that_goes_is_told_of_the_module(copy: Copy) -> None:
    path = copy.path / "poem-kg.ttl"
    path.write_text(path.read_text().replace("\t\tmodule:guideline-fda-2019 ,\n", ""))
    (change,) = told(copy).values()
    assert (change.term, change.kind, change.effect) == (POEMKG, "module", "behaviour")
    assert change.details[0].removed == (
        "poem-kg: statement of the FDA safety communication, 2019",
    )
