"""What differs for one patient between two versions, and through which statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from poem_kg.changes.outcomes import Item, Outcome, nodes_of
from poem_kg.namespaces import POEMKG

_WHOLE: Final = ("gained", "lost")

Sayings = tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, order=True)
class OptionChange:
    """One option that a patient gains, loses, or of which something differs.

    Attributes:
        therapy: its IRI.
        change: "gained", "lost", "standing", "readiness" or "rank".
        was, now: local names and numbers as text: a standing with its line, a readiness, a rank;
            of an option gained or lost standing and readiness; "" where there is none.
        through: the statements that bring it, IRIs, sorted; of an option gained those too whose
            requirements are not met.
        criteria: the criteria of the requirements that bring it, IRIs, sorted.
    """

    therapy: str
    change: str
    was: str
    now: str
    through: tuple[str, ...]
    criteria: tuple[str, ...]


@dataclass(frozen=True, order=True)
class OtherChange:
    """Something else that an advice says newly, no more, or differently.

    Attributes:
        part: as of `Item`.
        change: "gained", "lost" or "changed".
        subject: the IRI that it is about.
        therapy: the option that it belongs to, or "".
        statement: the statement it rests on, or "".
        was, now: what is said of it, each saying as pairs of local name and value; empty where
            there is none.
    """

    part: str
    change: str
    subject: str
    therapy: str
    statement: str
    was: Sayings
    now: Sayings


@dataclass(frozen=True)
class PatientChange:
    """What differs for one patient.

    Attributes:
        accepted: "" where both versions accept or both refuse; else "no more" or "newly".
        reasons: why the one version refuses.
        options: what differs in the options, by therapy.
        others: what else differs.
        shown: the statements that both show and that say something else in the one.
        grounds: whether nothing that the advice says differs, but the facts it rests on do.
        beside: the terms of all that comes or goes together with an option, such as its cautions.
    """

    accepted: str
    reasons: tuple[str, ...]
    options: tuple[OptionChange, ...]
    others: tuple[OtherChange, ...]
    shown: tuple[str, ...]
    grounds: bool
    beside: frozenset[str] = frozenset()

    @property
    def concluded(self) -> bool:
        """Whether anything is concluded otherwise."""
        return bool(self.accepted or self.options or self.others)

    @property
    def terms(self) -> frozenset[str]:
        """Every term that the differences name."""
        found = {t for o in self.options for t in (o.therapy, *o.through, *o.criteria)}
        found |= {t for o in self.others for t in (o.subject, o.therapy, o.statement) if t}
        return frozenset(found) | self.beside


def patient_change(
    old: Outcome, new: Outcome, *, otherwise: Collection[str] = ()
) -> PatientChange | None:
    """Return what differs between two outcomes of one patient, or None where nothing does.

    Args:
        old: what follows by the one version.
        new: what follows by the other.
        otherwise: the statements of which an advice shows something else.
    """
    if old.refused and new.refused:
        return None
    if bool(old.refused) != bool(new.refused):
        return PatientChange(
            accepted="no more" if new.refused else "newly",
            reasons=new.refused or old.refused,
            options=(),
            others=(),
            shown=(),
            grounds=False,
        )
    shown = tuple(sorted(old.named & new.named & set(otherwise))) if otherwise else ()
    if old.lines == new.lines and not shown:
        return None
    nodes = nodes_of(old.lines ^ new.lines)
    said = _Said(old, new, old.items_of(nodes), new.items_of(nodes))
    options = tuple(sorted(_options(said)))
    others = tuple(sorted(_others(said)))
    grounds = not (options or others or shown)
    beside = _beside(said, frozenset(o.therapy for o in options if o.change in _WHOLE))
    return PatientChange("", (), options, others, shown, grounds=grounds, beside=beside)


@dataclass(frozen=True)
class _Said:
    """Two outcomes, and what those of their conclusions say in which anything differs."""

    old: Outcome
    new: Outcome
    went: frozenset[Item]
    came: frozenset[Item]


def _options(said: _Said) -> Iterator[OptionChange]:
    before, after = said.old.options, said.new.options
    differ = said.went ^ said.came
    for therapy in sorted(before.keys() | after.keys()):
        was, now = before.get(therapy), after.get(therapy)
        here = [i for i in differ if i.therapy == therapy and i.part != "option"]
        if was is None or now is None:
            change = "gained" if was is None else "lost"
            shown = now or was
            assert shown is not None
            # One that comes has its readiness by what stands in the way, too.
            held = [i for i in here if was is None and _stands_in_the_way(i)]
            arguments = [i for i in here if i.part == "argument"]
            told = f"{_standing(shown)}, {_end(shown.value('readiness'))}"
            yield OptionChange(
                therapy=therapy,
                change=change,
                was="" if was is None else told,
                now="" if now is None else told,
                through=_statements([*arguments, *held]) or (shown.statement,),
                criteria=tuple(sorted({i.subject for i in held})),
            )
            continue
        for name, told_of, parts in (
            ("standing", _standing, ("argument",)),
            ("readiness", _readiness, ("requirement",)),
            ("rank", _rank, ("argument",)),
        ):
            if told_of(was) == told_of(now):
                continue
            items = [i for i in here if i.part in parts] or here
            if not items and name == "rank":  # it moves because others did
                items = [i for i in differ if i.part == "argument"]
            yield OptionChange(
                therapy=therapy,
                change=name,
                was=told_of(was),
                now=told_of(now),
                through=_statements(items),
                criteria=tuple(sorted({i.subject for i in items if i.part == "requirement"})),
            )


def _others(said: _Said) -> Iterator[OtherChange]:
    came = _by_place(said.came - said.went)
    went = _by_place(said.went - said.came)
    before, after = said.old.options.keys(), said.new.options.keys()
    for place in came.keys() | went.keys():
        part, therapy, subject, statement = place
        if therapy and (therapy in before) != (therapy in after):
            continue  # told with the option
        was, now = went.get(place, ()), came.get(place, ())
        change = "changed" if was and now else "gained" if now else "lost"
        yield OtherChange(part, change, subject, therapy, statement, was, now)
    for therapy in before & after:
        was, now = (_besides(outcome.options[therapy]) for outcome in (said.old, said.new))
        if was != now:
            governing = said.new.options[therapy].statement
            yield OtherChange("governing", "changed", therapy, therapy, governing, was, now)


def _stands_in_the_way(item: Item) -> bool:
    return item.part == "requirement" and _end(item.value("state")) != "met"


def _beside(said: _Said, therapies: frozenset[str]) -> frozenset[str]:
    """The terms of what comes or goes with some options, which is not told one by one."""
    items = (i for i in said.went | said.came if i.therapy in therapies)
    return frozenset(term for i in items for term in (i.subject, i.statement) if term)


def _by_place(items: Iterable[Item]) -> dict[tuple[str, str, str, str], Sayings]:
    found: dict[tuple[str, str, str, str], list[tuple[tuple[str, str], ...]]] = {}
    for item in sorted(items):
        if item.part != "option":
            place = (item.part, item.therapy, item.subject, item.statement)
            said = tuple(pair for pair in item.says if pair[1] not in place)
            found.setdefault(place, []).append(said)
    return {place: tuple(dict.fromkeys(said)) for place, said in found.items()}


def _besides(option: Item) -> Sayings:
    """What an option says besides its standing, readiness and rank."""
    told = (pair for pair in option.says if pair[0] in ("disorder", "inner", "inSequence", "via"))
    return ((*told, ("statement", option.statement)),)


def _standing(option: Item) -> str:
    line = option.value("line")
    return _end(option.value("standing")) + (f" {line}" if line else "")


def _readiness(option: Item) -> str:
    return _end(option.value("readiness"))


def _rank(option: Item) -> str:
    return option.value("rank")


def _statements(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(sorted({item.statement for item in items if item.statement}))


def _end(iri: str) -> str:
    return iri.removeprefix(POEMKG)
