"""Replaying an earlier advice: what agrees with the run that it records, and what differs.

The earlier advice is a file that anybody may have written or changed. It is read under the limits
of every input, and nothing in it is trusted: its digests are compared with those of the run made
now, its conclusions with the conclusions drawn now, for the day that it records.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from poem_kg.errors import InputError, one_line, shorten
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.model import Advice
from poem_kg.namespaces import BASE
from poem_kg.nesting import check_nesting
from poem_kg.prechecks import decode, read_bytes

_WRITE_ANEW: Final = "make it anew with poem-kg recommend FILE --format json"
_PROVENANCE: Final = "provenance"
_REQUIRED: Final = ("patient", "conforms", "options", _PROVENANCE)
_RECORDED: Final = ("ontologyVersion", "ontologyDigest", "inputDigest", "inputGraphDigest")
_NAMES: Final = (
    ("name",),
    ("therapy",),
    ("kind", "criterion"),
    ("criterion",),
    ("test", "statement"),
    ("kind", "term"),
    ("statement",),
    ("statement", "via"),
    ("statement", "via", "facts"),
    ("kind", "label"),
    ("disorder", "basis", "status", "classification"),
    ("shape", "focus", "path", "value"),
)
"""Keys by which the members of an array are told apart, the first that fit all of them."""
_LONGEST: Final = 48
_LONGEST_PATH: Final = 100
_SHOWN: Final = 50


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """An earlier advice as its file records it.

    Attributes:
        name: the path as it was given.
        document: the JSON object.
        as_of: the day for which it was given, or None where no record had a date.
    """

    name: str
    document: Mapping[str, Any]
    as_of: date | None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One place in which two advices differ.

    Attributes:
        path: keys and members from the top, such as "options[THERAPY].readiness".
        old: the JSON value that is recorded, None where there is none.
        new: the JSON value of now, None where there is none.
    """

    path: str
    old: Any
    new: Any


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What came of running an advice again.

    Attributes:
        identical: whether nothing differs.
        agrees: the parts that are the same, as top-level keys and keys of the provenance.
        differences: digests first, then conclusions in the order of the output.
    """

    identical: bool
    agrees: tuple[str, ...]
    differences: tuple[Difference, ...]


def read_advice(path: str, *, limits: Limits = DEFAULT_LIMITS) -> Recorded:
    """Return an advice that `recommend --format json` wrote.

    Args:
        path: the file.
        limits: how large and how deep it may be.

    Raises:
        InputError: it cannot be read, is no JSON, or records no run that could be replayed.
        LimitExceeded: it is too large or nests too deep.
    """
    raw = read_bytes(path, None, limits)
    text = decode(raw)
    check_nesting(text, "json-ld", raw.name, limits)
    try:
        document = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        where = f"{raw.name}:{error.lineno}"
        raise InputError(where, f"is no JSON ({error.msg})", _WRITE_ANEW) from None
    except ValueError:
        raise InputError(raw.name, "holds a number that cannot be read", _WRITE_ANEW) from None
    try:
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        cause = "holds a number or a character that cannot be written"
        raise InputError(raw.name, cause, _WRITE_ANEW) from None
    missing = [key for key in _REQUIRED if not isinstance(document, dict) or key not in document]
    if missing:
        raise InputError(raw.name, f"is no advice, it lacks {missing[0]!r}", _WRITE_ANEW)
    return Recorded(name=raw.name, document=document, as_of=_day(raw.name, document[_PROVENANCE]))


def _no_number(name: str) -> None:
    raise ValueError(name)


def _day(name: str, provenance: object) -> date | None:
    if not isinstance(provenance, dict):
        raise InputError(name, "records no provenance", _WRITE_ANEW)
    wrong = [key for key in _RECORDED if not isinstance(provenance.get(key), str)]
    if wrong or not isinstance(provenance.get("queries"), list):
        lacking = wrong[0] if wrong else "queries"
        raise InputError(name, f"records no {lacking}", _WRITE_ANEW)
    day = provenance.get("asOf")
    if day is None:
        return None
    try:
        return date.fromisoformat(day)
    except (TypeError, ValueError):
        raise InputError(name, "records an asOf that is no date", _WRITE_ANEW) from None


def day_to_replay(recorded: Recorded, as_of: str | None) -> date | None:
    """Return the day for which to advise again, which is the recorded one.

    Args:
        recorded: what `read_advice` returned.
        as_of: the day that the caller asks for, None for no day in particular.

    Raises:
        InputError: the caller asks for a day.
    """
    if as_of is not None:
        cause = "does not go with --replay, which takes the day of the earlier advice"
        raise InputError(f"--as-of {as_of}", cause, "leave it out")
    return recorded.as_of


def approved_to_replay(recorded: Recorded, approved_only: bool) -> bool:
    """Return whether to advise again by approved statements alone, which is as recorded.

    Args:
        recorded: what `read_advice` returned.
        approved_only: whether the caller asks for it.

    Raises:
        InputError: the caller asks for it.
    """
    if approved_only:
        cause = "does not go with --replay, which asks as the earlier advice did"
        raise InputError("--approved-only", cause, "leave it out")
    return recorded.document[_PROVENANCE].get("approvedOnly") is True


def compare(recorded: Recorded, advice: Advice) -> Replay:
    """Return what agrees and what differs between a recorded advice and one of now.

    Args:
        recorded: what `read_advice` returned.
        advice: the advice of now for the same day.
    """
    new = json.loads(json.dumps(advice.to_json()))
    old = recorded.document
    before, now = old[_PROVENANCE], new[_PROVENANCE]
    parts = [(f"{_PROVENANCE}.{key}", before.get(key), now.get(key)) for key in _keys(before, now)]
    parts += [(key, old.get(key), new.get(key)) for key in _keys(old, new) if key != _PROVENANCE]
    found = [(path, tuple(_differences(path, *values))) for path, *values in parts]
    return Replay(
        identical=not any(differences for _, differences in found),
        agrees=tuple(path for path, differences in found if not differences),
        differences=tuple(d for _, differences in found for d in differences),
    )


def replay_text(replay: Replay) -> str:
    """Return a replay as lines for a person; of many differences only the first are shown.

    Args:
        replay: what `compare` returned.
    """
    lines = [f"agrees   {_place(path)}" for path in replay.agrees]
    lines += [
        f"differs  {_place(d.path)}: {_short(d.old)} -> {_short(d.new)}"
        for d in replay.differences[:_SHOWN]
    ]
    count = len(replay.differences)
    if count > _SHOWN:
        lines.append(f"         and {count - _SHOWN} more; --format json shows all")
    lines.append("the same" if replay.identical else f"{count} difference{'s' * (count > 1)}")
    return "\n".join(lines) + "\n"


def _place(path: str) -> str:
    return shorten(one_line(path), _LONGEST_PATH, keep="end")


def _short(value: object) -> str:
    return shorten(one_line(json.dumps(value, ensure_ascii=False)), _LONGEST)


def _keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys((*new, *old)))


def _differences(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in _keys(old, new):
            yield from _differences(f"{path}.{key}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _array_differences(path, old, new)
    elif old != new or type(old) is not type(new):
        yield Difference(path=path, old=old, new=new)


def _array_differences(path: str, old: list[Any], new: list[Any]) -> Iterator[Difference]:
    named = next(filter(None, (_named(old, new, keys) for keys in _NAMES)), None)
    if named is None:
        if json.dumps(old) != json.dumps(new):
            yield Difference(path=path, old=old, new=new)
        return
    before, now = named
    for name in _keys(before, now):
        yield from _differences(f"{path}[{name}]", before.get(name), now.get(name))
    if before.keys() == now.keys() and list(before) != list(now):
        yield Difference(path=f"{path} in order", old=list(before), new=list(now))


def _named(
    old: list[Any], new: list[Any], keys: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The members of both arrays by the values of some keys, or None where those do not fit."""
    if not all(isinstance(m, dict) and m.keys() >= set(keys) for m in (*old, *new)):
        return None
    before, now = ({_name(m, keys): m for m in members} for members in (old, new))
    fit = (len(before), len(now)) == (len(old), len(new)) and "" not in {*before, *now}
    return (before, now) if fit else None


def _name(member: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    values = (member[key] for key in keys)
    return " ".join(_told(value) for value in values if value)


def _told(value: object) -> str:
    if isinstance(value, str) and value.startswith(BASE):
        return value.rsplit("/", 1)[-1]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
