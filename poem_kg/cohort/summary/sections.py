"""From counts to the tables of a summary: labelled, with shares, in order, small counts hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from poem_kg.cohort.summary.counting import Manifest, OptionCounts, margin
from poem_kg.cohort.summary.model import Chart, Figure, Row, Section
from poem_kg.cohort.summary.small_counts import Key, hidden_counts
from poem_kg.cohort.summary.words import SummaryWords
from poem_kg.namespaces import compact

TOP: Final = 15
"""How many rows a list shows that has no natural end, such as the unknown facts."""

_KEPT_BACK: Final = "kept back"
_BOTH: Final = ("patients", "options")


class _Entry(NamedTuple):
    """What is counted in words, how many, and the key by which the count may be hidden.

    Patients come before options. Without a key the count is part of no sum, so only its own size
    hides it.
    """

    labels: tuple[str, ...]
    counts: tuple[int, ...]
    key: Key = ()


class Sections:
    """The tables of one run.

    Args:
        words: what things are called.
        run: what the run says of itself.
        options: what its options are like.
        reasons: shape to the patients that it rejected.
        below: counts of patients from 1 to one less are kept back.
    """

    def __init__(
        self,
        words: SummaryWords,
        run: Manifest,
        options: OptionCounts,
        reasons: Counter[str],
        below: int,
    ) -> None:
        self._words = words
        self._run = run
        self._options = options
        self._reasons = reasons
        self._below = below
        self._hidden = hidden_counts(run, options, below)
        self._by_therapy = margin(options.by_readiness, 0)
        self._advised = f"Shares are of the {self._told(run.advised)} advised patients."
        self._each = (
            "Patients with at least one such option, and such options. "
            f"Shares are of the {self._told(run.advised)} advised patients, "
            f"and of all {self._told(run.options)} options."
        )

    def all(self) -> tuple[Section, ...]:
        """Return every table, in the order in which to read them."""
        return (
            self._totals(),
            self._rejections(),
            self._diagnoses(),
            self._best(),
            self._readiness(),
            self._standings(),
            self._disorders(),
            self._therapies(),
            self._therapies_by_standing(),
            self._therapies_by_readiness(),
            self._unknown(),
            self._questions(),
            self._silence(),
        )

    def _totals(self) -> Section:
        run = self._run
        came, advised, options = "all that came in", "the advised", "options of all patients"
        entries = (
            (_Entry(("patients that came in", ""), (run.patients,), ("in",)), 0),
            (_Entry(("advised", came), (run.advised,)), run.patients),
            (_Entry(("rejected", came), (run.rejected,), ("rejected",)), run.patients),
            (_Entry(("with an option", advised), (run.with_option,), ("some",)), run.advised),
            (
                _Entry(("without any option", advised), (run.without_option,), ("none",)),
                run.advised,
            ),
            (_Entry((options, ""), (run.options,)), 0),
        )
        return Section(
            name="totals",
            title="Patients and options",
            note="Every patient that came in was either advised or rejected.",
            keys=("what", "share of"),
            counted=("number",),
            rows=tuple(self._row(entry, (total,)) for entry, total in entries),
            chart="none",
        )

    def _rejections(self) -> Section:
        return self._section(
            "rejections",
            "Why patients were rejected",
            "A patient counts once for each shape that it violates. "
            f"Shares are of the {self._told(self._run.rejected)} rejected patients.",
            ("reason", "shape"),
            _most_first(
                _Entry((self._words.shape(shape), compact(shape)), (n,))
                for shape, n in self._reasons.items()
            ),
            of=(self._run.rejected,),
            top=TOP,
        )

    def _diagnoses(self) -> Section:
        found = self._run.diagnoses
        bases = sorted({basis for _, basis in found}, reverse=True)
        return self._section(
            "diagnoses",
            "Disorders of the patients",
            "Recorded as a diagnosis, or derived from a study; a patient may have several. "
            + self._advised,
            ("disorder", "basis"),
            [
                _Entry((self._words.label(disorder), basis), (found.get((disorder, basis), 0),))
                for disorder in self._by_size(margin(found, 0))
                for basis in bases
            ],
            chart="grouped",
            legend=tuple(bases),
        )

    def _best(self) -> Section:
        found = self._options.best
        return self._section(
            "best",
            "How ready the best option of a patient is",
            "The best option has rank 1; where several tie, the readiest of them counts. "
            + self._advised,
            ("readiness",),
            [
                *(_Entry((code,), (found[code],), ("best", code)) for code in self._words.codes),
                _Entry(("no option",), (self._run.without_option,), ("none",)),
            ],
        )

    def _readiness(self) -> Section:
        patients = self._options.patients_by_readiness
        options = margin(self._options.by_readiness, 1)
        return self._section(
            "readiness",
            "Options by readiness",
            self._each,
            ("readiness",),
            [
                _Entry((code,), (patients[code], options[code]), ("readiness", code))
                for code in self._words.codes
            ],
            counted=_BOTH,
        )

    def _standings(self) -> Section:
        patients = self._options.patients_by_standing
        options = margin(self._options.by_standing, 1)
        return self._section(
            "standing",
            "Options by standing",
            self._each,
            ("standing",),
            [
                _Entry(
                    (self._words.standing(standing),),
                    (patients[standing], options[standing]),
                    ("standing", standing),
                )
                for standing in sorted(options, key=self._words.place)
            ],
            counted=_BOTH,
        )

    def _disorders(self) -> Section:
        patients, options = self._options.patients_by_disorder, self._options.by_disorder
        return self._section(
            "disorder",
            "Options by disorder",
            "The disorder is the one for which the governing statement speaks. " + self._each,
            ("disorder",),
            [
                _Entry((self._words.label(iri),), (patients[iri], options[iri]), ("disorder", iri))
                for iri in self._by_size(patients)
            ],
            counted=_BOTH,
        )

    def _therapies(self) -> Section:
        found = self._by_therapy
        return self._section(
            "therapy",
            "Options by therapy",
            "A patient has at most one option a therapy. " + self._advised,
            ("therapy",),
            [
                _Entry((self._words.label(iri),), (found[iri],), ("therapy", iri))
                for iri in self._by_size(found)
            ],
        )

    def _therapies_by_standing(self) -> Section:
        found = self._options.by_standing
        standings = sorted({standing for _, standing in found}, key=self._words.place)
        return self._section(
            "therapy-standing",
            "Therapies by standing",
            self._advised,
            ("therapy", "standing"),
            [
                _Entry(
                    (self._words.label(iri), self._words.standing(standing)),
                    (found[iri, standing],),
                    ("standing", iri, standing),
                )
                for iri in self._by_size(self._by_therapy)
                for standing in standings
            ],
            chart="stacked",
            legend=tuple(map(self._words.standing, standings)),
        )

    def _therapies_by_readiness(self) -> Section:
        found = self._options.by_readiness
        return self._section(
            "therapy-readiness",
            "Therapies by readiness",
            self._advised,
            ("therapy", "readiness"),
            [
                _Entry(
                    (self._words.label(iri), code), (found[iri, code],), ("readiness", iri, code)
                )
                for iri in self._by_size(self._by_therapy)
                for code in self._words.codes
            ],
            chart="stacked",
            legend=self._words.codes,
        )

    def _unknown(self) -> Section:
        patients, options = self._options.patients_by_unknown, self._options.unknown
        return self._section(
            "unknown",
            "Unknown facts that hold options back",
            "Such an option is one that waits for the fact. " + self._each,
            ("fact",),
            [
                _Entry((self._words.label(iri),), (patients[iri], options[iri]))
                for iri in self._by_size(patients)
            ],
            counted=_BOTH,
            top=TOP,
        )

    def _questions(self) -> Section:
        found = self._run.questions
        return self._section(
            "questions",
            "What to ask first",
            "The first question of each patient. " + self._advised,
            ("fact",),
            [_Entry((self._words.label(iri),), (found[iri],)) for iri in self._by_size(found)],
            top=TOP,
        )

    def _silence(self) -> Section:
        return self._section(
            "silence",
            "What the sources are silent on",
            "A patient counts once for each thing that no statement speaks about. " + self._advised,
            ("about", "kind"),
            _most_first(
                _Entry((self._words.label(term), kind), (n,))
                for (kind, term), n in self._run.silent.items()
            ),
            top=TOP,
        )

    def _by_size(self, counts: Mapping[str, int]) -> list[str]:
        """IRIs, the most frequent first, then by label."""
        return sorted(counts, key=lambda iri: (-counts[iri], self._words.label(iri), iri))

    def _section(
        self,
        name: str,
        title: str,
        note: str,
        keys: tuple[str, ...],
        entries: Iterable[_Entry],
        *,
        of: tuple[int, ...] | None = None,
        counted: tuple[str, ...] = ("patients",),
        top: int | None = None,
        chart: Chart = "bars",
        legend: tuple[str, ...] = (),
    ) -> Section:
        totals = of or (self._run.advised, self._run.options)
        rows = tuple(self._row(entry, totals) for entry in entries if any(entry.counts))
        return Section(
            name=name,
            title=title,
            note=note,
            keys=keys,
            counted=counted,
            rows=rows[:top],
            more=len(rows[top:]) if top else 0,
            chart=chart,
            legend=legend,
        )

    def _row(self, entry: _Entry, totals: tuple[int, ...]) -> Row:
        small = 0 < entry.counts[0] < self._below
        hidden = small or entry.key in self._hidden
        return Row(
            keys=entry.labels,
            figures=tuple(
                self._figure(count, total, hidden, small)
                for count, total in zip(entry.counts, totals, strict=False)
            ),
        )

    def _figure(self, count: int, total: int, hidden: bool, small: bool) -> Figure:
        if hidden:
            # Of a few patients the number of options says as much as their own number.
            told = self._told(count) if small and 0 < count < self._below else _KEPT_BACK
            return Figure(count=None, share=None, told=told)
        share = 100 * count / total if total else None
        return Figure(count=count, share=share, told=self._told(count))

    def _told(self, count: int) -> str:
        return f"<{self._below}" if 0 < count < self._below else f"{count:,}"


def _most_first(entries: Iterable[_Entry]) -> list[_Entry]:
    return sorted(entries, key=lambda entry: ([-n for n in entry.counts], entry.labels))
