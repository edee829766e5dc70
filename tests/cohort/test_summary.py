"""A summary counts what a run wrote, says what its shares are of, and gives nobody away."""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from poem_kg.cohort.local import run_local
from poem_kg.cohort.model import OptionRow, PatientResult, Tally
from poem_kg.cohort.summary import counting
from poem_kg.cohort.summary.counting import count_options
from poem_kg.cohort.summary.model import Figure, Section, Summary
from poem_kg.cohort.summary.page import summary_html
from poem_kg.cohort.summary.report import summarise, summary_text
from poem_kg.cohort.summary.small_counts import kept_back
from poem_kg.errors import InputError, ToolMissing
from poem_kg.knowledge import Knowledge, load_knowledge
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.model import Finding
from poem_kg.namespaces import CRITERION, POEMKG, SHAPES
from tests.cohort.made_runs import write_options, write_rejected, write_run
from tests.project.tree import ROOT

TYPE_I, TYPE_II = POEMKG + "AchalasiaTypeI", POEMKG + "AchalasiaTypeII"
POEM, DILATION = POEMKG + "PerOralEndoscopicMyotomy", POEMKG + "PneumaticDilation"
MIMIC, COMPETENCE = CRITERION + "achalasia-mimic", CRITERION + "competence"
READINESS = ("withheld", "blocked", "needs-information", "needs-action", "ready")
STORIES = (
    "S3a-type-iii",
    "S4b-outflow-obstruction-imaged",
    "S5-diverticulum-no-diagnosis",
    "S9-distal-spasm",
)
STANDINGS = (("line", 1), ("line", 2), ("preferred", None), ("option", None))


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def option(
    patient: str,
    therapy: str = POEM,
    readiness: str = "ready",
    *,
    disorder: str = TYPE_II,
    standing: tuple[str, int | None] = ("option", None),
    rank: int = 1,
    unknown: tuple[str, ...] = (),
) -> OptionRow:
    return OptionRow(
        patient, disorder, therapy, *standing, rank, readiness, unknown, ("urn:statement",)
    )


def rejected(patient: str, *shapes: str, severity: str = "Violation") -> PatientResult:
    findings = tuple(
        Finding(
            focus=patient, path=None, value=None, severity=severity, message="m", shape=SHAPES + s
        )
        for s in shapes
    )
    return PatientResult(patient, findings=findings)


FEW = (
    PatientResult(
        "urn:a",
        options=(
            option("urn:a", POEM, "ready"),
            option("urn:a", DILATION, "needs-information", unknown=(MIMIC,)),
        ),
        tally=Tally(((TYPE_II, "recorded"),), question=MIMIC),
    ),
    PatientResult(
        "urn:b",
        options=(
            option("urn:b", POEM, "needs-information", rank=2, unknown=(COMPETENCE, MIMIC)),
            option("urn:b", DILATION, "blocked", standing=("line", 1)),
        ),
        tally=Tally(((TYPE_I, "recorded"), (TYPE_II, "derived")), question=COMPETENCE),
    ),
    PatientResult("urn:c", tally=Tally((), (("disorder", TYPE_I),))),
    rejected("urn:d", "contradiction-absent", "contradiction-absent", "attested-contradiction"),
    rejected("urn:e", "contradiction-absent"),
)
"""Three advised, one of them without an option, and two rejected."""


def many(number: int, seed: int = 4) -> list[PatientResult]:
    """Patients of every kind, with rows that tie, in no order of readiness."""
    drawn = random.Random(seed)
    results = []
    for i in range(number):
        patient = f"urn:patient:{i}"
        if drawn.random() < 0.1:
            results.append(rejected(patient, drawn.choice(["contradiction-absent", "other"])))
            continue
        disorder = drawn.choice([TYPE_I, TYPE_II])
        options = [
            option(
                patient,
                therapy,
                drawn.choices(READINESS, [1, 3, 9, 5, 7])[0],
                disorder=disorder,
                standing=drawn.choice(STANDINGS),
                rank=min(place, drawn.choice([1, 2])),
                unknown=tuple(c for c in (COMPETENCE, MIMIC) if drawn.random() < 0.5),
            )
            for place, therapy in enumerate(
                drawn.sample([POEM, DILATION, POEMKG + "Other"], drawn.randrange(4)), 1
            )
        ]
        tally = Tally(((disorder, "recorded"),), (), drawn.choice([None, MIMIC]))
        results.append(PatientResult(patient, options=tuple(options), tally=tally))
    return results


