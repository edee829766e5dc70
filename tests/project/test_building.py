"""What the pages take from npm: fetched as locked, with licences, and done without if need be."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import hatch_build
from tests.project.tree import ROOT

SCRIPT = "hatch_build.py"
LOCK = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
NPM = """#!/bin/sh
echo "$@" >> "$0.calls"
{then}
"""
PROGRAM = "var text = 'a\r\nb';\n//# sourceMappingURL=x.js.map"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files of the build in a folder of their own, with packages that are made up."""
    for name in ("package.json", "package-lock.json", SCRIPT):
        shutil.copy(ROOT / name, tmp_path / name)
    for parts in hatch_build.FILES.values():
        for part in parts:
            file = tmp_path / "node_modules" / part
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes((PROGRAM if part.endswith(".js") else ".a{color:red}").encode())
    for path, locked in LOCK["packages"].items():
        if path:
            (tmp_path / path).mkdir(parents=True, exist_ok=True)
            told = {"name": path.rpartition("node_modules/")[2], "version": locked["version"]}
            told |= {"license": "MIT", "author": {"name": "Somebody"}}
            (tmp_path / path / "package.json").write_text(json.dumps(told))
    return tmp_path


def build(
    folder: Path, *arguments: str, then: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the build, with an npm that does what `then` says, or with none."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    if then is not None:
        (programs / "npm").write_text(NPM.format(then=then))
        (programs / "npm").chmod(0o755)
    return subprocess.run(
        # -S: without the packages of this environment, so without an npm among them
        [sys.executable, "-S", folder / SCRIPT, *arguments],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )


def vendor(folder: Path) -> Path:
    return folder / "poem_kg" / "service" / "static" / "vendor"


def test_versions_are_exact_and_hashes_are_locked() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    asked = package["dependencies"] | package["devDependencies"]

    for name, version in asked.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert LOCK["packages"][f"node_modules/{name}"]["version"] == version
    for path, locked in LOCK["packages"].items():
        assert "resolved" not in locked, path
        assert not path or locked["integrity"].startswith("sha512-"), path


def test_the_folder_is_built_and_names_every_licence() -> None:
    assert hatch_build.is_built(for_tests=True), "run make pages-for-tests"
    told = (hatch_build.VENDOR / "THIRD-PARTY.txt").read_text(encoding="utf-8")

    for path, locked in LOCK["packages"].items():
        if path and not locked.get("dev"):
            name = path.rpartition("node_modules/")[2]
            (text,) = re.findall(
                rf"^{re.escape(name)} {re.escape(locked['version'])} \((.+)\)\n=+\n", told, re.M
            )
            assert text and text != "None"
    assert "Copyright (c) Triply" in told and "axe-core" not in told


def test_without_npm_one_line_says_so_and_tests_do_not_go_on(copy: Path) -> None:
    plain, tests = build(copy), build(copy, "--for-tests")

    assert (plain.returncode, tests.returncode) == (0, 1)
    assert plain.stderr == tests.stderr == f"{hatch_build.NO_NPM}\n"
    assert not vendor(copy).exists()


def test_npm_runs_no_scripts_and_once(copy: Path) -> None:
    first, second = build(copy, then=":"), build(copy, "--for-tests", then=":")

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    (call,) = (copy / "programs" / "npm.calls").read_text().splitlines()
    assert call.startswith("ci --ignore-scripts --no-audit --no-fund")
    assert second.stderr == ""
    built = {path.name for path in vendor(copy).iterdir()}
    assert built == {*hatch_build.FILES, "THIRD-PARTY.txt", hatch_build.STAMP}


def test_programs_are_copied_byte_by_byte_but_for_the_address_of_a_map(copy: Path) -> None:
    build(copy, then=":")

    assert (vendor(copy) / "yasgui.js").read_bytes() == b"var text = 'a\r\nb';"
    assert (vendor(copy) / "d3-force.js").read_bytes().count(b"var text") == 4


def test_a_change_of_the_lock_builds_anew(copy: Path) -> None:
    build(copy, then=":")
    (copy / "package-lock.json").write_text(json.dumps(LOCK | {"version": "9.9.9"}))

    build(copy, then=":")

    assert len((copy / "programs" / "npm.calls").read_text().splitlines()) == 2


def test_what_npm_says_is_told_in_one_line_and_leaves_nothing(copy: Path) -> None:
    failed = build(copy, then="echo 'npm error code E500' >&2; exit 1")
    in_tests = build(copy, "--for-tests", then="echo 'npm error code E500' >&2; exit 1")

    assert (failed.returncode, in_tests.returncode) == (0, 1)
    assert failed.stderr.splitlines()[1:] == [
        "npm could not fetch the packages of package-lock.json: npm error code E500; "
        "the pages have a plain editor"
    ]
    assert not vendor(copy).exists()


def test_a_sheet_that_loads_other_files_is_refused(copy: Path) -> None:
    sheet = copy / "node_modules" / hatch_build.FILES["yasgui.css"][0]
    sheet.write_text(".a{background:url(data:image/gif;base64,AAAA)}")

    refused = build(copy, "--for-tests", then=":")

    assert refused.returncode == 1 and "loads other files" in refused.stderr
    assert not vendor(copy).exists()


def test_a_package_without_a_licence_is_refused(copy: Path) -> None:
    package = copy / "node_modules" / "chart.js" / "package.json"
    package.write_text(json.dumps({"name": "chart.js", "version": "0"}))

    refused = build(copy, "--for-tests", then=":")

    assert refused.returncode == 1 and "chart.js has no licence" in refused.stderr


def test_a_wheel_without_npm_is_made_with_a_warning(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned: list[str] = []
    monkeypatch.setattr(hatch_build, "build", lambda: False)
    app = SimpleNamespace(display_warning=warned.append)
    hook = hatch_build.get_build_hook()(str(copy), {}, None, None, "", "wheel", app)

    hook.initialize("standard", {})
    hook.initialize("editable", {})

    assert warned == [hatch_build.NO_NPM]


def test_the_demo_needs_no_npm_and_tests_always_have_it() -> None:
    rules = dict(re.findall(r"^([\w-]+): (.*?)(?: ##.*)?$", (ROOT / "Makefile").read_text(), re.M))

    assert "pages" not in rules["demo"] and rules["serve"].split() == ["pages"]
    assert "pages-for-tests" in rules["test"].split() and "pages-for-tests" in rules["slow"].split()
    assert os.access(ROOT / SCRIPT, os.R_OK)
