"""The whole output bears its name, or nothing does; and what was begun can be gone on with."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from poem_kg.cohort.local import Settings, run_local
from poem_kg.errors import InputError
from poem_kg.knowledge import Knowledge, load_knowledge
from poem_kg.resources import data_dir
from tests.cohort.runs import (
    chunks_written,
    cohort_file,
    manifest,
    reconcile,
    run,
    start,
    wait_for,
    written,
)
from tests.derivation.view import knowledge

SETTINGS = Settings(jobs=2, chunk_size=4)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cohort_file(tmp_path_factory.mktemp("output") / "patients.nt", 40)


@pytest.fixture(scope="module")
def undisturbed(source: Path) -> Path:
    run_local(knowledge(), [source], source.parent / "undisturbed", SETTINGS)
    return source.parent / "undisturbed"


def test_what_goes_in_comes_out(undisturbed: Path, source: Path) -> None:
    reconcile(undisturbed, 40)
    told = manifest(undisturbed)
    assert told["runner"] == "local"
    assert told["inputs"] == [str(source)]
    assert told["chunkSize"] == 4
    assert told["seconds"] > 0
    assert told["ontologyDigest"] == knowledge().digest
    assert set(told["digests"]) == {"advice.nq.zst", "options.parquet", "rejected.jsonl"}
    for name, digest in told["digests"].items():
        done = subprocess.run(["sha256sum", undisturbed / name], capture_output=True, check=True)
        assert digest == "sha256:" + done.stdout.decode().split()[0]


@pytest.fixture(scope="module")
def killed(source: Path) -> Path:
    """The folder of a run that was killed when some chunks were written."""
    output = source.parent / "killed"
    with start(source, output, chunk=4) as process:
        assert wait_for(lambda: chunks_written(output) >= 3)
        process.kill()
    assert not output.exists()
    return source.parent / "killed.partial"


@pytest.fixture
def half_way(tmp_path: Path, killed: Path) -> Path:
    """The output of such a run."""
    shutil.copytree(killed, tmp_path / "out.partial")
    return tmp_path / "out"


def resumed(source: Path, output: Path, *, settings: Settings = SETTINGS, **kw: Any) -> None:
    told = {name: getattr(settings, name) for name in ("jobs", "chunk_size", "as_of", "group")}
    run_local(kw.pop("knowledge", knowledge()), [source], output, Settings(resume=True, **told))


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_output_that_is_there_is_left_alone(undisturbed: Path, source: Path) -> None:
    before = {path: path.read_bytes() for path in undisturbed.iterdir()}

    for settings in (SETTINGS, Settings(resume=True)):
        told = refusal(lambda s=settings: run_local(knowledge(), [source], undisturbed, s))  # type: ignore[misc]
        assert told == f"{undisturbed}: is already there; name another folder, or delete it"

    assert {path: path.read_bytes() for path in undisturbed.iterdir()} == before


def test_an_unfinished_run_is_not_begun_anew_by_accident(half_way: Path, source: Path) -> None:
    told = refusal(lambda: run_local(knowledge(), [source], half_way, SETTINGS))

    assert told.endswith("holds an unfinished run; go on with --resume, or delete it")
    assert chunks_written(half_way) >= 3


def test_a_run_goes_on_where_it_was(half_way: Path, source: Path, undisturbed: Path) -> None:
    before = chunks_written(half_way)
    inode = (half_way.with_name("out.partial") / "out" / "advice.nq.zst").stat().st_ino

    resumed(source, half_way)

    assert before >= 3
    assert written(half_way) == written(undisturbed)
    assert (half_way / "advice.nq.zst").stat().st_ino == inode
    reconcile(half_way, 40)


def test_resuming_what_was_never_begun_begins_it(
    tmp_path: Path, source: Path, undisturbed: Path
) -> None:
    resumed(source, tmp_path / "out")

    assert written(tmp_path / "out") == written(undisturbed)


def test_a_run_that_was_killed_after_its_last_step_is_done(
    tmp_path: Path, source: Path, undisturbed: Path
) -> None:
    output = tmp_path / "out"
    shutil.copytree(undisturbed, output)
    partial = tmp_path / "out.partial"
    partial.mkdir()
    (partial / "settings.json").write_text("{}")

    code, said = run(source, output, "--resume", chunk=4)

    assert code == 1
    assert "40 patients" in said
    assert not partial.exists()
    assert written(output) == written(undisturbed)


def other_ontology(folder: Path) -> Knowledge:
    shutil.copytree(data_dir("ontology"), folder / "ontology")
    path = folder / "ontology" / "poem-kg.ttl"
    path.write_text(path.read_text() + "\n# another one\n")
    return load_knowledge(ontology=folder / "ontology")


def test_a_run_goes_on_with_the_same_settings_only(half_way: Path, source: Path) -> None:
    changed = {
        "chunkSize": lambda: resumed(source, half_way, settings=Settings(chunk_size=5)),
        "grouped": lambda: resumed(source, half_way, settings=Settings(chunk_size=4, group=True)),
        "ontologyDigest": lambda: resumed(
            source, half_way, knowledge=other_ontology(half_way.parent)
        ),
        "inputs": lambda: resumed(
            Path(shutil.copy(source, half_way.parent / "other.nt")), half_way
        ),
    }
    before = chunks_written(half_way)

    for name, call in changed.items():
        assert f"was started with another {name}" in refusal(call)

    assert chunks_written(half_way) == before
    assert not half_way.exists()


@pytest.mark.parametrize("change", ["patient", "shorter", "order"])
def test_a_run_goes_on_with_the_same_input_only(
    half_way: Path, source: Path, tmp_path: Path, change: str
) -> None:
    original = source.read_bytes()
    parts = original.split(b"<https://example.org/cohort/P0000002> ", 1)
    try:
        if change == "patient":
            source.write_bytes(original.replace(b"cohort/P0000002", b"cohort/P9000002"))
        elif change == "shorter":
            source.write_bytes(parts[0])
        else:
            source.write_bytes(b"<https://example.org/cohort/P0000002> " + parts[1] + parts[0])
        told = refusal(lambda: resumed(source, half_way))
    finally:
        source.write_bytes(original)

    assert "was started with" in told and "input" in told
    assert not half_way.exists()


@pytest.mark.parametrize("name", ["out/advice.nq.zst", "out/rejected.jsonl", "options.arrows"])
@pytest.mark.parametrize("damage", ["a byte", "cut off"])
def test_a_damaged_file_is_told(half_way: Path, source: Path, name: str, damage: str) -> None:
    path = half_way.with_name("out.partial") / name
    data = path.read_bytes()
    if not data:
        data = b"x"
        assert name == "out/rejected.jsonl"
    if damage == "a byte":
        path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    else:
        path.write_bytes(data[:10])
    if name == "out/rejected.jsonl" and not rejected_before(half_way):
        resumed(source, half_way)  # nothing of it was of value: it is cut off
        return

    assert refusal(lambda: resumed(source, half_way)).endswith(
        "is damaged; delete its folder and start anew"
    )
    assert not half_way.exists()


def rejected_before(output: Path) -> bool:
    journal = output.with_name("out.partial") / "journal.jsonl"
    last = json.loads(journal.read_text().splitlines()[-1].partition(" ")[2])
    return bool(last["sizes"]["rejected.jsonl"])


@pytest.mark.parametrize("line", [0, pytest.param(1, marks=pytest.mark.slow), -1])
def test_a_damaged_journal_costs_the_chunks_after_it(
    half_way: Path, source: Path, undisturbed: Path, line: int
) -> None:
    journal = half_way.with_name("out.partial") / "journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    lines[line] = lines[line].replace('"advised": ', '"advised": 1')
    journal.write_text("".join(lines))

    resumed(source, half_way)

    assert written(half_way) == written(undisturbed)
    reconcile(half_way, 40)


def test_a_journal_that_was_cut_off_costs_one_chunk(
    half_way: Path, source: Path, undisturbed: Path
) -> None:
    journal = half_way.with_name("out.partial") / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-20])

    resumed(source, half_way)

    assert written(half_way) == written(undisturbed)


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense"])
def test_damaged_settings_are_told(half_way: Path, source: Path, text: str) -> None:
    (half_way.with_name("out.partial") / "settings.json").write_text(text)

    assert "damaged" in refusal(lambda: resumed(source, half_way))


def test_two_runs_do_not_write_one_output(tmp_path: Path, source: Path, undisturbed: Path) -> None:
    output = tmp_path / "out"
    with start(source, output, chunk=4) as process:
        assert wait_for(lambda: chunks_written(output) > 0)
        # Held, so that it is not done before the other one begins.
        process.send_signal(signal.SIGSTOP)
        told = refusal(lambda: resumed(source, output))
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=60)

    assert told.endswith("is being written by another run; wait for it, or stop it")
    assert written(output) == written(undisturbed)


def limited() -> None:
    """No file of this process may be larger than 100 kB: writing fails as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


