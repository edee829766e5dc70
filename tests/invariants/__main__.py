"""`make invariants`: check everything and rewrite `docs/invariants.md`; exit 1 where one breaks."""

from __future__ import annotations

import os
import sys
import time

from tests.derivation.view import ROOT
from tests.invariants.full_run import FullRun
from tests.invariants.page import PAGE, render


def main() -> int:
    """Run the full check and return the exit code: 1 where something does not hold or is stale."""
    started = time.monotonic()
    run = FullRun(lambda line: print(line, flush=True))
    page = render(run.run())
    name = PAGE.relative_to(ROOT)
    used = os.times()
    spent = used.user + used.children_user
    patients = sum(run.tally.patients.values())
    print(f"{patients:,} patients, {time.monotonic() - started:.0f} s, {spent:.0f} s of processors")
    for problem in run.problems:
        print(problem, file=sys.stderr)
    if run.problems:
        print(f"{name} is left as it is, since not everything holds", file=sys.stderr)
        return 1
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
        return 0
    PAGE.write_text(page, encoding="utf-8")
    print(f"{name} was out of date and is rewritten; look at the change", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
