"""Placeholders keep the order of names, and naming back is the way back."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.patients import draw
from poem_kg.cohort.cases import STEM, Case, can_be_renamed, placeholders
from poem_kg.namespaces import RDF
from tests.cohort.alone import EX, Outcome, alone, block, made_up, together
from tests.cohort.odd_names import ODD, STARTS, odd_names

TYPE = f"<{RDF}type>".encode()
TAILS = st.lists(st.sampled_from(ODD), min_size=1, max_size=4).map("".join)
PATIENTS = st.builds(str.__add__, st.sampled_from(STARTS), TAILS)


@st.composite
def names(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A patient and other nodes, of which some go on where the patient's name ends."""
    patient = draw(PATIENTS)
    start = st.one_of(st.just(patient), st.sampled_from(STARTS))
    others = draw(st.lists(st.builds(str.__add__, start, TAILS), max_size=12, unique=True))
    minted = patient + "/recorded/"
    return patient, [n for n in others if n != patient and not n.startswith(minted)]


@settings(deadline=None, max_examples=300)
@given(named=names(), number=st.integers(0, 99_999))
def test_placeholders_have_the_order_of_the_names(
    named: tuple[str, list[str]], number: int
) -> None:
    patient, others = named

    new = placeholders(number, patient.encode(), (other.encode() for other in others))

    placed = [new[name] for name in sorted(other.encode() for other in others)]
    assert placed == sorted(placed)
    minted = patient.encode() + b"/recorded/" + b"f" * 40
    there = new[patient.encode()] + b"/recorded/" + b"0" * 40
    for name in others:
        assert (name.encode() < minted) == (new[name.encode()] < there), name


@settings(deadline=None, max_examples=300)
@given(named=names(), number=st.integers(0, 99_999), rng=st.randoms(use_true_random=False))
def test_naming_back_is_the_way_back(
    named: tuple[str, list[str]], number: int, rng: random.Random
) -> None:
    patient, others = named
    nodes = [patient, *others]
    lines = {
        b"<%s> <urn:link> <%s> .\n" % (rng.choice(nodes).encode(), rng.choice(nodes).encode())
        for _ in range(20)
    }
    lines |= {b"<%s> %s <urn:kind> .\n" % (rng.choice(nodes).encode(), TYPE)}
    lines |= {b'<%s> <urn:says> "<urn:poem-kg:case:00000:00001> x" .\n' % patient.encode()}

    case = Case(number, patient, sorted(lines), lambda term: False, frozenset())

    assert all(line.startswith(b"<" + STEM.encode()) for line in case.lines)
    assert case.named_back(case.lines) == sorted(line[:-3] for line in lines)


def test_a_node_where_minted_records_lie_has_no_placeholder() -> None:
    with pytest.raises(ValueError, match="minted records"):
        placeholders(0, b"urn:p", [b"urn:p/recorded/x"])
    assert not can_be_renamed("urn:p", [b"<urn:p> <urn:link> <urn:p/recorded/x> .\n"])
    for name in (b"urn:p/recorded", b"urn:p/recorded0", b"urn:p/record/ed/"):
        assert can_be_renamed("urn:p", [b"<%s> <urn:link> <urn:p> .\n" % name])


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_odd_names_change_no_advice(seed: int) -> None:
    rng = random.Random(seed)
    blocks = [
        block(odd_names(p.data, p.iri, rng, share=0.7), p.iri) for p in draw(10, seed=50 + seed)
    ]

    found = together(blocks)

    assert found == [alone(each) for each in blocks]
    assert sum(outcome.triples is not None for outcome in found) > 6


def conditions(*concepts: str, records: tuple[str, ...]) -> list[str]:
    """Records of conditions, dated the same, under names in any order."""
    lines = []
    for concept, record in zip(concepts, records, strict=True):
        lines += [
            f"ex:p poem:hasRecord {record}",
            f"{record} a poem:Condition",
            f"{record} poem:concept poem:{concept}",
            f"{record} poem:status poem:present",
        ]
    return lines


def measured(record: str, value: int) -> list[str]:
    return [
        f"ex:p poem:hasRecord {record}",
        f"{record} a poem:Measurement",
        f"{record} poem:concept poem:Age",
        f"{record} poem:status poem:present",
        f"{record} poem:value {value}",
    ]


ORDERS = ("<a:0>", "<z:9>", "ex:p/a", "ex:p/recorded0", "ex:p/recorded-", "ex:p/z", "ex:p-")


@pytest.mark.parametrize("record", ORDERS)
def test_an_age_record_beside_the_age_stands_where_its_name_puts_it(record: str) -> None:
    """Two facts say the same, one of them minted: which comes first is told by names alone."""
    lines = [*conditions("AchalasiaTypeII", records=("ex:p/c",)), "ex:p poem:age 12"]
    lines += measured(record, 12)

    (found,) = together([block(made_up(*lines))])

    assert found == alone(block(made_up(*lines)))


@pytest.mark.parametrize("pair", [(a, b) for a in ORDERS for b in ORDERS if a != b][::3])
def test_two_records_of_one_fact_keep_their_order(pair: tuple[str, str]) -> None:
    lines = conditions("AchalasiaTypeII", "AchalasiaTypeII", records=pair)

    (found,) = together([block(made_up(*lines))])

    assert found == alone(block(made_up(*lines)))


def advised_alone(data: bytes) -> Outcome:
    (found,) = together([block(data)])
    assert found == alone(block(data))
    return found


@pytest.mark.parametrize("node", ["ex:p/recorded/x", "<urn:poem-kg:case:00000:00001>"])
def test_a_record_under_a_name_of_ours_is_advised_all_the_same(node: str) -> None:
    data = made_up(*conditions("AchalasiaTypeII", records=(node,)))

    assert advised_alone(data).triples


@pytest.mark.parametrize(
    "value",
    ["ex:p/recorded/x", "<urn:poem-kg:case:00000>", "<urn:poem-kg:case:00000:00001>", "ex:p"],
)
def test_a_link_to_a_name_of_ours_is_a_link_like_others(value: str) -> None:
    lines = conditions("AchalasiaTypeII", records=("ex:p/c",))

    assert advised_alone(made_up(*lines, f"ex:p <http://purl.org/dc/terms/source> {value}")).triples


def test_a_patient_that_is_called_like_a_placeholder_is_advised_all_the_same() -> None:
    name = "urn:poem-kg:case:00001"
    lines = conditions("AchalasiaTypeII", records=("ex:p/c",))
    data = made_up(*lines, iri=name).replace(f"<{EX}p>".encode(), f"<{name}>".encode())

    others = [block(made_up(*lines)), block(data), block(made_up(*lines))]

    assert together(others) == [alone(each) for each in others]


def test_a_literal_that_looks_like_a_placeholder_stays_what_it_is() -> None:
    lines = conditions("AchalasiaTypeII", records=("ex:p/c",))
    lines += ['ex:p/c poem:value "urn:poem-kg:case:00000 /' + "a" * 40 + '/"']

    assert advised_alone(made_up(*lines)).triples is None


def test_more_nodes_than_placeholders_change_no_advice() -> None:
    """Numbers of five digits end at 99,999."""
    many = [f"<a:p> <u:> <a:{number:06x}> .\n" for number in range(100_003)]
    lines = conditions("AchalasiaTypeII", "AchalasiaTypeII", records=("<z:c>", "<z:d>"))
    data = made_up(*lines, iri="a:p").replace(f"<{EX}p>".encode(), b"<a:p>")

    assert advised_alone(data + "".join(many).encode()).triples