def test_a_write_that_fails_is_one_line_and_can_be_gone_on_with(
    tmp_path: Path, source: Path, undisturbed: Path
) -> None:
    output = tmp_path / "out"

    code, said = run(source, output, chunk=4, preexec_fn=limited)

    assert code == 2
    assert said.startswith(str(output.with_name("out.partial"))) and said.count("\n") == 1
    assert "File too large" in said and said.endswith("make room, then go on with --resume\n")
    assert not output.exists()
    assert 0 < chunks_written(output) < 10
    resumed(source, output)
    assert written(output) == written(undisturbed)


@pytest.mark.parametrize("name", ["options.parquet", "manifest.json"])
def test_a_last_step_that_fails_is_one_line_and_can_be_gone_on_with(
    half_way: Path, source: Path, undisturbed: Path, name: str
) -> None:
    obstacle = half_way.with_name("out.partial") / "out" / name
    obstacle.mkdir()

    told = refusal(lambda: resumed(source, half_way))

    assert "cannot be written" in told
    assert not half_way.exists()
    obstacle.rmdir()
    resumed(source, half_way)
    assert written(half_way) == written(undisturbed)


if os.geteuid() == 0:  # only root may mount a disk; the tests above are for everybody
    # Among the quick tests are that of a write that fails, and of a last step that does.
    @pytest.mark.slow
    @pytest.mark.parametrize("size", ["160k", "330k"])
    def test_a_full_disk_is_one_line_and_can_be_gone_on_with(
        tmp_path: Path, source: Path, undisturbed: Path, size: str
    ) -> None:
        disk = tmp_path / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "tmpfs", str(disk), "-o"]
        if subprocess.run([*mount, f"size={size}"]).returncode:
            return  # a container that may not mount, where root is as anybody
        try:
            code, said = run(source, disk / "out", chunk=4)

            assert code == 2
            assert said.count("\n") == 1, said
            assert "No space left on device" in said
            assert said.endswith("make room, then go on with --resume\n")
            assert not (disk / "out").exists()
            subprocess.run([*mount, "remount,size=5m"], check=True)
            resumed(source, disk / "out")
            assert written(disk / "out") == written(undisturbed)
            reconcile(disk / "out", 40)
        finally:
            subprocess.run(["umount", disk], check=True)


def test_a_folder_that_may_not_be_written_is_one_line(tmp_path: Path, source: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o500)
    # Root writes everywhere but where the kernel itself says no.
    output = Path("/proc/out") if os.geteuid() == 0 else folder / "out"

    told = refusal(lambda: run_local(knowledge(), [source], output, SETTINGS))

    assert "cannot be written" in told
    assert told.endswith("check that the folder is there and may be written")
