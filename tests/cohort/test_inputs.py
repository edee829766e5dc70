"""Files, folders and the standard input, packed or not, whole or broken."""

from __future__ import annotations

import gzip
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from benchmarks.patients import draw
from poem_kg.cohort.inputs import Source, find_sources, lines_of
from poem_kg.cohort.local import Settings, run_local
from poem_kg.errors import InputError
from poem_kg.limits import Limits
from tests.cli.here import inside
from tests.cohort.runs import advised, cohort_file, manifest, reconcile, rejected, start
from tests.cohort.test_blocks import patient
from tests.derivation.view import knowledge

COUNT = 12


def zstd(data: bytes, *, frames: int = 1) -> bytes:
    size = -(-len(data) // frames)
    pack = zstandard.ZstdCompressor(level=1, write_checksum=True).compress
    return b"".join(pack(data[start : start + size]) for start in range(0, len(data), size))


def streamed_zstd(data: bytes) -> bytes:
    """A frame that does not tell its size, as a program writes that packs a stream."""
    packer = zstandard.ZstdCompressor().compressobj()
    return packer.compress(data) + packer.flush()


SKIPPED = b"\x50\x2a\x4d\x18\x04\0\0\0skip"
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "gzip in two members": lambda data: gzip.compress(data[:9999]) + gzip.compress(data[9999:]),
    "zstd": zstd,
    "zstd in seven frames": lambda data: zstd(data, frames=7),
    "zstd of unknown size": streamed_zstd,
    "zstd with a frame to skip": lambda data: SKIPPED + zstd(data, frames=2),
}


@pytest.fixture(scope="module")
def data() -> bytes:
    return b"".join(p.data for p in draw(COUNT, seed=3))


