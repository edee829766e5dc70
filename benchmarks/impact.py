"""What `poem-kg impact` takes, and how many small edits of the ontology it shows.

Run with `python -m benchmarks.impact [--patients N] [--edits N] [--edit-patients N] [--json]`.

The first part runs the command on the ontology and a copy of it in which one statement has lost
its standing. The second drops one triple at a time that the queries read, of a statement or a
criterion, chosen by a seed, and counts for how many of these edits some patient's advice differs:
among the examples alone, and with drawn patients.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from benchmarks._measuring import machine, run
from poem_kg.catalogue import read_queries
from poem_kg.changes.impact import impact
from poem_kg.changes.terms import Terms
from poem_kg.changes.versions import versions
from poem_kg.cohort.reads import reads
from poem_kg.namespaces import POEMKG
from poem_kg.resources import data_dir
from poem_kg.turtle import write_turtle


@dataclass(frozen=True)
class Edit:
    """One triple of a statement or criterion that is dropped from its file."""

    file: str
    triple: ox.Triple


def candidates() -> list[Edit]:
    """Return every triple of a statement or a criterion that a query can read, in a fixed order."""
    words = {
        word[1:-1].decode()
        for part in ("prepare", "derive")
        for query in read_queries(data_dir("queries") / part)
        for word in reads(query).words
    }
    found = []
    with versions(str(data_dir("ontology"))) as (version,):
        kinds = {iri: t.kind for iri, t in Terms(version).by_iri.items()}
        for path in version.files():
            for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
                subject, predicate = quad.subject, quad.predicate.value
                if not isinstance(subject, ox.NamedNode) or predicate not in words:
                    continue
                if not predicate.startswith(POEMKG):
                    continue
                if kinds.get(subject.value) in ("statement", "criterion"):
                    found.append(Edit(version.path_of(path), quad.triple))
    return sorted(found, key=lambda e: (e.file, str(e.triple)))


def edited(edit: Edit, folder: Path) -> Path:
    """Return a copy of the ontology without one triple."""
    copy = folder / "ontology"
    shutil.copytree(data_dir("ontology"), copy)
    path = copy / edit.file
    quads = ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)
    path.write_text(write_turtle(q.triple for q in quads if q.triple != edit.triple))
    return copy


def cost(patients: int) -> dict[str, Any]:
    """Return what one run of the command takes, in seconds of the clock and of the processor."""
    standing = next(e for e in candidates() if e.triple.predicate.value == POEMKG + "standing")
    with tempfile.TemporaryDirectory() as folder:
        copy = edited(standing, Path(folder))
        arguments = ("impact", str(data_dir("ontology")), str(copy), "--patients", str(patients))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken = run([sys.executable, "-m", "poem_kg", *arguments])
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "patients": patients,
        **asdict(taken),
        "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    }


def shown(edits: int, patients: int, seed: int) -> dict[str, Any]:
    """Return for how many edits somebody's advice differs, and the edits that nobody shows."""
    chosen = random.Random(seed).sample(candidates(), edits)
    by_examples = by_all = named = 0
    missed = []
    for edit in chosen:
        with tempfile.TemporaryDirectory() as folder:
            copy = edited(edit, Path(folder))
            found = impact(str(data_dir("ontology")), str(copy), patients=patients, jobs=1)
        by_examples += bool(found.panel_affected)
        by_all += bool(found.affected or found.shown_only)
        if not (found.affected or found.shown_only):
            named += bool(found.untried)
            missed.append(str(edit.triple).replace(POEMKG, "poemkg:"))
    return {
        "edits": edits,
        "patients": patients,
        "seed": seed,
        "shown_by_examples": by_examples,
        "shown_by_all": by_all,
        "named_as_untried": named,
        "missed": missed,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=5000)
    parser.add_argument("--edits", type=int, default=40)
    parser.add_argument("--edit-patients", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result: dict[str, Any] = {
        "machine": machine(),
        "cost": cost(arguments.patients) if arguments.patients else None,
        "shown": shown(arguments.edits, arguments.edit_patients, arguments.seed),
    }
    if arguments.json:
        print(json.dumps(result))
        return
    if result["cost"]:
        print(
            "impact of one edit, {patients} drawn patients: {seconds:.0f} s, "
            "{cpu_seconds:.0f} s of the processor, {worker_mb:.0f} MB a process".format(
                **result["cost"]
            )
        )
    print(
        "{edits} edits: {shown_by_examples} shown by the examples, {shown_by_all} with "
        "{patients} drawn patients; of the others {named_as_untried} are named as not tried".format(
            **result["shown"]
        )
    )
    for line in result["shown"]["missed"]:
        print(f"  {line}")


if __name__ == "__main__":
    main()
