"""The workflow files run commands that exist, on what the author changed, and write a report."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from poem_kg.cli.main import app
from tests.changes.editing import PAGE, Copy
from tests.changes.test_versions import git

ROOT = Path(__file__).parents[2]
GITHUB, GITLAB = (ROOT / "deploy" / "workflows" / f"{host}.yml" for host in ("github", "gitlab"))
OURS = "poem-kg "


def jobs(path: Path) -> dict[str, list[str]]:
    """Job to its scripts, each line of which the shell runs; what installs is left out."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path == GITHUB:
        steps = {name: job["steps"] for name, job in document["jobs"].items()}
        found = {n: [s["run"] for s in told if "run" in s] for n, told in steps.items()}
    else:
        found = {n: j["script"] for n, j in document.items() if "script" in j}
    return {name: [s for s in scripts if "pip install" not in s] for name, scripts in found.items()}


def commands(path: Path) -> Iterator[list[str]]:
    """Every call of ours, without where its output goes."""
    for scripts in jobs(path).values():
        for line in "\n".join(scripts).splitlines():
            if line.startswith(OURS):
                yield shlex.split(line.partition(">")[0])[1:]


def parsed(arguments: list[str]) -> dict[str, Any]:
    """What a command makes of its arguments; an option that it does not have is an error."""
    name, *rest = arguments
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    with command.make_context(name, rest) as context:
        found: dict[str, Any] = context.params
        return found


@pytest.mark.parametrize("path", [GITHUB, GITLAB], ids=lambda p: p.stem)
def test_the_commands_exist_with_their_options(path: Path) -> None:
    calls = list(commands(path))
    assert {name for name, *_ in calls} == {"check", "format", "diff", "impact"}
    for call in calls:
        assert parsed(call)


def test_an_option_that_does_not_exist_would_be_noticed() -> None:
    with pytest.raises(Exception, match="No such option"):
        parsed(["impact", "main", ".", "--patient", "5"])


def test_what_a_pull_request_says_never_reaches_a_shell() -> None:
    document = yaml.safe_load(GITHUB.read_text(encoding="utf-8"))
    for job in document["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            values = " ".join(map(str, step.get("env", {}).values()))
            assert not any(word in values for word in ("title", "body", "head.ref", "head_ref"))
    assert "pull_request_target" not in GITHUB.read_text(encoding="utf-8")


@pytest.fixture
def checkout(tmp_path: Path) -> tuple[Path, str]:
    """A repository with an edit in a commit of its own, and the commit before it."""
    copy = Copy(tmp_path)
    git(tmp_path, "init", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "as it was")
    base = git_says(tmp_path, "rev-parse", "HEAD")
    copy.edit(PAGE, "stmt:droracle2025-C02", "\t\tpoemkg:LaparoscopicHellerMyotomy ,\n\t\t", " ")
    formatted = (sys.executable, "-m", "poem_kg", "format", str(copy.path))
    subprocess.run(formatted, check=True, capture_output=True)
    git(tmp_path, "commit", "-am", "a change")
    return tmp_path, base


def git_says(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode().strip()


def run(script: str, folder: Path, base: str) -> subprocess.CompletedProcess[bytes]:
    """Run a script as a code host does: each line by a shell that stops at the first failure."""
    bash = shutil.which("bash")
    assert bash
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "BASE": base,
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }
    return subprocess.run(
        [bash, "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    )


# `diff` tries some 500 patients where conclusions differ; make slow asks for it too.
@pytest.mark.parametrize("old", ["HEAD", pytest.param('"$BASE"', marks=pytest.mark.slow)])
def test_the_scripts_tell_whose_advice_changes(old: str, checkout: tuple[Path, str]) -> None:
    folder, base = checkout
    script = next(s for s in jobs(GITHUB)["impact"] if s.startswith("poem-kg impact"))
    script = script.replace("--patients 5000", "--patients 10")
    assert 'poem-kg diff "$BASE" .' in script
    done = run(script.replace('poem-kg diff "$BASE"', f"poem-kg diff {old}"), folder, base)
    assert done.returncode == 0, done.stderr
    summary = (folder / "summary.md").read_text(encoding="utf-8")
    assert "laparoscopic Heller myotomy is offered no more" in summary
    assert summary.index("# Impact of") < summary.index("# What differs from")


@pytest.mark.slow
@pytest.mark.parametrize("path", [GITHUB, GITLAB], ids=lambda p: p.stem)
def test_all_scripts_run(path: Path, checkout: tuple[Path, str]) -> None:
    folder, base = checkout
    for scripts in jobs(path).values():
        for script in scripts:
            if "gh pr" in script:
                continue  # asks the code host
            # How many are drawn is no matter of the scripts, and 5,000 take two minutes.
            done = run(script.replace("--patients 5000", "--patients 200"), folder, base)
            assert done.returncode == 0, (script, done.stdout, done.stderr)
    assert (folder / "impact.md").read_text(encoding="utf-8").startswith("# Impact of")
