"""Which patients' advice differs between two versions of the knowledge, and through what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from poem_kg.changes.aggregate import Gathering
from poem_kg.changes.approved import approved_only
from poem_kg.changes.comparing import in_order, resting_on, shown_otherwise, term_changes
from poem_kg.changes.drawing import Drawn, draw
from poem_kg.changes.model import BREAKING, WORDING, Diff, Impact, TermChange
from poem_kg.changes.patients import PatientChange, patient_change
from poem_kg.changes.recordable import Recordable
from poem_kg.changes.running import Pair, Tried, cases_of, try_all
from poem_kg.changes.terms import Terms
from poem_kg.changes.trying import Trial
from poem_kg.changes.versions import Version, versions
from poem_kg.errors import InputError
from poem_kg.knowledge import Knowledge
from poem_kg.reading import SourceGraph, read_graph
from poem_kg.resources import data_dir

DEFAULT_PATIENTS: Final = 1000
MOST_PATIENTS: Final = 99_999
DIFF_PATIENTS: Final = 500
"""How many drawn patients `diff` tries to tell breaking changes from others."""


def diff(old: str, new: str, *, patients: int = DIFF_PATIENTS, seed: int = 1) -> Diff:
    """Return what differs between two versions, told by what it does.

    Args:
        old: a folder with `poem-kg.ttl`, or a git revision, `REV` or `REV:path`.
        new: the same.
        patients: how many drawn patients are tried besides the examples.
        seed: of the drawn patients.

    Raises:
        InputError: a name is no version, or a patient of the examples cannot be read.
        KnowledgeError: a version is incomplete or broken.
    """
    return impact(old, new, patients=patients, seed=seed).diff


def impact(
    old: str,
    new: str,
    *,
    patients: int = DEFAULT_PATIENTS,
    seed: int = 1,
    jobs: int | None = None,
) -> Impact:
    """Return which patients gain, lose or change an option, or anything else of their advice.

    The patients are those of the examples and drawn ones; each is advised by both versions, with
    the queries that lie beside each ontology, or else those of this installation.

    Args:
        old: a folder with `poem-kg.ttl`, or a git revision, `REV` or `REV:path`.
        new: the same.
        patients: how many to draw besides the examples, at most 99,999.
        seed: the same seed draws the same patients for the same versions.
        jobs: how many processes; by default one for each core. The result is the same.

    Raises:
        InputError: a name is no version, or a patient of the examples cannot be read.
        KnowledgeError: a version is incomplete or broken.
    """
    if not 0 <= patients <= MOST_PATIENTS:
        raise InputError(f"--patients {patients}", "is too many", f"ask for up to {MOST_PATIENTS}")
    with versions(old, new) as (before, after):
        return _Comparison(before, after, seed).run(patients, jobs)


class _Comparison:
    def __init__(self, old: Version, new: Version, seed: int) -> None:
        self._old, self._new, self._seed = old, new, seed
        self._before, self._after = old.load(), new.load()
        self._terms = (Terms(old), Terms(new))
        self._changes = term_changes(*self._terms)
        self._reach = {c.term: resting_on(c.term, *self._terms) for c in self._changes}

    def run(self, patients: int, jobs: int | None) -> Impact:
        otherwise = shown_otherwise(self._changes)
        pair = Pair(
            Trial(self._before, self._old.place),
            Trial(self._after, self._new.place),
            frozenset(otherwise),
        )
        sources = {name: read_graph(path) for name, path in self._panel_files().items()}
        panel, named = self._panel(pair, sources)
        drawn, tried = self._drawn(pair, patients, jobs)
        panel_changes = {name: c for name, (c, _) in panel.items() if c is not None}
        refused = tried.refused + sum(refused for _, refused in panel.values())
        everyone = [*panel_changes.values(), *tried.changes.values()]
        gathering = Gathering(
            self._terms,
            (self._before, self._after),
            reach=self._reach,
            otherwise=otherwise,
            seed=self._seed,
        )
        gathered = gathering.of(panel_changes, tried.changes, drawn)
        asked_otherwise = _asked(self._before) != _asked(self._after)
        told = Diff(
            old=self._old.name,
            new=self._new.name,
            old_version=self._before.version,
            new_version=self._after.version,
            old_digest=self._before.digest,
            new_digest=self._after.digest,
            changes=self._with_patients(everyone),
            queries_differ=asked_otherwise,
            not_imported=self._not_imported(),
            tried=len(panel) + len(drawn),
            affected=sum(change.concluded for change in everyone),
            approved_only=(
                approved_only(self._before, self._after, sources)
                if asked_otherwise or any(c.effect != WORDING for c in self._changes)
                else None
            ),
        )
        untried = self._untried(named | tried.named)
        shown = {t for e in gathered.effects for t in (e.therapy, e.subject, *e.through)}
        shown |= {t for e in gathered.effects for t in e.because} | {*untried} - {""}
        return Impact(
            diff=told,
            seed=self._seed,
            panel=len(panel),
            drawn=len(drawn),
            refused=refused,
            affected=told.affected,
            shown_only=sum(bool(c.shown) and not c.concluded for c in everyone),
            grounds_only=sum(change.grounds for change in everyone),
            effects=gathered.effects,
            panel_affected=gathered.panel,
            examples=gathered.examples,
            untried=untried,
            labels={iri: gathering.label(iri) for iri in sorted(shown - {""})},
        )

    def _panel(
        self, pair: Pair, sources: Mapping[str, SourceGraph]
    ) -> tuple[dict[str, tuple[PatientChange | None, bool]], frozenset[str]]:
        """The examples by name: what differs, and whether neither version accepts it."""
        found: dict[str, tuple[PatientChange | None, bool]] = {}
        named: set[str] = set()
        before = pair.old.of_files(sources)
        after = before if pair.alike else pair.new.of_files(sources)
        for name in sources:
            was, now = before[name], after[name]
            named |= was.named | now.named
            found[name] = (
                patient_change(was, now, otherwise=pair.otherwise),
                bool(was.refused and now.refused),
            )
        return found, frozenset(named)

    def _panel_files(self) -> dict[str, Path]:
        """The examples by name: of the new version, of the old one, and of this installation."""
        folders = [data_dir("examples"), self._old.examples, self._new.examples]
        found: dict[str, Path] = {}
        for folder in filter(None, folders):
            for path in sorted(folder.rglob("*.ttl")):
                found[path.relative_to(folder).with_suffix("").as_posix()] = path
        return dict(sorted(found.items()))

    def _drawn(self, pair: Pair, count: int, jobs: int | None) -> tuple[list[Drawn], Tried]:
        if not count:
            return [], try_all([], pair, (self._old, self._new), jobs=1)
        recordable = (Recordable(self._before), Recordable(self._after))
        focus = {
            term
            for change in self._changes
            if change.effect != WORDING and change.kind != "module"
            for term in self._reach[change.term]
        }
        drawn = list(draw(count, seed=self._seed, versions=recordable, focus=focus))
        cases = list(cases_of(drawn, *recordable))
        return drawn, try_all(cases, pair, (self._old, self._new), jobs=jobs)

    def _with_patients(self, everyone: Iterable[PatientChange]) -> tuple[TermChange, ...]:
        """The terms that differ, with the number of patients whose advice changes with them."""
        counts: dict[str, int] = defaultdict(int)
        counting = [c for c in self._changes if c.effect != WORDING]
        for patient in everyone:
            terms = patient.terms
            for change in counting:
                if not terms.isdisjoint(self._reach[change.term]):
                    counts[change.term] += 1
        return in_order(
            [
                replace(c, patients=counts[c.term], effect=BREAKING) if counts[c.term] else c
                for c in self._changes
            ]
        )

    def _untried(self, named: frozenset[str]) -> tuple[str, ...]:
        return tuple(
            change.term
            for change in self._changes
            if change.effect != WORDING
            and change.kind in ("statement", "criterion", "class")
            and named.isdisjoint(self._showing(change))
        )

    def _showing(self, change: TermChange) -> frozenset[str]:
        """The terms that an advice would name if a change had been met."""
        own = frozenset((change.term,))
        if change.kind == "statement":
            return own
        if change.kind == "criterion":
            old, new = self._terms
            return own | old.naming(change.term) | new.naming(change.term)
        return self._reach[change.term]

    def _not_imported(self) -> tuple[str, ...]:
        """Files of the new version from which nothing follows: the root does not import them."""
        imported = {self._new.path_of(path) for path in self._after.files}
        return tuple(
            name
            for path in self._new.files()
            if (name := self._new.path_of(path)) not in imported
            and not name.startswith("alignments/")
        )


def _asked(knowledge: Knowledge) -> list[tuple[str, str]]:
    return [(q.name, q.digest) for q in (*knowledge.prepare, *knowledge.derive)]
