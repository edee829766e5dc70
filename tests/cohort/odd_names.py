"""Patients under names that are hard to tell apart, to sort, or to write."""

from __future__ import annotations

import random
import re

from poem_kg.namespaces import BASE

ODD = (
    "-", ":", "/", "#", "?", "%20", ".", "~", "_", "0", "é", "日本", "🜁", "recorded", "recorded/",
    "/recorded0", "/recorded.", "/recorde", "+", "=", "(", "'", "*", "a", "Z", "x/y", "@", "&amp;",
)  # fmt: skip
STARTS = ("https://example.org/", "urn:x:", "a:", "z:", "urn:poem-kg:case;", "http://example.org/p")
_NODE = re.compile(rb"<([^>]*)>")


def odd_names(data: bytes, patient: str, rng: random.Random, *, share: float = 0.5) -> bytes:
    """Return the lines of a patient with odd names for its nodes, the patient's own among them.

    Args:
        data: lines of N-Triples.
        patient: the IRI of the patient.
        rng: what draws the names.
        share: how many of the names begin with the new one of the patient.
    """
    nodes = {found[1] for line in data.splitlines() for found in _nodes(line)}
    own = rng.choice(STARTS) + _tail(rng, 3)
    new = {patient.encode(): own}
    for node in sorted(nodes - {patient.encode()}):
        while True:
            start = own if rng.random() < share else rng.choice(STARTS)
            name = start + _tail(rng, 4)
            if name not in new.values() and not name.startswith(own + "/recorded/"):
                break
        new[node] = name
    return b"\n".join(
        _NODE.sub(lambda m: b"<%s>" % new[m[1]].encode() if m[1] in new else m[0], line)
        for line in data.split(b"\n")
    )


def _nodes(line: bytes) -> list[re.Match[bytes]]:
    """The nodes of a line that may bear another name: neither predicates, types nor words."""
    found = list(_NODE.finditer(line.partition(b'"')[0]))
    kept = [found[0]] if found else []
    if len(found) > 2 and not found[1][1].endswith(b"#type"):
        kept.append(found[2])
    return [match for match in kept if not match[1].startswith(BASE.encode())]


def _tail(rng: random.Random, length: int) -> str:
    return "".join(rng.choice(ODD) for _ in range(rng.randint(1, length)))