def section(summary: Summary, name: str) -> Section:
    return next(s for s in summary.sections if s.name == name)


def told(summary: Summary, name: str) -> list[tuple[str, ...]]:
    return [
        (*row.keys, *(text for f in row.figures for text in (f.told, f.told_share)))
        for row in section(summary, name).rows
    ]


def figures(summary: Summary) -> Iterator[Figure]:
    for part in summary.sections:
        for row in part.rows:
            yield from row.figures


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


# Small counts


def test_a_lone_small_count_takes_the_next_one_with_it() -> None:
    counts = {"a": 90, "b": 3, "c": 20, "d": 0}

    assert kept_back(counts, {"b"}, 5, [list(counts)]) == {"b", "c"}
    assert kept_back(counts, {"b"}, 5, []) == {"b"}
    assert kept_back(counts, set(), 5, [list(counts)]) == set()


def test_two_small_counts_that_stay_small_together_take_a_third() -> None:
    counts = {"a": 90, "b": 1, "c": 1, "d": 20}

    assert kept_back(counts, {"b", "c"}, 5, [list(counts)]) == {"b", "c", "d"}


@pytest.mark.parametrize("seed", range(8))
def test_no_small_count_is_shown_or_can_be_worked_out(
    seed: int, tmp_path: Path, knowledge: Knowledge
) -> None:
    run = write_run(tmp_path / "run", many(20 + 15 * seed, seed))
    open_, closed = summarise(run, knowledge), summarise(run, knowledge, suppress_below=5)

    counts, shown = cells(open_), cells(closed)
    secret = {key for key, n in counts.items() if n in range(1, 5)}

    assert secret, "the run has no small count"
    assert set(counts) == set(shown)
    assert {key for key, n in shown.items() if n is not None and n != counts[key]} == set()
    assert not any(f.share for f in figures(closed) if f.count is None)
    known = {key for key, n in shown.items() if n is not None}
    assert known & secret == set()
    worked_out = True
    while worked_out:
        worked_out = False
        for line in sums(counts):
            lost = [key for key in line if key not in known]
            if len(lost) == 1:
                known.update(lost)
                worked_out = True
    assert known & secret == set()


def cells(summary: Summary) -> dict[tuple[str, ...], int | None]:
    """Every count by section, keys and what is counted; each row has its last figure's."""
    return {
        (part.name, *row.keys): row.figures[-1].count
        for part in summary.sections
        for row in part.rows
    }


def sums(counts: dict[tuple[str, ...], int | None]) -> list[list[tuple[str, ...]]]:
    """Groups of counts of which each can be worked out from the others of the group."""
    came, advised, rejected_, some, none, options = [k for k in counts if k[0] == "totals"]
    of = {
        name: [key for key in counts if key[0] == name]
        for name in ("best", "readiness", "standing", "disorder", "therapy")
    }
    groups = [[came, advised, rejected_], [advised, some, none], [none, ("best", "no option")]]
    groups += [[advised, *of["best"]]]
    groups += [[options, *of[n]] for n in ("readiness", "standing", "disorder", "therapy")]
    for name in ("standing", "readiness"):
        crossed = [key for key in counts if key[0] == f"therapy-{name}"]
        groups += [[total, *(c for c in crossed if c[1] == total[1])] for total in of["therapy"]]
        groups += [[total, *(c for c in crossed if c[2] == total[1])] for total in of[name]]
    return groups


def test_what_is_kept_back_is_told(tmp_path: Path, knowledge: Knowledge) -> None:
    run = write_run(tmp_path / "run", many(60))

    closed = summarise(run, knowledge, suppress_below=5)

    page = Page(summary_html(closed)).texts
    assert "<5" in page and "kept back" in page
    assert "<5" in summary_text(closed, colour=False)
    assert [r for r in closed.remarks if "<5" in r]
    assert not [r for r in summarise(run, knowledge).remarks if "<" in r]


