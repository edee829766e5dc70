"""What the benchmark of cohort runs says of equality, slopes and memory is so."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import zstandard

from benchmarks import cohort
from benchmarks._measuring import peak_mb, run
from benchmarks._plot import plot
from benchmarks._same import about, blocks_of, digests, our_digests, patient_of
from benchmarks.patients import draw
from poem_kg.cohort.advising import Adviser
from poem_kg.cohort.model import Block
from poem_kg.derivation import derive
from poem_kg.knowledge import load_knowledge

SUBJECT = ox.NamedNode("https://example.org/cohort/P0000001/r1")
PREDICATE = ox.NamedNode("https://example.org/p")


def number(text: str) -> ox.Triple:
    decimal = ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    return ox.Triple(SUBJECT, PREDICATE, ox.Literal(text, datatype=decimal))


def test_a_slope_is_the_exponent_of_the_power_law() -> None:
    assert cohort.slope([(n, 0.003 * n**1.04) for n in (10, 100, 5000)]) == pytest.approx(1.04)


def test_digests_go_by_value_and_not_by_order_or_spelling() -> None:
    one, two, other = number("4.5"), number("7"), number("4.51")

    assert digests([("p", one), ("p", two)]) == digests([("p", two), ("p", number("4.50"))])
    assert digests([("p", one)]) != digests([("p", other)])


def test_a_node_belongs_to_the_patient_in_whose_name_it_begins() -> None:
    assert patient_of("https://example.org/cohort/P0000012/r3/s1").endswith("/P0000012")
    assert patient_of("https://example.org/cohort/operator/012") == ""


def test_the_lines_of_each_patient_are_found_again(tmp_path: Path) -> None:
    patients = [p for p in draw(30) if p.spoiled != "about_a_term"]
    source = tmp_path / "patients.nt"
    source.write_bytes(b"".join(patient.data for patient in patients))

    alone = {p.iri: p.data for p in patients}
    assert {iri: len(lines) for iri, lines in blocks_of(source).items()} == {
        iri: len(data) for iri, data in alone.items()
    }


def test_memory_is_told_of_the_process_and_of_those_it_starts() -> None:
    hungry = "b'x' * 150_000_000; import time; time.sleep(0.3)"
    start_it = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hungry!r}])"

    cost = run([sys.executable, "-c", start_it])

    assert cost.worker_mb > 150 > cost.coordinator_mb > 1
    assert cost.seconds > 0.3
    assert peak_mb() > 1


def test_a_command_that_fails_stops_the_benchmark() -> None:
    with pytest.raises(SystemExit):
        run([sys.executable, "-c", "raise SystemExit(3)"])
    assert run([sys.executable, "-c", "raise SystemExit(3)"], fine=(3,)).seconds > 0


def test_the_plot_is_svg_with_a_point_for_each_size() -> None:
    points = [(1000.0, 2.0), (10_000.0, 21.0), (100_000.0, 205.0)]

    svg = ElementTree.fromstring(plot("a title", points, points, 1.01))

    assert len(svg.findall(".//{http://www.w3.org/2000/svg}circle")) == 6


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, cohort.Inputs]:
    """Two patients as our pipeline sees them."""
    folder = tmp_path_factory.mktemp("runs")
    inputs = cohort.prepare(folder, 2, seed=4)
    blocks = [Block(name=iri, data=data) for iri, data in blocks_of(inputs.everyone).items()]
    advice = b"".join(r.advice for r in Adviser(load_knowledge()).advise(blocks))
    for jobs in (1, 2):
        (folder / f"ours_{jobs}").mkdir()
        packed = zstandard.ZstdCompressor().compress(advice)
        (folder / f"ours_{jobs}" / "advice.nq.zst").write_bytes(packed)
    return folder, inputs


@pytest.fixture(scope="module")
def alone(ours: tuple[Path, cohort.Inputs]) -> dict[str, Any]:
    """The same patients derived one after the other, told as the reference tells them."""
    _, inputs = ours
    valid, known = inputs.valid.read_text().split(), load_knowledge()
    found: dict[str, str] = {}
    for iri, data in blocks_of(inputs.everyone).items():
        if iri in valid:
            patient = [q.triple for q in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)]
            found |= digests((about(t), t) for t in derive(known, patient).advice)
    return {"conforming": valid, "digests": found}


@pytest.fixture(scope="module")
def reference(ours: tuple[Path, cohort.Inputs]) -> dict[str, Any]:
    """The same patients as the reference sees them."""
    folder, inputs = ours
    target = folder / "reference.json"
    module = [sys.executable, "-m", "benchmarks._reference"]
    files = [str(inputs.together), str(inputs.valid), str(target)]
    subprocess.run([*module, *files, "--most", "2", "--budget", "1"], check=True)
    found: dict[str, Any] = json.loads(target.read_text())
    return found


@pytest.mark.slow
def test_the_reference_and_ours_hold_the_same_conclusions(
    ours: tuple[Path, cohort.Inputs], reference: dict[str, Any]
) -> None:
    told = cohort.check(*ours, dict(reference))

    assert told == {"conclusionsOfPatients": 2, "conforming": 2, "equal": True}


def test_each_patient_alone_and_ours_hold_the_same_conclusions(
    ours: tuple[Path, cohort.Inputs], alone: dict[str, Any]
) -> None:
    told = cohort.check(*ours, dict(alone))

    assert told == {"conclusionsOfPatients": 2, "conforming": 2, "equal": True}


def test_one_conclusion_less_is_noticed(
    ours: tuple[Path, cohort.Inputs], alone: dict[str, Any], tmp_path: Path
) -> None:
    folder, inputs = ours
    packed = (folder / "ours_1" / "advice.nq.zst").read_bytes()
    lines = zstandard.ZstdDecompressor().decompress(packed).splitlines(keepends=True)
    lines.remove(next(line for line in lines if b"/ontology/readiness>" in line))
    for jobs in (1, 2):
        (tmp_path / f"ours_{jobs}").mkdir()
        less = zstandard.ZstdCompressor().compress(b"".join(lines))
        (tmp_path / f"ours_{jobs}" / "advice.nq.zst").write_bytes(less)

    assert our_digests(tmp_path / "ours_1" / "advice.nq.zst", inputs.everyone) != (
        our_digests(folder / "ours_1" / "advice.nq.zst", inputs.everyone)
    )
    with pytest.raises(SystemExit, match="1 patients differ"):
        cohort.check(tmp_path, inputs, dict(alone))
