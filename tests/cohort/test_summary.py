"""A summary counts what a run wrote, says what its shares are of, and gives nobody away."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from poem_kg.cohort.local import run_local
from poem_kg.cohort.summary import counting
from poem_kg.cohort.summary.counting import count_options
from poem_kg.cohort.summary.model import Figure
from poem_kg.cohort.summary.page import summary_html
from poem_kg.cohort.summary.report import summarise, summary_text
from poem_kg.errors import InputError
from poem_kg.knowledge import Knowledge
from poem_kg.knowledge_base import KnowledgeBase
from tests.cohort.made_runs import write_options, write_rejected, write_run
from tests.cohort.summaries import (
    COMPETENCE,
    FEW,
    MIMIC,
    READINESS,
    STORIES,
    many,
    option,
    rejected,
    section,
    told,
)
from tests.project.tree import ROOT

# What is counted


def test_a_few_patients_are_counted_with_shares(tmp_path: Path, knowledge: Knowledge) -> None:
    summary = summarise(write_run(tmp_path / "run", FEW), knowledge)

    assert told(summary, "totals") == [
        ("patients that came in", "", "5", ""),
        ("advised", "all that came in", "3", "60.0 %"),
        ("rejected", "all that came in", "2", "40.0 %"),
        ("with an option", "the advised", "2", "66.7 %"),
        ("without any option", "the advised", "1", "33.3 %"),
        ("options of all patients", "", "4", ""),
    ]
    assert told(summary, "rejections") == [
        ("present and absent", "shapes:contradiction-absent", "2", "100.0 %"),
        ("attested and denied", "shapes:attested-contradiction", "1", "50.0 %"),
    ]
    assert told(summary, "diagnoses") == [
        ("achalasia type II", "recorded", "1", "33.3 %"),
        ("achalasia type II", "derived", "1", "33.3 %"),
        ("achalasia type I", "recorded", "1", "33.3 %"),
    ]
    assert told(summary, "best") == [
        ("blocked", "1", "33.3 %"),
        ("ready", "1", "33.3 %"),
        ("no option", "1", "33.3 %"),
    ]
    assert told(summary, "standing") == [
        ("line 1", "1", "33.3 %", "1", "25.0 %"),
        ("option", "2", "66.7 %", "3", "75.0 %"),
    ]
    assert told(summary, "disorder") == [("achalasia type II", "2", "66.7 %", "4", "100.0 %")]
    assert told(summary, "therapy-standing") == [
        ("per-oral endoscopic myotomy", "option", "2", "66.7 %"),
        ("pneumatic dilation", "line 1", "1", "33.3 %"),
        ("pneumatic dilation", "option", "1", "33.3 %"),
    ]
    assert told(summary, "unknown") == [
        (knowledge.label(MIMIC), "2", "66.7 %", "2", "50.0 %"),
        (knowledge.label(COMPETENCE), "1", "33.3 %", "1", "25.0 %"),
    ]
    assert told(summary, "silence") == [("achalasia type I", "disorder", "1", "33.3 %")]
    assert {row[0] for row in told(summary, "questions")} == {
        knowledge.label(MIMIC),
        knowledge.label(COMPETENCE),
    }


def test_codes_stand_in_the_order_of_the_ontology(tmp_path: Path, knowledge: Knowledge) -> None:
    summary = summarise(write_run(tmp_path / "run", many(200)), knowledge)

    assert section(summary, "therapy-readiness").legend == READINESS
    assert section(summary, "therapy-standing").legend == (
        "line 1",
        "line 2",
        "preferred",
        "option",
    )
    assert [word.code for word in summary.words if word.list == "readiness"] == [*READINESS]


@pytest.mark.parametrize("batch", [1, 2, 7, 1000])
def test_counts_do_not_depend_on_where_a_file_is_cut(
    batch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = many(150)
    write_options(tmp_path / "options.parquet", [row for r in results for row in r.options])
    monkeypatch.setattr(counting, "_BATCH", batch)

    counts = count_options(tmp_path, READINESS)

    some = [r for r in results if r.options]
    rows = [row for r in some for row in r.options]
    assert counts.options == len(rows) and counts.patients == len(some)
    assert counts.by_readiness == Counter((o.therapy, o.readiness) for o in rows)
    assert counts.by_standing == Counter((o.therapy, (o.standing, o.line)) for o in rows)
    assert counts.by_disorder == Counter(o.disorder for o in rows)
    assert counts.unknown == Counter(c for o in rows for c in o.unknown)
    for found, value in (
        (counts.patients_by_readiness, lambda o: [o.readiness]),
        (counts.patients_by_standing, lambda o: [(o.standing, o.line)]),
        (counts.patients_by_disorder, lambda o: [o.disorder]),
        (counts.patients_by_unknown, lambda o: o.unknown),
    ):
        assert found == Counter(v for r in some for v in {v for o in r.options for v in value(o)})
    assert counts.best == Counter(
        max((o.readiness for o in r.options if o.rank == 1), key=READINESS.index) for r in some
    )


def test_the_parts_of_a_distributed_run_count_like_one_file(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    results = many(120)
    one = write_run(tmp_path / "one", results)
    parts = tmp_path / "parts"
    for name in ("options", "rejected"):
        (parts / name).mkdir(parents=True)
        (parts / name / "_SUCCESS").write_bytes(b"")
        (parts / name / f".part-0.{name}.parquet.crc").write_bytes(b"crc")
    for number, start in enumerate((0, 50, 90, 120)):
        part = results[start : (50, 90, 120, 120)[number]]
        rows = [row for r in part for row in r.options]
        write_options(parts / "options" / f"part-{number}.parquet", rows)
        write_rejected(parts / "rejected" / f"part-{number}.txt", part)
    shutil.copy(one / "manifest.json", parts)

    assert summarise(parts, knowledge) == summarise(one, knowledge)


def test_a_real_run_is_told(tmp_path: Path, knowledge: Knowledge) -> None:
    stories = [ROOT / "examples" / f"{name}.ttl" for name in STORIES]
    wrong = tmp_path / "wrong.ttl"
    wrong.write_text(
        stories[0].read_text().replace("S3a", "wrong").replace("poemkg:age 50", "poemkg:age -1")
    )
    advice = [kb.recommend(kb.read(path)) for kb in [KnowledgeBase(knowledge)] for path in stories]

    run_local(knowledge, [*stories, wrong], tmp_path / "run")
    summary = summarise(tmp_path / "run", knowledge)

    options = [o for a in advice for o in a.options]
    assert [row[2] for row in told(summary, "totals")] == [
        "5",
        "4",
        "1",
        "3",
        "1",
        str(len(options)),
    ]
    assert [row[2] for row in told(summary, "rejections")] == ["1"]
    by_therapy = Counter(o.label for o in options)
    assert {row[0]: int(row[1]) for row in told(summary, "therapy")} == by_therapy
    ready = Counter(o.readiness for o in options)
    assert {row[0]: int(row[3]) for row in told(summary, "readiness")} == ready
    first = Counter(a.questions[0].label for a in advice if a.questions)
    assert {row[0]: int(row[1]) for row in told(summary, "questions")} == first
    silent = Counter((n.label, n.kind) for a in advice for n in a.no_statement)
    assert {row[:2]: int(row[2]) for row in told(summary, "silence")} == silent
    unknown = Counter(r.label for o in options for r in o.requirements if r.state == "unknown")
    assert unknown.keys() <= {row[0] for row in told(summary, "unknown")}


def test_an_empty_run_is_told(tmp_path: Path, knowledge: Knowledge) -> None:
    summary = summarise(write_run(tmp_path / "run", []), knowledge)

    assert told(summary, "totals")[0] == ("patients that came in", "", "0", "")
    assert "none" in summary_text(summary, colour=False)
    assert b"<svg" not in summary_html(summary)


def test_a_small_share_is_no_zero() -> None:
    assert Figure(count=1, share=0.0001, told="1").told_share == "<0.1 %"
    assert Figure(count=0, share=0.0, told="0").told_share == "0.0 %"
    assert Figure(count=1, share=None, told="1").told_share == ""


def test_a_warning_rejects_nobody(tmp_path: Path, knowledge: Knowledge) -> None:
    run = write_run(tmp_path / "run", [rejected("urn:a", "other")])
    text = (run / "rejected.jsonl").read_text()
    warning = text.replace("Violation", "Warning").replace("other", "hint")
    found = json.loads(text)["findings"] + json.loads(warning)["findings"]
    (run / "rejected.jsonl").write_text(json.dumps({"patient": "urn:a", "findings": found}))

    assert told(summarise(run, knowledge), "rejections") == [
        ("other", "shapes:other", "1", "100.0 %")
    ]


def test_another_ontology_is_told(tmp_path: Path, knowledge: Knowledge) -> None:
    same = write_run(tmp_path / "same", FEW, ontologyDigest=knowledge.digest)
    other = write_run(tmp_path / "other", FEW, ontologyDigest="sha256:other")

    assert not [r for r in summarise(same, knowledge).remarks if "version" in r]
    assert [r for r in summarise(other, knowledge).remarks if "another version" in r]


# What is wrong with a folder


def broken(name: str, run: Path) -> None:
    """Damage a run."""
    manifest, options, lines = (
        run / n for n in ("manifest.json", "options.parquet", "rejected.jsonl")
    )
    told = json.loads(manifest.read_text())
    if name == "no manifest":
        manifest.unlink()
    elif name == "no JSON":
        manifest.write_text("{")
    elif name == "no count":
        del told["counts"]["advised"]
    elif name == "no number":
        told["counts"]["advised"] = "3"
    elif name == "patients lost":
        told["counts"]["patients"] += 1
    elif name == "no options":
        options.unlink()
    elif name == "damaged options":
        options.write_bytes(options.read_bytes()[:-20])
    elif name == "an option too many":
        write_options(options, [*(row for r in FEW for row in r.options), option("urn:b")])
    elif name == "a patient in two places":
        rows = [row for r in FEW for row in r.options]
        write_options(options, [rows[0], rows[2], rows[1], rows[3]])
    elif name == "readiness":
        rows = [row for r in FEW for row in r.options]
        write_options(options, [*rows[:-1], dataclasses.replace(rows[-1], readiness="maybe")])
    elif name == "no rejected":
        lines.unlink()
    elif name == "damaged line":
        lines.write_text(lines.read_text() + "{\n")
    elif name == "rejected lost":
        lines.write_text(lines.read_text().splitlines(keepends=True)[0])
    if manifest.exists() and name in ("no count", "no number", "patients lost"):
        manifest.write_text(json.dumps(told))


@pytest.mark.parametrize(
    ("name", "place", "cause"),
    [
        ("no manifest", "manifest.json", "No such file"),
        ("no JSON", "manifest.json", "no JSON"),
        ("no count", "manifest.json", "does not tell advised"),
        ("no number", "manifest.json", "another form"),
        ("patients lost", "manifest.json", "are not advised and rejected together"),
        ("no options", "options.parquet", "no such file"),
        ("damaged options", "options.parquet", "arquet"),
        ("an option too many", "manifest.json", "expects 4 options, but the files beside it hold"),
        ("a patient in two places", "manifest.json", "expects 2 patients with an option"),
        ("readiness", "options.parquet", "readiness maybe"),
        ("no rejected", "rejected.jsonl", "no such file"),
        ("damaged line", "rejected.jsonl:3", "no rejected patient"),
        ("rejected lost", "manifest.json", "expects 2 rejected patients"),
    ],
)
def test_what_is_wrong_with_a_run_is_one_line(
    name: str,
    place: str,
    cause: str,
    tmp_path: Path,
    knowledge: Knowledge,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = write_run(tmp_path / "run", FEW)
    broken(name, run)
    monkeypatch.setattr(counting, "_BATCH", 1)

    with pytest.raises(InputError) as error:
        summarise(run, knowledge)

    where, what = str(error.value).split(": ", 1)
    assert where.endswith(place) and cause in what and "; " in what
    assert "\n" not in str(error.value)