def test_a_lone_rejected_patient_is_not_the_rest_of_a_sum(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    results = [PatientResult(f"urn:{i}", options=(option(f"urn:{i}"),)) for i in range(9)]
    run = write_run(tmp_path / "run", [*results, rejected("urn:x", "other")])

    summary = summarise(run, knowledge, suppress_below=5)

    assert [row[2] for row in told(summary, "totals")][:3] == ["kept back", "9", "<5"]
    assert "<5 rejected patients" in section(summary, "rejections").note


# The table and the page


class Page(HTMLParser):
    """Tags, attributes and texts of a page, and whether its tags close."""

    VOID = frozenset({"meta"})

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge) -> Summary:
    folder = tmp_path_factory.mktemp("summary") / "run"
    return summarise(write_run(folder, many(300), softwareVersion="0.1.0"), knowledge)


def test_the_table_fits_80_columns_and_tells_every_figure(summary: Summary) -> None:
    text = summary_text(summary, colour=False)

    assert max(map(len, text.splitlines())) <= 80
    words = set(text.split())
    for part in summary.sections:
        assert part.title in text
        assert {f.told for row in part.rows for f in row.figures} <= words
    flat = " ".join(text.split())
    assert all(notice in flat for notice in summary.notices)
    assert "\x1b[" in summary_text(summary, colour=True)


def test_the_page_loads_nothing(summary: Summary) -> None:
    page = summary_html(summary)
    parsed = Page(page)

    for tag, attributes in parsed.tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "base", "image"}
        for name, value in attributes.items():
            assert name not in {"src", "srcset", "xlink:href", "action", "style"}, tag
            assert not name.startswith("on"), tag
            if name == "href":
                assert str(value).startswith("#"), tag
    assert not re.search(rb"url\((?!#)|@import|@font-face|https?:", page)
    policies = [a for a in parsed.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert [a["content"] for a in policies] == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_the_page_is_told_to_those_who_hear_it(summary: Summary) -> None:
    page = Page(summary_html(summary))

    assert page.open == []
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("title")) == len(page.all("h1")) == 1
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    drawn = [part for part in summary.sections if part.chart != "none" and part.rows]
    assert len(page.all("svg")) == len(drawn) > 8
    for part, attributes in zip(drawn, page.all("svg"), strict=True):
        assert attributes["role"] == "img" and part.title in str(attributes["aria-label"])
    identifiers = [a["id"] for _, a in page.tags if a.get("id")]
    assert len(identifiers) == len(set(identifiers))
    targets = {str(a["href"]).removeprefix("#") for a in page.all("a")}
    labels = {str(a["aria-labelledby"]) for _, a in page.tags if a.get("aria-labelledby")}
    assert targets | labels <= set(identifiers)
    assert all(a.get("scope") in {"row", "col"} for a in page.all("th"))


def test_the_page_has_the_figures_of_the_table(summary: Summary) -> None:
    texts = set(Page(summary_html(summary)).texts)

    for part in summary.sections:
        assert {part.title, part.note} <= texts
        for row in part.rows:
            assert set(row.keys) - {""} <= texts
            assert {t for f in row.figures for t in (f.told, f.told_share) if t} <= texts


def test_a_name_that_several_rows_share_stands_once(tmp_path: Path, knowledge: Knowledge) -> None:
    lines = summary_text(summarise(write_run(tmp_path / "run", FEW), knowledge), colour=False)
    table = lines.partition("Therapies by standing")[2].partition("Therapies by readiness")[0]

    assert [line.split("  ")[0].strip() for line in table.splitlines()[5:9]] == [
        "per-oral endoscopic myotomy",
        "pneumatic dilation",
        "",
        "",
    ]


