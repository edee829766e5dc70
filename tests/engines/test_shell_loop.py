"""From the raw files to a patient's conclusions with Jena's command line and a shell loop alone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from poem_kg.derivation import derive
from poem_kg.jvm import java, jena_jars
from poem_kg.knowledge import load_knowledge
from poem_kg.reading import read_graph
from tests.engines.compare import Triple, normal_triples, triples_of

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_shell_loop_over_the_files_reaches_the_same_conclusions(tmp_path: Path) -> None:
    """About 250 starts of Java, so this takes minutes."""
    patient = ROOT / "examples" / "S3a-type-iii.ttl"
    result = tmp_path / "result.nt"
    subprocess.run(
        [
            "sh",
            str(Path(__file__).with_name("shell_loop.sh")),
            str(ROOT),
            str(patient),
            str(result),
        ],
        check=True,
        env={
            **os.environ,
            "JAVA": str(java()),
            "CLASSPATH": os.pathsep.join(str(jar) for jar in jena_jars()),
        },
    )
    theirs = normal_triples(triples_of(result.read_bytes()))
    ours: set[Triple] = {
        (str(t.subject), str(t.predicate), str(t.object))
        for t in derive(load_knowledge(), read_graph(patient).triples).advice
    }
    assert len(ours) > 400
    assert normal_triples(ours) <= theirs
