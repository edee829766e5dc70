"""Patients that somebody has worked on with scissors: lines left out, doubled, mixed up."""

from __future__ import annotations

import random
import re

from poem_kg.namespaces import POEMKG, RDF, XSD

_TYPED = re.compile(rb'"([^"]*)"\^\^<[^>]*>')
ODD_VALUES = (
    b'"1.0"^^<%sdecimal>' % XSD.encode(),
    b'"-7"^^<%sinteger>' % XSD.encode(),
    b'"007"^^<%sinteger>' % XSD.encode(),
    b'"1e3"^^<%sdouble>' % XSD.encode(),
    b'"99999999999999999999"^^<%sinteger>' % XSD.encode(),
    b'"0.1234567890123456789012"^^<%sdecimal>' % XSD.encode(),
    b'"abc"^^<%sinteger>' % XSD.encode(),
    b'"2024-02-30"^^<%sdate>' % XSD.encode(),
    b'"2024-02-29"^^<%sdate>' % XSD.encode(),
    b'"2031-01-01"^^<%sdate>' % XSD.encode(),
    b'"2024-02-29Z"^^<%sdate>' % XSD.encode(),
    b'"text"',
    b'"Text"@en-GB',
    b'"x"^^<%sstring>' % XSD.encode(),
    b'""',
    b"<https://example.org/elsewhere>",
    b"<relative>",
    b"_:blank",
    b"<%sAchalasiaTypeII>" % POEMKG.encode(),
    b"<%sEckardtScore>" % POEMKG.encode(),
    b"<%spresent>" % POEMKG.encode(),
    b"<%sabsent>" % POEMKG.encode(),
    b"<%sprovisional>" % POEMKG.encode(),
    b"<%senteredInError>" % POEMKG.encode(),
    b"<%sNoSuchWord>" % POEMKG.encode(),
    b"<%stype>" % RDF.encode(),
)


def damaged(data: bytes, rng: random.Random, *, times: int) -> bytes:
    """Return the lines of a patient, changed so many times in some way.

    Args:
        data: lines of N-Triples, that which types the patient first.
        rng: what draws the changes.
        times: how many changes are made.
    """
    first, *lines = data.splitlines(keepends=True)
    for _ in range(times):
        rng.choice((_without, _doubled, _swapped, _odd, _moved, _worded, _renumbered))(lines, rng)
    return b"".join([first, *lines])


def _parts(line: bytes) -> tuple[bytes, bytes, bytes]:
    subject, predicate, rest = line.split(b" ", 2)
    return subject, predicate, rest.rstrip(b"\n").removesuffix(b" .")


def _line(subject: bytes, predicate: bytes, value: bytes) -> bytes:
    return b"%s %s %s .\n" % (subject, predicate, value)


def _without(lines: list[bytes], rng: random.Random) -> None:
    del lines[rng.randrange(len(lines))]


def _doubled(lines: list[bytes], rng: random.Random) -> None:
    """A second value of a property, taken from another node that has it."""
    subject, predicate, _ = _parts(rng.choice(lines))
    values = [_parts(line)[2] for line in lines if _parts(line)[1] == predicate]
    lines.append(_line(subject, predicate, rng.choice(values)))


def _swapped(lines: list[bytes], rng: random.Random) -> None:
    """The values of two nodes change places."""
    one = rng.randrange(len(lines))
    predicate = _parts(lines[one])[1]
    two = rng.choice([n for n, line in enumerate(lines) if _parts(line)[1] == predicate])
    (a, _, first), (b, _, second) = _parts(lines[one]), _parts(lines[two])
    lines[one], lines[two] = _line(a, predicate, second), _line(b, predicate, first)


def _odd(lines: list[bytes], rng: random.Random) -> None:
    """A value that does not belong there."""
    place = rng.randrange(len(lines))
    subject, predicate, _ = _parts(lines[place])
    lines[place] = _line(subject, predicate, rng.choice(ODD_VALUES))


def _moved(lines: list[bytes], rng: random.Random) -> None:
    """A line tells of another node."""
    place = rng.randrange(len(lines))
    other = _parts(rng.choice(lines))[0]
    lines[place] = _line(other, *_parts(lines[place])[1:])


def _worded(lines: list[bytes], rng: random.Random) -> None:
    """A line with the predicate of another."""
    place = rng.randrange(len(lines))
    subject, _, value = _parts(lines[place])
    lines[place] = _line(subject, _parts(rng.choice(lines))[1], value)


def _renumbered(lines: list[bytes], rng: random.Random) -> None:
    """A figure or a day that is a little, or a lot, different."""
    typed = [n for n, line in enumerate(lines) if _TYPED.search(line)]
    if not typed:
        return
    place = rng.choice(typed)
    digits = [m.start() for m in re.finditer(rb"\d", _TYPED.search(lines[place])[1])]  # type: ignore[index]
    start = lines[place].index(b'"') + 1
    if digits:
        at = start + rng.choice(digits)
        digit = str(rng.randrange(10)).encode()
        lines[place] = lines[place][:at] + digit + lines[place][at + 1 :]
