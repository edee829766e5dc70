"""Folders as a finished run leaves them, written from results that a test makes up."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from poem_kg.cohort.model import OptionRow, PatientResult

SCHEMA = pa.schema(
    {
        "patient": pa.string(),
        "disorder": pa.string(),
        "therapy": pa.string(),
        "standing": pa.string(),
        "line": pa.int32(),
        "rank": pa.int32(),
        "readiness": pa.string(),
        "unknown": pa.list_(pa.string()),
        "statements": pa.list_(pa.string()),
    }
)


def write_run(folder: Path, results: Sequence[PatientResult], **told: Any) -> Path:
    """Write manifest.json, options.parquet and rejected.jsonl; `told` goes into the manifest."""
    folder.mkdir()
    write_options(folder / "options.parquet", [row for r in results for row in r.options])
    write_rejected(folder / "rejected.jsonl", results)
    write_manifest(folder, results, **told)
    return folder


def write_options(path: Path, rows: Sequence[OptionRow]) -> None:
    table = pa.Table.from_pylist([dataclasses.asdict(row) for row in rows], schema=SCHEMA)
    pq.write_table(table, path)


def write_rejected(path: Path, results: Sequence[PatientResult]) -> None:
    lines = [
        json.dumps({"patient": r.patient, "findings": [dataclasses.asdict(f) for f in r.findings]})
        for r in results
        if r.rejected
    ]
    path.write_text("".join(line + "\n" for line in lines))


def write_manifest(folder: Path, results: Sequence[PatientResult], **told: Any) -> None:
    advised = [r for r in results if not r.rejected]
    diagnoses: dict[str, Counter[str]] = defaultdict(Counter)
    silent: dict[str, Counter[str]] = defaultdict(Counter)
    for result in advised:
        for disorder, basis in result.tally.diagnoses:
            diagnoses[disorder][basis] += 1
        for kind, term in result.tally.no_statement:
            silent[kind][term] += 1
    manifest = {
        "counts": {
            "patients": len(results),
            "advised": len(advised),
            "rejected": len(results) - len(advised),
            "options": sum(len(r.options) for r in advised),
            "withoutOption": sum(not r.options for r in advised),
            "diagnoses": diagnoses,
            "noStatement": silent,
            "firstQuestion": Counter(r.tally.question for r in advised if r.tally.question),
            "orphanTriples": 0,
        },
        "ontologyVersion": "0.1.0",
        **told,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
