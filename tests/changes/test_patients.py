"""What differs for one patient, told from the conclusions of two versions."""

from __future__ import annotations

from poem_kg.changes.outcomes import Outcome
from poem_kg.changes.patients import OptionChange, PatientChange, patient_change
from poem_kg.namespaces import POEMKG, PROV, RDF


def said(**nodes: str) -> Outcome:
    """An outcome; each node is told as "KIND name=value name=value", numbers and names of ours."""
    lines = set()
    for node, text in nodes.items():
        kind, *pairs = text.split()
        lines.add(f"<urn:{node}> <{RDF}type> <{POEMKG}{kind}>")
        for pair in pairs:
            name, _, value = pair.partition("=")
            prop = PROV + "wasDerivedFrom" if name == "from" else POEMKG + name
            told = f"<{value}>" if ":" in value else f"<{POEMKG}{value}>"
            lines.add(f"<urn:{node}> <{prop}> " + (f'"{value}"' if value.isdigit() else told))
    return Outcome(refused=(), lines=frozenset(line.encode() for line in lines))


OPTION = "Option therapy=T standing=preferred readiness=ready rank=1 statement=urn:S1"
ARGUMENT = "Argument supports=urn:o statement=urn:S1 disorder=D standing=preferred"
BASE = {"o": OPTION, "a": ARGUMENT}


def between(old: dict[str, str], new: dict[str, str]) -> PatientChange:
    found = patient_change(said(**old), said(**new))
    assert found is not None
    return found


def test_the_same_conclusions_are_no_change() -> None:
    assert patient_change(said(**BASE), said(**BASE)) is None


def test_an_option_gained_is_told_with_its_statements_and_no_more_of_it() -> None:
    (option,) = between({}, BASE).options
    assert option == OptionChange(POEMKG + "T", "gained", "", "preferred, ready", ("urn:S1",), ())
    assert between({}, BASE).others == ()


def test_an_option_gained_that_is_withheld_is_told_with_what_withholds_it() -> None:
    new = {
        **BASE,
        "o": OPTION.replace("readiness=ready", "readiness=withheld") + " requirement=urn:g",
        "g": "Requirement criterion=C kind=K state=notMet statement=urn:S3",
        "m": "Note role=cautionRole beside=urn:o statement=urn:S4",
    }
    found = between({}, new)
    (option,) = found.options
    assert (option.now, option.through) == ("preferred, withheld", ("urn:S1", "urn:S3"))
    assert option.criteria == (POEMKG + "C",)
    # The caution is not told by itself, but counts as something that differs for the patient.
    assert "urn:S4" in found.terms


def test_an_option_lost_is_told_as_it_was() -> None:
    (option,) = between(BASE, {}).options
    assert (option.change, option.was, option.now) == ("lost", "preferred, ready", "")


def test_another_standing_is_told_through_the_arguments_that_differ() -> None:
    new = {
        "o": OPTION.replace("standing=preferred", "standing=line line=2"),
        "a": ARGUMENT,
        "b": "Argument supports=urn:o statement=urn:S2 disorder=D standing=line line=2",
    }
    (option,) = between(BASE, new).options
    assert (option.change, option.was, option.now) == ("standing", "preferred", "line 2")
    assert option.through == ("urn:S2",)


def test_another_readiness_is_told_through_the_requirement_and_its_criterion() -> None:
    gate = "Requirement criterion=C kind=K state=unknown statement=urn:S3"
    old = {**BASE, "o": OPTION + " requirement=urn:g", "g": gate.replace("unknown", "met")}
    new = {
        **BASE,
        "o": OPTION.replace("readiness=ready", "readiness=open") + " requirement=urn:g",
        "g": gate,
    }
    (option,) = between(old, new).options
    assert (option.change, option.was, option.now) == ("readiness", "ready", "open")
    assert (option.through, option.criteria) == (("urn:S3",), (POEMKG + "C",))


def test_a_requirement_that_another_option_had_already_is_told_for_this_one() -> None:
    gate = "Requirement criterion=C kind=K state=unknown statement=urn:S3"
    other = "Option therapy=U standing=option readiness=open rank=2 requirement=urn:g"
    old = {**BASE, "p": other, "g": gate}
    new = {**old, "o": OPTION + " requirement=urn:g"}
    (gained,) = between(old, new).others
    assert (gained.part, gained.change, gained.therapy) == ("requirement", "gained", POEMKG + "T")


def test_a_warning_that_goes_is_told_where_the_option_stays() -> None:
    caution = "Note beside=urn:o role=cautionRole statement=urn:S4 applies=met"
    (lost,) = between({**BASE, "n": caution}, BASE).others
    assert (lost.part, lost.change, lost.statement) == ("caution", "lost", "urn:S4")


def test_another_statement_that_governs_is_told() -> None:
    (other,) = between(BASE, {**BASE, "o": OPTION.replace("S1", "S2")}).others
    assert (other.part, other.statement) == ("governing", "urn:S2")


def test_what_stands_beside_no_option_is_told() -> None:
    old = {"d": "Diagnosis disorder=D status=present"}
    new = {"d": "Diagnosis disorder=D status=provisional", "q": "Question criterion=C", "s": (
        "NoStatement about=T silentOn=therapy"
    )}  # fmt: skip
    found = {(o.part, o.change) for o in between(old, new).others}
    assert found == {("diagnosis", "changed"), ("question", "gained"), ("silence", "gained")}


def test_other_facts_alone_are_told_apart() -> None:
    found = between({**BASE, "a": ARGUMENT + " from=urn:f1"}, {**BASE, "a": ARGUMENT})
    assert (found.grounds, found.concluded, found.options, found.others) == (True, False, (), ())


def test_a_statement_that_says_otherwise_is_told_where_both_show_it() -> None:
    found = patient_change(said(**BASE), said(**BASE), otherwise={"urn:S1", "urn:elsewhere"})
    assert found is not None
    assert (found.shown, found.concluded, found.grounds) == (("urn:S1",), False, False)
    for pair in ((said(**BASE), said()), (said(), said(**BASE))):
        one = patient_change(*pair, otherwise={"urn:S1"})
        assert one is not None and one.shown == ()


def test_who_is_refused_by_one_version_is_told_with_the_reason() -> None:
    refused = Outcome(refused=("Correct the age",), lines=frozenset())
    gone, come = (
        patient_change(*pair) for pair in ((said(**BASE), refused), (refused, said(**BASE)))
    )
    assert gone and (gone.accepted, gone.reasons) == ("no more", ("Correct the age",))
    assert come and come.accepted == "newly"
    assert patient_change(refused, refused) is None