def test_what_ran_is_told(tmp_path: Path, knowledge: Knowledge) -> None:
    ran = {
        "ontologyDigest": "sha256:0a",
        "runner": "made-up",
        "digests": {"advice.nq": "sha256:1b"},
    }
    summary = summarise(write_run(tmp_path / "run", FEW, **ran), knowledge)

    texts = Page(summary_html(summary)).texts
    assert {"ontologyDigest", "sha256:0a", "made-up", "advice.nq", "sha256:1b"} <= set(texts)
    assert "runner made-up" in summary_text(summary, colour=False)


def test_what_stands_on_every_advice_stands_above_the_figures(summary: Summary) -> None:
    texts = Page(summary_html(summary)).texts
    first = texts.index(summary.sections[0].note)

    assert len(summary.notices) > 2
    assert all(texts.index(notice) < first for notice in summary.notices)
    assert any("not a clinical clearance" in notice for notice in summary.notices)


def test_the_same_run_gives_the_same_bytes(tmp_path: Path, knowledge: Knowledge) -> None:
    pages = [
        summary_html(summarise(write_run(tmp_path / name, many(40)), knowledge))
        for name in ("one", "two")
    ]

    assert pages[0] == pages[1]
    assert b"two" not in pages[1].replace(b"two or", b""), "the page names the folder"


def bars(page: Page, part: Section) -> list[tuple[str, float]]:
    """The bars of a chart: what each says, and where it begins."""
    titles = [str(a["aria-label"]) for a in page.all("svg")]
    number = next(i for i, title in enumerate(titles) if f": {part.title}." in title)
    starts = [i for i, (tag, _) in enumerate(page.tags) if tag == "svg"] + [len(page.tags)]
    return [
        (str(a["aria-label"]), float(str(a["d"]).removeprefix("M").split(",")[0]))
        for _, a in page.tags[starts[number] : starts[number + 1]]
        if a.get("aria-roledescription") == "bar"
    ]


def test_a_chart_has_a_bar_for_every_count(summary: Summary) -> None:
    page = Page(summary_html(summary))

    for part in summary.sections:
        if part.chart != "none" and part.rows:
            found = [text for text, _ in bars(page, part)]
            assert len(found) == len(part.rows)
            for row in part.rows:
                wanted = f"patients: {row.figures[0].count};"
                assert any(wanted in f"{bar};" and row.keys[0] in bar for bar in found), row


def test_the_parts_of_a_bar_stand_in_the_order_of_the_legend(summary: Summary) -> None:
    page = Page(summary_html(summary))

    for name in ("therapy-standing", "therapy-readiness"):
        part = section(summary, name)
        found = bars(page, part)
        for first in {row.keys[0] for row in part.rows}:
            starts = [
                start
                for code in part.legend
                for text, start in found
                if first in text and f"part: {code};" in text
            ]
            assert len(starts) > 3 and starts == sorted(starts)


def test_facts_with_one_label_have_a_bar_each(tmp_path: Path, knowledge: Knowledge) -> None:
    facts = ("https://example.org/a/same", "https://example.org/b/same")
    result = PatientResult("urn:a", options=(option("urn:a", unknown=facts),))
    summary = summarise(write_run(tmp_path / "run", [result]), knowledge)

    found = bars(Page(summary_html(summary)), section(summary, "unknown"))
    assert [start for _, start in found] == [0.0, 0.0], "one stands on the other"


def test_text_from_elsewhere_is_escaped(tmp_path: Path, knowledge: Knowledge) -> None:
    evil = 'https://example.org/"><script>alert(1)</script>'
    rows = (option("urn:a", disorder=evil, unknown=(evil,)),)
    tally = Tally(((evil, "recorded"),), (("<b>", evil),), evil)
    result = PatientResult("urn:a", options=rows, tally=tally)
    run = write_run(tmp_path / "run", [result], softwareVersion="<i>")

    page = Page(summary_html(summarise(run, knowledge)))

    assert not {"script", "b", "i"} & {tag for tag, _ in page.tags}


def test_without_the_chart_packages_the_table_stays(
    summary: Summary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)

    assert summary_text(summary, colour=False)
    with pytest.raises(ToolMissing) as error:
        summary_html(summary)
    assert 'pip install "poem-kg[charts]"' in str(error.value)
    assert "\n" not in str(error.value)
