"""What `poem-kg check` finds of defects that were seeded, and what it finds where there are none.

`python -m benchmarks.seeded_defects` seeds every kind of defect in several places, makes as many
harmless edits and more, checks each ontology, and prints a table. A finding counts that the
unedited ontology has not. It is right when it names the term that was edited (or, where the
defect is none of a term, such as a syntax error, stands on its lines), and false otherwise.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks._check import Found, check
from benchmarks._defects import KINDS, seeded
from benchmarks._drafts import Draft, Edit
from benchmarks._harmless import HARMLESS
from benchmarks._texts import TEXT_KINDS
from poem_kg.namespaces import compact
from poem_kg.resources import data_dir

SEED = 7
PLACES = 5
HARMLESS_EACH = 7


@dataclass(frozen=True)
class Outcome:
    """What was found after one edit.

    Attributes:
        kind: the kind of edit.
        harmless: whether it is one.
        edit: the edit.
        hits: new findings that name what was seeded.
        right: new findings that name it or what refers to it.
        false: the other new findings.
        placed: whether a hit names the file that was edited, and a line in it.
    """

    kind: str
    harmless: bool
    edit: Edit
    hits: tuple[Found, ...]
    right: tuple[Found, ...]
    false: tuple[Found, ...]
    placed: bool


def names(found: Found, terms: Iterable[str]) -> bool:
    """Return whether a finding is about one of some terms, or names one in its words."""
    for term in terms:
        if found.term == term:
            return True
        local = re.split("[/#]", term.rstrip("/#"))[-1]
        for name in {term, compact(term), local}:
            if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", found.message):
                return True
    return False


def judge(kind: str, edit: Edit, text: str, new: Iterable[Found], *, harmless: bool) -> Outcome:
    """Return the outcome of an edit from the findings that the clean ontology has not.

    Args:
        kind: the kind of edit.
        edit: the edit.
        text: the text of the edited file.
        new: the findings.
        harmless: whether nothing was to be found.
    """
    hits, right, false = [], [], []
    for found in new:
        here = found.file.endswith(edit.file)
        on_lines = False
        if edit.lines is not None:
            first, last = edit.lines(text)
            on_lines = here and found.line is not None and first <= found.line <= last
        if not harmless and (on_lines or names(found, edit.terms)):
            hits.append(found)
            right.append(found)
        elif not harmless and names(found, edit.touched):
            right.append(found)
        else:
            false.append(found)
    placed = any(f.file.endswith(edit.file) and f.line is not None for f in hits)
    return Outcome(kind, harmless, edit, tuple(hits), tuple(right), tuple(false), placed)


def edits_of(
    draft: Draft, *, places: int, harmless: int, seed: int, kinds: Iterable[str] | None = None
) -> Iterator[tuple[str, bool, Edit]]:
    """Yield the kind, whether it is harmless, and each edit.

    Args:
        draft: the ontology.
        places: in how many places each kind of defect is seeded.
        harmless: how many edits of each harmless kind are made.
        seed: which places are drawn.
        kinds: only these kinds.
    """
    for kind in (*KINDS, *TEXT_KINDS):
        if kinds is None or kind in kinds:
            yield from ((kind, False, e) for e in seeded(draft, kind, places, seed))
    for kind, make in HARMLESS.items():
        if kinds is None or kind in kinds:
            yield from ((kind, True, e) for e in make(draft, harmless, Random(f"{seed} {kind}")))


def measure(
    draft: Draft, edits: Iterable[tuple[str, bool, Edit]], *, reasoner: bool
) -> Iterator[Outcome]:
    """Yield what `check` finds after each edit.

    Args:
        draft: the ontology.
        edits: from `edits_of`.
        reasoner: ask the reasoner after every edit, not only where no one else can see it.
    """
    with tempfile.TemporaryDirectory(prefix="poem-kg-") as name:
        clean = {False: _counted(check(draft.folder, reasoner=False))}
        for number, (kind, harmless, edit) in enumerate(edits):
            folder = Path(name) / str(number) / "ontology"
            folder.parent.mkdir()
            text = draft.written(edit, folder)
            ask = reasoner or edit.reasoner
            if ask not in clean:
                clean[ask] = _counted(check(draft.folder, reasoner=True))
            found = check(folder, reasoner=ask)
            known = Counter(clean[ask])
            new = []
            for one in found:
                known[one.key] -= 1
                if known[one.key] < 0:
                    new.append(one)
            yield judge(kind, edit, text, new, harmless=harmless)


def _counted(found: Iterable[Found]) -> Counter[tuple[str, str, str]]:
    return Counter(one.key for one in found)


@dataclass(frozen=True)
class Score:
    """The sums of a benchmark.

    Attributes:
        defects: how many defects were seeded.
        found: how many of them have a finding that names what was seeded.
        placed: how many have one with the right file and a line.
        harmless: how many harmless edits were made.
        quiet: how many of these left nothing to be found.
        right: findings that name what was seeded, or what refers to it.
        false: the other findings, after defects and after harmless edits.
    """

    defects: int
    found: int
    placed: int
    harmless: int
    quiet: int
    right: int
    false: int

    @property
    def recall(self) -> float:
        """The share of defects that were found."""
        return self.found / self.defects if self.defects else 1.0

    @property
    def precision(self) -> float:
        """The share of findings that are right."""
        told = self.right + self.false
        return self.right / told if told else 1.0


def score(outcomes: Iterable[Outcome]) -> Score:
    """Return the sums of outcomes."""
    every = list(outcomes)
    defects = [o for o in every if not o.harmless]
    harmless = [o for o in every if o.harmless]
    return Score(
        defects=len(defects),
        found=sum(bool(o.hits) for o in defects),
        placed=sum(o.placed for o in defects),
        harmless=len(harmless),
        quiet=sum(not o.false for o in harmless),
        right=sum(len(o.right) for o in every),
        false=sum(len(o.false) for o in every),
    )


def table(outcomes: Iterable[Outcome]) -> str:
    """Return the outcomes by kind as Markdown."""
    by_kind: dict[tuple[bool, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_kind[outcome.harmless, outcome.kind].append(outcome)
    lines = [
        "| seeded defect | ontologies | found | with file and line | right | false |",
        "|---|---|---|---|---|---|",
    ]
    for (harmless, kind), some in by_kind.items():
        if not harmless:
            s = score(some)
            lines.append(
                f"| {kind} | {s.defects} | {s.found} | {s.placed} | {s.right} | {s.false} |"
            )
    lines += ["", "| harmless edit | ontologies | without a finding |", "|---|---|---|"]
    for (harmless, kind), some in by_kind.items():
        if harmless:
            s = score(some)
            lines.append(f"| {kind} | {s.harmless} | {s.quiet} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print the table, the sums, and what was missed; exit 1 where a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=PLACES)
    parser.add_argument("--harmless", type=int, default=HARMLESS_EACH)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--reasoner", action="store_true", help="ask it after every edit")
    parser.add_argument("--kind", action="append", help="only this kind; may be repeated")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="poem-kg-") as name:
        copy = Path(name) / "ontology"  # so that nobody edits it meanwhile
        shutil.copytree(data_dir("ontology"), copy)
        return _run(Draft.read(copy), arguments)


def _run(draft: Draft, arguments: argparse.Namespace) -> int:
    edits = list(
        edits_of(
            draft,
            places=arguments.places,
            harmless=arguments.harmless,
            seed=arguments.seed,
            kinds=arguments.kind,
        )
    )
    start = time.process_time()
    outcomes = []
    for outcome in measure(draft, edits, reasoner=arguments.reasoner):
        outcomes.append(outcome)
        if not outcome.harmless and not outcome.hits:
            print(f"missed: {outcome.kind}: {outcome.edit.what}", file=sys.stderr)
        for found in outcome.false:
            print(f"false: {outcome.kind}: {outcome.edit.what}: {found}", file=sys.stderr)
    total = score(outcomes)
    print(table(outcomes))
    print(
        f"{total.defects} defects, recall {total.recall:.3f}; {total.harmless} harmless edits, "
        f"{total.quiet} without a finding; {total.right + total.false} findings, "
        f"precision {total.precision:.3f}; {total.placed} found with file and line; "
        f"{time.process_time() - start:.0f} s of processor time beside the reasoner's"
    )
    return 0 if min(total.recall, total.precision) >= 0.98 else 1


if __name__ == "__main__":
    sys.exit(main())
