"""What a finished run holds, counted: the manifest, the options and the reasons of rejection.

Everything is read piece by piece, so memory does not grow with the number of patients.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from poem_kg.errors import InputError

MANIFEST: Final = "manifest.json"
_COLUMNS: Final = (
    "patient",
    "disorder",
    "therapy",
    "standing",
    "line",
    "rank",
    "readiness",
    "unknown",
)
_BATCH: Final = 50_000
_NO_RUN: Final = "name the output folder of a finished poem-kg cohort"
_AGAIN: Final = "run poem-kg cohort again"

_First = TypeVar("_First")
_Second = TypeVar("_Second")

Standing = tuple[str, int | None]
"""The code of a standing, and the number of the line where it is one of several in order."""


@dataclass(frozen=True)
class Manifest:
    """What a run says of itself.

    Attributes:
        patients, advised, rejected, options, without_option: as they were counted.
        diagnoses: disorder IRI and basis to patients.
        silent: kind and term IRI of what the sources are silent on, to patients.
        questions: criterion IRI that is asked first, to patients.
        versions: what ran, by name, such as "ontologyVersion".
        digests: file to digest.
    """

    patients: int
    advised: int
    rejected: int
    options: int
    without_option: int
    diagnoses: Mapping[tuple[str, str], int]
    silent: Mapping[tuple[str, str], int]
    questions: Mapping[str, int]
    versions: Mapping[str, str]
    digests: Mapping[str, str]

    @property
    def with_option(self) -> int:
        """The advised patients that have at least one option."""
        return self.advised - self.without_option


@dataclass
class OptionCounts:
    """Options and patients, counted over all rows; the keys are IRIs and codes."""

    options: int = 0
    by_standing: Counter[tuple[str, Standing]] = field(default_factory=Counter)
    by_readiness: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_disorder: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    patients: int = 0
    patients_by_standing: Counter[Standing] = field(default_factory=Counter)
    patients_by_readiness: Counter[str] = field(default_factory=Counter)
    patients_by_disorder: Counter[str] = field(default_factory=Counter)
    patients_by_unknown: Counter[str] = field(default_factory=Counter)
    best: Counter[str] = field(default_factory=Counter)


def margin(cells: Mapping[tuple[_First, _Second], int], place: int) -> Counter[Any]:
    """Return the sums of a table over its first keys (`place` 0) or its second ones (1)."""
    sums: Counter[Any] = Counter()
    for key, count in cells.items():
        sums[key[place]] += count
    return sums


def read_manifest(folder: Path) -> Manifest:
    """Return what the run in a folder says of itself.

    Raises:
        InputError: there is no finished run, or its manifest is damaged.
    """
    path = folder / MANIFEST
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(str(path), error.strerror or "cannot be read", _NO_RUN) from None
    except (ValueError, RecursionError):
        raise InputError(str(path), "is no JSON", _AGAIN) from None
    try:
        counts = told["counts"]
        manifest = Manifest(
            patients=_number(counts["patients"]),
            advised=_number(counts["advised"]),
            rejected=_number(counts["rejected"]),
            options=_number(counts["options"]),
            without_option=_number(counts["withoutOption"]),
            diagnoses=_pairs(counts["diagnoses"]),
            silent=_pairs(counts["noStatement"]),
            questions={str(k): _number(n) for k, n in counts["firstQuestion"].items()},
            versions={
                name: str(told[name])
                for name in (
                    "ontologyVersion",
                    "ontologyDigest",
                    "queriesDigest",
                    "softwareVersion",
                    "runner",
                    "startedAt",
                )
                if told.get(name) is not None
            },
            digests={str(k): str(v) for k, v in told.get("digests", {}).items()},
        )
    except KeyError as error:
        raise InputError(str(path), f"does not tell {error.args[0]}", _AGAIN) from None
    except (TypeError, ValueError, AttributeError):
        raise InputError(str(path), "has another form than a run gives it", _AGAIN) from None
    if manifest.patients != manifest.advised + manifest.rejected:
        raise InputError(str(path), "patients are not advised and rejected together", _AGAIN)
    return manifest


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(value)
    return value


def _pairs(value: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], int]:
    return {(a, b): _number(n) for a, inner in value.items() for b, n in inner.items()}


def count_options(folder: Path, readiness: Sequence[str]) -> OptionCounts:
    """Return the counts over `options.parquet`, or over all files of a folder `options`.

    Args:
        folder: the output of a run.
        readiness: the codes, from the least ready on. A patient whose best options tie counts
            with the readiest of them.

    Raises:
        InputError: the options are missing, damaged, or have a readiness that is not listed.
    """
    import pyarrow as pa

    counts = OptionCounts()
    for path in _parts(folder, "options", ".parquet"):
        try:
            for table in _whole_patients(path):
                _count(table, readiness, counts, path)
        except (OSError, pa.ArrowException) as error:
            cause = str(error).splitlines()[0] if str(error) else "cannot be read"
            raise InputError(str(path), cause, _AGAIN) from None
    return counts


def _parts(folder: Path, name: str, suffix: str) -> list[Path]:
    """The one file of a local run, or what a distributed one wrote below a folder."""
    single, many = folder / (name + suffix), folder / name
    if single.is_file():
        return [single]
    if not many.is_dir():
        raise InputError(str(single), "no such file", _NO_RUN)
    return sorted(p for p in many.iterdir() if p.is_file() and p.name[0] not in "._")


def _whole_patients(path: Path) -> Iterator[Any]:
    """Yield tables of at least a batch of rows, in which no patient is cut in two."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        missing = set(_COLUMNS) - set(file.schema_arrow.names)
        if missing:
            raise InputError(str(path), f"has no column {min(missing)}", _AGAIN)
        kept = None
        for batch in file.iter_batches(batch_size=_BATCH, columns=list(_COLUMNS)):
            table = pa.Table.from_batches([batch])
            if kept is not None:
                table = pa.concat_tables([kept, table])
            last = pc.equal(table["patient"], table["patient"][-1])
            first_of_last = pc.index(last, True).as_py()
            if first_of_last:
                yield table.slice(0, first_of_last)
            kept = table.slice(first_of_last)
        if kept is not None:
            yield kept


