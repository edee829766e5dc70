"""The wheel carries the knowledge, and what is installed from it answers anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.project.tree import ROOT, files

ROOMS = ("contexts", "examples", "ontology", "queries", "shapes")
VENDOR = "poem_kg/service/static/vendor"
DOCS = "poem_kg/service/docs/"
"""What `make docs` builds, and git ignores; a wheel without it says so on a page."""
BUILT = ("THIRD-PARTY.txt", "built-from", "chart.js", "d3-force.js", "yasgui.css", "yasgui.js")
"""What `make` builds from npm packages, and git ignores."""
PATIENT = "examples/S3a-type-iii.ttl"


def run(command: Sequence[str | Path], folder: Path) -> bytes:
    """Return what a command prints; the checkout is on no path of its own."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without the network by the hatchling of the test tools."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq", "wheel"]
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder)]
    run([*pip, *options, str(ROOT)], folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment with the wheel, and the dependencies of this one.

    The folder of the dependencies is named in a .pth file, where the .pth file of an editable
    install of the checkout has no effect.
    """
    folder = tmp_path_factory.mktemp("installed")
    run([sys.executable, "-m", "venv", "--without-pip", str(folder)], folder)
    programs = folder / "bin"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq"]
    target = ["--python", str(programs / "python"), "install", "--no-deps", "--no-index"]
    run([*pip, *target, str(wheel)], folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


def test_the_wheel_holds_package_and_rooms_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    docs = {path.relative_to(ROOT).as_posix() for path in (ROOT / DOCS).rglob("*")}

    package = {*files("poem_kg"), *(f"{VENDOR}/{name}" for name in BUILT)}
    rooms = {f"poem_kg/data/{name}" for room in ROOMS for name in files(room)}
    assert "poem_kg/py.typed" in held
    assert {name for name in held if not name.startswith(DOCS)} == package | rooms
    assert {name for name in docs if (ROOT / name).is_file()} == held - package - rooms


def test_the_wheel_holds_the_bytes_of_the_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in files(*ROOMS):
            assert archive.read(f"poem_kg/data/{name}") == (ROOT / name).read_bytes(), name


def test_the_wheel_says_how_it_is_licensed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = archive.read(name).decode()
        licences = {n.rpartition("/")[2] for n in archive.namelist() if "/licenses/" in n}

    assert "License-Expression: Apache-2.0 AND CC-BY-4.0" in metadata.splitlines()
    assert licences == {"LICENSE", "LICENSE-ontology"}


def test_package_and_distribution_tell_the_same_version(installed: Path, tmp_path: Path) -> None:
    told = run([installed / "python", "-m", "poem_kg", "--version"], tmp_path).decode()

    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    assert told.split() == ["poem-kg", version]


def test_the_installed_package_finds_its_own_knowledge(installed: Path, tmp_path: Path) -> None:
    program = "from poem_kg.resources import data_dir; print(data_dir('ontology'))"

    folder = Path(run([installed / "python", "-c", program], tmp_path).decode().strip())

    assert folder.is_relative_to(installed.parent.resolve())
    assert folder.parts[-3:] == ("poem_kg", "data", "ontology")


def test_the_installed_command_advises_as_the_checkout_does(
    installed: Path, tmp_path: Path
) -> None:
    arguments = ["recommend", str(ROOT / PATIENT), "--format", "json"]

    from_wheel = run([installed / "poem-kg", *arguments], tmp_path)
    from_checkout = run([sys.executable, "-m", "poem_kg", *arguments], ROOT)

    assert json.loads(from_wheel)["options"], "no option for the example"
    assert from_wheel == from_checkout
