"""What authors get wrong is found by name, with the term, the file and the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg.checking.model import CheckReport
from poem_kg.checking.page import EXAMPLES
from poem_kg.checking.rules import PROGRAMMED, rules
from poem_kg.checking.run import check_knowledge
from tests.checking.defects import (
    ONTOLOGY,
    PAGE,
    SLIPS,
    Slip,
    copy,
    edit,
    full,
    line_of,
    problems_of,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ontology with every slip in it."""
    made = copy(tmp_path_factory.mktemp("slips"))
    for slip in SLIPS:
        edit(made / slip.file, slip.old, slip.new, after=slip.after)
    return made


@pytest.fixture(scope="module")
def report(folder: Path) -> CheckReport:
    return check_knowledge(folder, reasoner=False)


@pytest.mark.parametrize("slip", SLIPS, ids=lambda s: f"{s.rule} {s.term}")
def test_a_slip_is_found_by_its_rule_where_it_is(
    folder: Path, report: CheckReport, slip: Slip
) -> None:
    line = line_of(folder / slip.file, slip.at or slip.new, after=slip.after)

    found = [p for p in problems_of(report, slip.rule) if p.term == full(slip.term)]

    assert found, [p.term for p in problems_of(report, slip.rule)]
    assert (slip.file, line) in {(p.file, p.line) for p in found}, found
    assert all(p.message and p.advice for p in found)


def test_the_ontology_that_is_shipped_is_sound_and_says_what_it_waives() -> None:
    report = check_knowledge(reasoner=False)

    assert report.problems == ()
    assert report.sound
    assert {p.name for p in report.waived} == {"dangling-citations"}
    assert all(p.waived for p in report.waived)


def test_a_misspelt_term_is_one_finding_that_asks_what_was_meant(tmp_path: Path) -> None:
    made = copy(tmp_path)
    edit(made / PAGE, "poemkg:locator", "poemkg:lokator", after="stmt:droracle2025-C34\n")

    (problem,) = check_knowledge(made, reasoner=False).problems

    assert problem.name == "undeclared-terms"
    assert problem.message.endswith("did you mean poemkg:locator?")


def test_a_file_that_is_no_turtle_hides_no_other(tmp_path: Path) -> None:
    made = copy(tmp_path)
    edit(made / PAGE, " ;\n", " \n", after="stmt:droracle2025-C34\n")
    edit(made / "sources.ttl", 'poemkg:printed "2"', 'poemkg:prented "2"')
    (made / "latin.ttl").write_bytes("\n# Barr\xe9t\n".encode("latin-1"))

    report = check_knowledge(made, reasoner=True)

    syntax = {p.file: p.line for p in problems_of(report, "syntax")}
    assert syntax["latin.ttl"] == 2
    block = line_of(made / PAGE, "stmt:droracle2025-C34\n")
    assert block < (syntax[PAGE] or 0) <= block + 8
    (other,) = [p for p in report.problems if p.name != "syntax"]
    assert (other.name, other.file) == ("undeclared-terms", "sources.ttl")
    assert not report.sound


def test_files_the_catalogue_and_the_imports_fit_together(tmp_path: Path) -> None:
    made = copy(tmp_path)
    edit(made / "catalog-v001.xml", 'uri="words.ttl"', 'uri="wrods.ttl"')
    edit(made / "poem-kg.ttl", "module:passages-droracle-2025", "module:passages-droracle-2052")

    found = {(p.name, p.file, p.line) for p in check_knowledge(made, reasoner=False).problems}

    catalog, root = made / "catalog-v001.xml", made / "poem-kg.ttl"
    assert ("catalogue", "catalog-v001.xml", line_of(catalog, "wrods.ttl")) in found
    assert ("imports", "poem-kg.ttl", line_of(root, "module:passages-droracle-2052")) in found
    assert ("not-imported", "passages/droracle-2025.ttl", 1) in found


def test_a_term_of_another_vocabulary_may_be_anything_in_no_pinned_namespace(
    tmp_path: Path,
) -> None:
    made = copy(tmp_path)
    more = " ;\n\trdfs:seeAlso <https://example.org/any#thing> ;\n\t.\n"
    edit(made / "criteria.ttl", "\n\t.\n", more, after="\ncriterion:")

    assert check_knowledge(made, reasoner=False).problems == ()


def test_rules_have_names_of_their_own_and_examples() -> None:
    names = [rule.name for rule in rules()]

    assert len(set(names)) == len(names) > 100
    assert set(EXAMPLES) == {rule.name for rule in PROGRAMMED}
    assert all(rule.finds and rule.mend for rule in rules())


def test_every_file_of_the_ontology_is_looked_at() -> None:
    line = check_knowledge(reasoner=False).checked[0]

    assert line.startswith(f"{len(list(ONTOLOGY.rglob('*.ttl')))} files")