def _count(table: Any, readiness: Sequence[str], counts: OptionCounts, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    order = pc.index_in(table["readiness"], value_set=pa.array(list(readiness), pa.string()))
    if order.null_count:
        code = table["readiness"].filter(pc.is_null(order))[0].as_py()
        advice = "summarise with the version of poem-kg that wrote it"
        raise InputError(str(path), f"has the readiness {code}, which is none here", advice)
    counts.options += table.num_rows
    counts.patients += len(pc.unique(table["patient"]))

    for therapy, standing, line, n in _groups(table, "therapy", "standing", "line"):
        counts.by_standing[therapy, (standing, line)] += n
    for therapy, code, n in _groups(table, "therapy", "readiness"):
        counts.by_readiness[therapy, code] += n
    for disorder, n in _groups(table, "disorder"):
        counts.by_disorder[disorder] += n

    for standing, line, n in _patients(table, "standing", "line"):
        counts.patients_by_standing[standing, line] += n
    for code, n in _patients(table, "readiness"):
        counts.patients_by_readiness[code] += n
    for disorder, n in _patients(table, "disorder"):
        counts.patients_by_disorder[disorder] += n

    first = table.append_column("order", order).filter(pc.equal(table["rank"], 1))
    for place, n in _groups(first.group_by("patient").aggregate([("order", "max")]), "order_max"):
        counts.best[readiness[place]] += n

    parents = pc.list_parent_indices(table["unknown"])
    unknown = pa.table(
        {
            "patient": pc.take(table["patient"], parents),
            "unknown": pc.list_flatten(table["unknown"]),
        }
    )
    for criterion, n in _groups(unknown, "unknown"):
        counts.unknown[criterion] += n
    for criterion, n in _patients(unknown, "unknown"):
        counts.patients_by_unknown[criterion] += n


def _groups(table: Any, *columns: str) -> Iterator[tuple[Any, ...]]:
    """Yield each combination of values and how many rows have it."""
    grouped = table.group_by(list(columns)).aggregate([([], "count_all")])
    yield from zip(*(grouped[c].to_pylist() for c in (*columns, "count_all")), strict=True)


def _patients(table: Any, *columns: str) -> Iterator[tuple[Any, ...]]:
    """Yield each combination of values and how many patients have it."""
    yield from _groups(table.group_by(["patient", *columns]).aggregate([]), *columns)


def count_reasons(folder: Path) -> tuple[int, Counter[str]]:
    """Return how many patients were rejected, and for each shape how many of them it rejected.

    Raises:
        InputError: the file is missing or damaged.
    """
    patients = 0
    reasons: Counter[str] = Counter()
    for path in _parts(folder, "rejected", ".jsonl"):
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    findings = json.loads(line)["findings"]
                    shapes = {f["shape"] for f in findings if f["severity"] == "Violation"}
                except (ValueError, KeyError, TypeError, RecursionError):
                    where = f"{path}:{number}"
                    raise InputError(where, "is no rejected patient", _AGAIN) from None
                patients += 1
                reasons.update(shapes)
    return patients, reasons
