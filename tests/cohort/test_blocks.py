"""Where the lines of one patient end and those of the next begin."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from benchmarks.patients import draw, in_graph
from poem_kg.cohort.blocks import NotTogether, blocks_of_lines, patient_of
from poem_kg.cohort.local import Settings, run_local
from poem_kg.cohort.model import Block
from poem_kg.limits import DEFAULT_LIMITS, Limits
from tests.cohort.alone import EX, adviser, block, made_up, outcome
from tests.cohort.runs import advised, reconcile, rejected
from tests.derivation.view import knowledge

SMALL = Limits(body_bytes=3000)


def blocks(
    data: bytes, *, quads: bool = False, name: str = "in", limits: Limits = DEFAULT_LIMITS
) -> list[Block]:
    return list(blocks_of_lines(io.BytesIO(data), name=name, quads=quads, limits=limits))


def patient(name: str, *, record: str = "r", operator: str = "") -> bytes:
    """Six lines about a patient, the one that types it first; five more about an operator."""
    own = f"ex:{name}"
    lines = [
        f"{own} poem:hasRecord {own}/{record}",
        f"{own}/{record} a poem:Condition",
        f"{own}/{record} poem:concept poem:AchalasiaTypeII",
        f"{own}/{record} poem:status poem:present",
    ]
    if operator:
        lines += [f"{own} poem:operator {operator}", f"{operator} a poem:Operator"]
    return made_up(*lines, iri=EX + name)


def shuffled(data: bytes, order: str) -> bytes:
    lines = data.splitlines(keepends=True)
    if order == "records first":
        return b"".join(lines[2:] + lines[:2])
    if order == "in the middle":
        return b"".join([*lines[2:4], *lines[:2], *lines[4:]])
    return b"".join(sorted(lines)) if order == "sorted" else data


ORDERS = ("patient first", "records first", "in the middle", "sorted")


@pytest.mark.parametrize("order", ORDERS)
def test_each_patient_is_a_block_wherever_its_type_stands(order: str) -> None:
    parts = [shuffled(patient(name), order) for name in ("p1", "p2", "p3")]

    found = blocks(b"".join(parts))

    assert [each.data for each in found] == parts
    assert [patient_of(each) for each in found] == [EX + name for name in ("p1", "p2", "p3")]
    assert [each.name for each in found] == ["in:1", "in:6", "in:11"]
    assert not any(each.strays or each.missing for each in found)


def test_made_up_patients_of_a_clinic_are_kept_together() -> None:
    drawn = list(draw(200, seed=6))

    found = blocks(b"".join(p.data for p in drawn))

    assert [each.data for each in found] == [p.data for p in drawn]


VARIANTS = {
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "comments": lambda data: b"# <a> <b> <c> .\n" + data.replace(b" .\n", b" . # <x> .\n#\n"),
    "tabs": lambda data: data.replace(b" <", b"\t<"),
    "a tab before the value": lambda data: data.replace(b"> <", b">\t<").replace(
        b">\t<", b"> <", 1
    ),
    "two spaces": lambda data: data.replace(b"> <", b">  <"),
    "no spaces": lambda data: data.replace(b"> <", b"><").replace(b" .\n", b".\n"),
    "blank lines": lambda data: b"\n \n" + data.replace(b"\n", b"\n\n\t\n"),
    "no last line feed": lambda data: data.removesuffix(b"\n"),
    "spaces at the start": lambda data: b" " + data.replace(b"\n<", b"\n \t<"),
    "escaped letters": lambda data: data.replace(b"org/p2>", b"org/\\u00702>", 3),
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("order", ["patient first", "records first"])
def test_however_the_lines_are_written(variant: str, order: str) -> None:
    plain = b"".join(shuffled(patient(name), order) for name in ("p1", "p2", "p3"))

    found = blocks(VARIANTS[variant](plain))

    assert [patient_of(each) for each in found] == [EX + name for name in ("p1", "p2", "p3")]
    results = adviser().advise(found)
    assert [r.findings for r in results] == [(), (), ()]
    expected = adviser().advise(blocks(plain))
    for one, other in zip(results, expected, strict=True):
        assert without_run(one.advice) == without_run(other.advice)


def without_run(advice: bytes) -> list[bytes]:
    """The lines that do not hang on the bytes of the input, which the run is named by."""
    return [line for line in advice.splitlines() if b"urn:poem-kg:" not in line]


def test_blank_nodes_hang_together_like_others() -> None:
    parts = [
        patient(name).replace(f"<{EX}{name}/r>".encode(), f"_:{name}r.x".encode())
        for name in ("p1", "p2")
    ]

    found = blocks(b"".join(parts))

    assert [each.data for each in found] == parts
    assert [r.rejected for r in adviser().advise(found)] == [False, False]


@pytest.mark.parametrize("spaced", [True, False])
def test_a_graph_is_a_block_whatever_stands_in_it(spaced: bool) -> None:
    drawn = list(draw(20, seed=2))
    data = b"".join(in_graph(p) for p in drawn)

    found = blocks(data if spaced else data.replace(b"> <", b">\t<"), quads=True)

    assert [each.graph for each in found] == [p.iri + "/graph" for p in drawn]
    plain = adviser().advise([block(p.data) for p in drawn])
    for one, other in zip(adviser().advise(found), plain, strict=True):
        assert one.patient == other.patient
        assert without_run(one.advice) == without_run(other.advice)


def graphed(name: str, graph: str, *extra: str) -> bytes:
    lines = patient(name) + "".join(f"{line} .\n" for line in extra).encode()
    return lines.replace(b" .\n", f" <{graph}> .\n".encode()) if graph else lines


def test_what_looks_like_a_graph_is_none() -> None:
    data = (
        graphed("p1", "g:1", f'<{EX}p1> <u:says> "a <g:2> .\\n <g:2> ."')
        + f'<{EX}p1> <u:says> "b <g:2>" <g:1> . # <g:2> .\n'.encode()
        + f"<{EX}p1> <u:link> <g:2> <g:1> .\n".encode()
        + graphed("p2", "", f'<{EX}p2> <u:says> "c <g:1> ."', f"<{EX}p2> <u:link> <g:1>")
        + graphed("p3", "g:3", f"<{EX}p3> <u:link>  <g:3>")
    )

    found = blocks(data, quads=True)

    assert [each.graph for each in found] == ["g:1", None, "g:3"]
    assert [r.rejected for r in adviser().advise(found)] == [False] * 3


def test_graphs_and_the_default_graph_stand_in_one_file() -> None:
    data = graphed("p1", "") + graphed("p2", "g:2") + graphed("p3", "") + graphed("p4", "")

    found = blocks(data, quads=True)

    assert [each.graph for each in found] == [None, "g:2", None, None]
    assert [patient_of(each) for each in found] == [f"{EX}p{n}" for n in (1, 2, 3, 4)]


def test_a_graph_without_a_name_has_its_label() -> None:
    data = graphed("p1", "").replace(b" .\n", b" _:g .\n")

    assert [each.graph for each in blocks(data, quads=True)] == ["_:g"]


def test_a_block_that_names_its_patient_in_a_literal_is_not_called_by_it() -> None:
    data = patient("p1")
    odd = f'<{EX}p1> <u:says> "<x> {data.splitlines()[0].decode()} " .\n'.replace("<x> <", "x> <")
    typed = data.splitlines(keepends=True)[0]

    assert patient_of(block(odd.encode() + data)) == EX + "p1"
    assert patient_of(block(odd.encode(), "in:7")) == "in:7"
    assert patient_of(block(typed.replace(b" ", b"\t"))) == EX + "p1"


@pytest.mark.parametrize("order", ["patient first", "records first"])
def test_a_patient_past_the_limit_is_refused_for_its_size_and_swallows_nobody(order: str) -> None:
    many = [f"ex:p2 poem:hasRecord ex:p2/r{n}" for n in range(60)]
    many += [f"ex:p2/r{n} poem:status poem:present" for n in range(60)]
    large = shuffled(made_up(*many, iri=EX + "p2"), order)
    if order == "records first":
        lines = large.splitlines(keepends=True)
        large = b"".join(lines[60:] + lines[:60])
    parts = [shuffled(patient(name), order) for name in ("p1", "p3")]

    found = blocks(parts[0] + large + parts[1], limits=SMALL)

    assert len(found) == 3
    assert found[0].data == parts[0] and found[2].data == parts[1]
    assert SMALL.body_bytes < len(found[1].data) < SMALL.body_bytes + 200


def test_lines_without_end_that_name_no_patient_are_told() -> None:
    data = b"".join(b"<a:%d> <u:link> <a:%d> .\n" % (n, n) for n in range(5000))

    with pytest.raises(NotTogether, match="in:1: begins lines without end that name no patient"):
        blocks(data, limits=SMALL)


BROKEN = {
    "nonsense": b"nonsense\n",
    "no dot": b"<a:b> <c:d> <e:f>\n",
    "an open literal": b'<a:b> <c:d> "e .\n',
    "a space in an IRI": b"<a:b c> <c:d> <e:f> .\n",
    "no UTF-8": b'<a:b> <c:d> "\xff" .\n',
    "three terms of one": b"<a:b> .\n",
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("quads", [False, True])
def test_a_broken_line_costs_the_patient_in_whose_lines_it_stands(broken: str, quads: bool) -> None:
    parts = [patient(name) for name in ("p1", "p2", "p3")]
    lines = parts[1].splitlines(keepends=True)
    parts[1] = b"".join([*lines[:2], BROKEN[broken], *lines[2:]])
    if quads:
        for number, part in enumerate(parts):
            parts[number] = part.replace(b" .\n", b" <g:%d> .\n" % number)

    found = blocks(b"".join(parts), quads=quads)

    assert len(found) == 3
    assert [r.rejected for r in adviser().advise(found)] == [False, True, False]
    assert outcome(adviser().advise(found)[1]).findings


def run(tmp_path: Path, inputs: Iterable[bytes], **kw: object) -> tuple[Path, list[str]]:
    """Run a cohort on files with these contents; return the output and what was told."""
    told: list[str] = []
    paths = []
    for number, data in enumerate(inputs):
        paths.append(tmp_path / f"in-{number}.nt")
        paths[-1].write_bytes(data)
    output = tmp_path / "out"
    run_local(knowledge(), paths, output, Settings(chunk_size=5, jobs=2), tell=told.append)
    return output, told


def graphs_without_run(output: Path) -> dict[str, frozenset[str]]:
    return {
        iri: frozenset(t for t in triples if "urn:poem-kg:" not in t)
        for iri, triples in advised(output).items()
    }


@pytest.fixture(scope="module")
def drawn() -> list[bytes]:
    return [p.data for p in draw(12, seed=21) if not p.spoiled]


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory, drawn: list[bytes]) -> Path:
    output, told = run(tmp_path_factory.mktemp("together"), [b"".join(drawn)])
    assert told == []
    return output


def mixed(drawn: list[bytes], kind: str) -> list[bytes]:
    """The same patients in one file or two, in which they do not stand together."""
    lines = [line for data in drawn for line in data.splitlines(keepends=True)]
    operators = sorted(
        {line for line in lines if not line.startswith(b"<https://example.org/cohort/P")}
    )
    own = [line for line in lines if line.startswith(b"<https://example.org/cohort/P")]
    if kind == "shuffled":
        random.Random(1).shuffle(lines)
    elif kind == "sorted by predicate":
        lines.sort(key=lambda line: line.split(b" ")[1])
    elif kind == "sorted":  # what is recorded of an operator stands before it then
        lines = [line for data in drawn for line in sorted(data.splitlines(keepends=True))]
    elif kind == "operators first":
        lines = operators + own
    elif kind == "operators last":
        lines = own + operators
    elif kind == "two files":
        cut = len(lines) // 2 + 3
        return [b"".join(lines[:cut]), b"".join(lines[cut:])]
    elif kind == "one patient in two files":
        last = drawn[-1].splitlines(keepends=True)
        return [b"".join(drawn[:-1]) + b"".join(last[:9]), b"".join(last[9:])]
    return [b"".join(lines)]


MIXED = (
    "shuffled", "sorted", "sorted by predicate", "operators first", "operators last", "two files",
    "one patient in two files",
)  # fmt: skip


MIXED_SLOWLY = ("sorted by predicate", "operators first", "two files")
"""Kinds that differ from another one in the data only."""


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=pytest.mark.slow) if kind in MIXED_SLOWLY else kind
        for kind in MIXED
    ],
)
def test_patients_that_do_not_stand_together_are_grouped_and_advised_alike(
    tmp_path: Path, drawn: list[bytes], together: Path, kind: str
) -> None:
    output, told = run(tmp_path, mixed(drawn, kind))

    assert [line for line in told if "starting again with all input grouped" in line]
    assert all("\n" not in line for line in told)
    assert graphs_without_run(output) == graphs_without_run(together)
    assert rejected(output).keys() == rejected(together).keys()
    reconcile(output, len(drawn))


def test_a_node_that_nobody_names_is_told_and_changes_nobody_elses_advice(
    tmp_path: Path, drawn: list[bytes], together: Path
) -> None:
    output, told = run(tmp_path, [b"".join(drawn) + b"<a:stray> <u:says> <a:thing> .\n"])

    assert told == ["1 nodes hang together with no patient"]
    own, others = graphs_without_run(output), graphs_without_run(together)
    assert own.keys() == others.keys()
    assert sum(own[iri] != others[iri] for iri in own) == 1  # repeats what its block says


def test_the_same_patient_twice_is_one_patient(
    tmp_path: Path, drawn: list[bytes], together: Path
) -> None:
    output, told = run(tmp_path, [b"".join([*drawn, drawn[0]])])

    assert "stands in more than one place of the input" in told[0]
    assert graphs_without_run(output) == graphs_without_run(together)


def test_an_empty_input_gives_an_empty_output(tmp_path: Path) -> None:
    output, told = run(tmp_path, [b"", b"\n# nothing\n"])

    assert told == []
    assert (output / "advice.nq.zst").read_bytes() == b""
    reconcile(output, 0)