@pytest.fixture(scope="module")
def digest(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> str:
    folder = tmp_path_factory.mktemp("inputs")
    (folder / "in.nt").write_bytes(data)
    return advice_of(folder, folder / "in.nt")


def advice_of(folder: Path, *inputs: Path, **kw: object) -> str:
    told = run_local(knowledge(), inputs, folder / "out", Settings(jobs=2, chunk_size=5))
    assert told["counts"]["patients"] == COUNT
    return str(told["counts"]["advice"])


@pytest.mark.parametrize("packing", PACKINGS)
def test_lines_come_out_as_they_were_packed(tmp_path: Path, data: bytes, packing: str) -> None:
    path = tmp_path / "in.nt"  # the name tells nothing of the packing
    path.write_bytes(PACKINGS[packing](data))

    assert b"".join(lines_of(Source(str(path), "n-triples"))) == data


@pytest.mark.parametrize(
    ("way", "packing"),
    [
        ("as a file", "plain"),
        ("redirected", "zstd in seven frames"),
        *(
            # How each is unpacked is tested by itself; gzip is given to a run that groups, below.
            pytest.param(way, packing, marks=pytest.mark.slow)
            for way, packing in (
                ("as a file", "gzip"),
                ("as a file", "zstd in seven frames"),
                ("redirected", "plain"),
                ("redirected", "gzip"),
            )
        ),
    ],
)
def test_the_standard_input_is_read_too(
    tmp_path: Path, data: bytes, digest: str, packing: str, way: str
) -> None:
    packed = PACKINGS[packing](data)
    (tmp_path / "in").write_bytes(packed)
    with (tmp_path / "in").open("rb") as file:
        given = file if way == "as a file" else subprocess.PIPE
        with start("-", tmp_path / "out", stdin=given) as process:
            _, said = process.communicate(None if way == "as a file" else packed, timeout=60)

    assert process.returncode == 0, said
    assert manifest(tmp_path / "out")["counts"]["advice"] == digest
    assert manifest(tmp_path / "out")["inputs"] == ["-"]


def test_the_standard_input_may_be_grouped(tmp_path: Path, data: bytes, digest: str) -> None:
    lines = b"".join(sorted(data.splitlines(keepends=True)))
    for options, code in (((), 2), (("--group",), 0)):
        with start("-", tmp_path / "out", *options, stdin=subprocess.PIPE) as process:
            _, said = process.communicate(gzip.compress(lines), timeout=60)
        assert process.returncode == code, said
        if code == 2:
            assert said.count(b"\n") == 1
            assert b"give --group" in said
            for path in sorted(tmp_path.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
    reconcile(tmp_path / "out", COUNT)


def test_a_folder_is_all_that_is_in_it(tmp_path: Path, data: bytes, digest: str) -> None:
    drawn = [p.data for p in draw(COUNT, seed=3)]
    folder = tmp_path / "in"
    (folder / "deeper").mkdir(parents=True)
    (folder / "a.nt").write_bytes(b"".join(drawn[:3]))
    (folder / "b.nt.gz").write_bytes(gzip.compress(b"".join(drawn[3:6])))
    (folder / "deeper" / "c.NQ.zst").write_bytes(zstd(b"".join(drawn[6:])))
    (folder / "README.txt").write_text("no data")
    (folder / ".hidden.nt").write_text("no data")

    assert advice_of(tmp_path, folder) == digest
    assert [Path(s.name).name for s in find_sources([folder])] == ["a.nt", "b.nt.gz", "c.NQ.zst"]


def test_what_a_file_is_in_can_be_told(tmp_path: Path, data: bytes, digest: str) -> None:
    (tmp_path / "data").write_bytes(data)

    done = inside(
        "cohort", str(tmp_path / "data"), "--output", str(tmp_path / "out"),
        "--input-format", "ntriples", "--chunk-size", "10", "--jobs", "2",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert manifest(tmp_path / "out")["counts"]["advice"] == digest


def cut(packed: bytes) -> bytes:
    return packed[: len(packed) * 2 // 3]


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "gzip cut off": lambda data: cut(gzip.compress(data)),
    "zstd cut off": lambda data: cut(zstd(data)),
    "zstd cut off between blocks": lambda data: cut(streamed_zstd(data * 20)),
    "zstd cut off in its last frame": lambda data: zstd(data, frames=5)[:-20],
    "zstd with nonsense behind": lambda data: zstd(data) + b"nonsense",
    "gzip with nonsense behind": lambda data: gzip.compress(data) + b"nonsense",
    "zstd with a wrong byte": lambda data: zstd(data)[:-3] + b"abc",
    "gzip with a wrong byte": lambda data: gzip.compress(data)[:-8] + b"abcdefgh",
    "zstd of nothing but its head": lambda data: zstd(data)[:6],
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("suffix", ["nt", "ttl"])
def test_a_packed_file_that_is_not_whole_is_one_line(
    tmp_path: Path, data: bytes, kind: str, suffix: str
) -> None:
    path = tmp_path / f"in.{suffix}"
    path.write_bytes(BROKEN[kind](data))

    with pytest.raises(InputError) as caught:
        run_local(knowledge(), [path], tmp_path / "out", Settings(jobs=1, chunk_size=50))

    assert str(caught.value).startswith(str(path)) and str(caught.value).endswith("mend the file")
    assert not (tmp_path / "out").exists()


def test_a_mended_file_can_be_gone_on_with(tmp_path: Path, data: bytes, digest: str) -> None:
    path = tmp_path / "in.nt.zst"
    path.write_bytes(zstd(data, frames=5)[:-20])
    with pytest.raises(InputError):
        run_local(knowledge(), [path], tmp_path / "out", Settings(jobs=1, chunk_size=5))

    path.write_bytes(zstd(data, frames=5))
    told = run_local(
        knowledge(), [path], tmp_path / "out", Settings(jobs=1, chunk_size=5, resume=True)
    )

    assert told["counts"]["advice"] == digest


def test_a_line_without_end_is_cut_where_it_is_too_long(tmp_path: Path) -> None:
    path = tmp_path / "in.nt"
    limits = Limits(body_bytes=100)
    lines = (b"a" * 99, b"b" * 100, b"c" * 6_000_000, b"d", b"e" * 200)
    path.write_bytes(b"\n".join(lines))

    found = list(lines_of(Source(str(path), "n-triples"), limits=limits))

    assert [len(line) for line in found] == [100, 101, 102, 2, 102]
    assert all(line.endswith(b"\n") for line in found)


@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_line_of_six_megabytes_costs_its_patient_only(tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "in.nt"
    long = b'<https://example.org/p2> <u:says> "' + b"x" * 6_000_000
    more = b'" .' + end + (patient("p3") if end else b"")
    path.write_bytes(patient("p1") + patient("p2") + long + more)

    run_local(knowledge(), [path], tmp_path / "out", Settings(jobs=1))

    (message,) = rejected(tmp_path / "out")["https://example.org/p2"]
    assert "holds a patient of more than 5 MB" in message
    expected = {"https://example.org/p1"} | ({"https://example.org/p3"} if end else set())
    assert set(advised(tmp_path / "out")) == expected


def peak_kb(pid: int) -> int:
    """The most memory that a process has taken so far, in kB; 0 where it is gone.

    What the system tells of an ended child is no use: it counts what the parent had when it forked.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    match = re.search(r"VmHWM:\s+(\d+)", status)
    return int(match[1]) if match else 0


def test_a_small_file_that_unpacks_to_a_large_line_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "in.nt"
    packer = zstandard.ZstdCompressor(level=19).compressobj()
    with path.open("wb") as file:
        file.write(packer.compress(patient("p1")))
        for _ in range(600):
            file.write(packer.compress(b"\0" * 1_000_000))
        file.write(packer.flush())
    assert path.stat().st_size < 100_000

    process = start(path, tmp_path / "out", jobs=1)
    largest = 0
    while process.poll() is None:
        largest = max(largest, peak_kb(process.pid))
        time.sleep(0.01)
    process.communicate()

    assert process.returncode == 1
    assert 0 < largest < 400_000
    assert set(rejected(tmp_path / "out")) == {"https://example.org/p1"}


def test_a_file_that_may_not_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "in.nt").symlink_to(tmp_path / "in.nt")

    done = inside("cohort", str(tmp_path / "in.nt"), "--output", str(tmp_path / "out"))

    assert done.returncode == 2
    said = done.stderr.decode()
    assert said.count("\n") == 1 and str(tmp_path / "in.nt") in said


def test_a_cohort_may_come_in_many_files(tmp_path: Path) -> None:
    paths = [cohort_file(tmp_path / f"{n}.nt", 3, seed=n) for n in range(3)]
    for number, path in enumerate(paths):
        text = path.read_bytes().replace(b"cohort/P", b"cohort/P%d-" % number)
        path.write_bytes(text)

    told = run_local(knowledge(), paths, tmp_path / "out", Settings(jobs=2, chunk_size=2))

    assert told["inputs"] == [str(path) for path in paths]
    reconcile(tmp_path / "out", 9)
