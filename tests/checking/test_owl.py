"""What the OWL engines find is told in words, with the lines of the axioms to blame."""

from __future__ import annotations

from pathlib import Path

import pytest

from poem_kg.checking.folder import read_folder
from poem_kg.checking.owl import unsound_problems
from poem_kg.checking.run import check_knowledge
from poem_kg.knowledge import load_knowledge
from poem_kg.namespaces import POEMKG
from poem_kg.owl.reasoning import ReasonerResult
from tests.checking.defects import ONTOLOGY, copy, edit, line_of, problems_of

CLASS = POEMKG + "Contraindicated"
REASON = (
    f"SubClassOf(<{CLASS}> <{POEMKG}CounsellingTopic>)",
    f"SubClassOf(<{POEMKG}SetAside> <{POEMKG}ResultClass>)",
    f"SubClassOf(<{CLASS}> <{POEMKG}SetAside>)",
)
BELOW = "\trdfs:subClassOf poemkg:SetAside ;\n"


def test_a_class_without_members_is_told_with_the_axioms_and_their_lines() -> None:
    result = ReasonerResult(True, (CLASS,), {CLASS: REASON})
    folder = read_folder(ONTOLOGY)

    (problem,) = unsound_problems(folder, result, load_knowledge().label)

    line = line_of(ONTOLOGY / "outcomes.ttl", BELOW, after="poemkg:Contraindicated\n")
    assert (problem.name, problem.term) == ("satisfiability", CLASS)
    assert problem.file == "outcomes.ttl" and problem.line is not None
    assert f"(poemkg:Contraindicated, outcomes.ttl:{line})" in problem.message
    assert '"contraindicated" can have no member, because' in problem.message


def test_a_contradiction_without_a_reason_in_time_is_still_told() -> None:
    result = ReasonerResult(False, (), {})

    (problem,) = unsound_problems(read_folder(ONTOLOGY), result, str)

    assert problem.name == "consistency" and "no reason was found" in problem.message


@pytest.mark.slow
def test_the_engines_are_asked_of_what_is_shipped_and_of_a_class_that_contradicts_itself(
    tmp_path: Path,
) -> None:
    assert check_knowledge().problems == ()
    made = copy(tmp_path)
    both = "\trdfs:subClassOf\n\t\tpoemkg:CounsellingTopic ,\n\t\tpoemkg:SetAside ;\n"
    edit(made / "outcomes.ttl", BELOW, both, after="poemkg:Contraindicated\n")

    found = problems_of(check_knowledge(made), "satisfiability")

    assert [p.term for p in found] == [CLASS]
    assert found[0].file == "outcomes.ttl" and "counselling topic" in found[0].message
