"""Which rules in SPARQL need not be asked of a patient, because they could find no fault.

An engine asks such a rule once for each node, which takes longer than everything else that is
validated. But most rules can tell nothing of most patients, and a look at the lines of a patient
shows that: no rule about a sum can fail where there is none. A screen (`screens.py`) never decides.
It says of which topics a rule might find something, when in doubt of all, and the engine asks the
rules of those.

Each screen is written for the very text of its rule, which this table names by a digest. When the
text changes, the screen is out of use: the rule is always asked, until somebody has read both.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from poem_kg.namespaces import SH, SHAPES

SCREENED: Final = {
    "attested-contradiction": ("contradictions", "001768d181a9695d"),
    "attested-disagreement": ("agreement", "f26f2d1b8fa39984"),
    "contradiction-absent": ("contradictions", "1d5641dabdebc199"),
    "contradiction-discordant": ("contradictions", "3b5df6d33567adb1"),
    "contradiction-exclusive": ("contradictions", "b36fc20e59f0573b"),
    "contradiction-provisional": ("contradictions", "c5116cdfda7e4c7f"),
    "contradiction-result": ("contradictions", "4f16e354e7645388"),
    "disagreement": ("agreement", "0ee14c6ac1e8f62d"),
    "foreign-property": ("foreign words", "7b67c00d1e069f3a"),
    "known-property": ("words", "6821c118ffd8c8e1"),
    "limit-range": ("values", "79d98f4b82721615"),
    "part-date": ("days", "ac18d2778edc25ec"),
    "part-patient": ("bearers", "458975fabfd53b89"),
    "patient-age-agrees": ("ages", "f6baae8f4a1178bc"),
    "patient-age-range": ("ages", "8995f8bfe4269522"),
    "patient-birth-year-plausible": ("ages", "70eb1225c79a8aec"),
    "record-late": ("days", "24c5e9c5e4e3aa09"),
    "swallow-some": ("swallows", "e8a3f94f1a323b61"),
    "swallow-value-elsewhere": ("swallows", "9c4f660641388796"),
    "swallow-value-number": ("swallows", "3ecfb3a7e7a299fe"),
    "swallow-value-one": ("swallows", "9d743b9a17bfeb27"),
    "swallow-value-range": ("swallows", "d15a39cd697a6e3b"),
    "test-undated": ("days", "264269947b9a2a0d"),
    "therapy-undated": ("days", "623a279bd6ba02f0"),
    "value-maximum": ("values", "af7cf1a10a88ff6b"),
    "value-minimum": ("values", "a65b013db0b8aad5"),
    "value-sum": ("values", "ce10f3ac3772ed53"),
    "value-whole": ("values", "91bf95f9ec9351ed"),
}
"""Local name of a shape to the topic of its rule, and a digest of what it asks."""

TOPICS: Final = frozenset(topic for topic, _ in SCREENED.values())

_SPARQL: Final = ox.NamedNode(SH + "sparql")
_SELECT: Final = SH + "select"
_PATH: Final = SH + "path"


def topic_of(shape: ox.NamedNode, digest: str) -> str | None:
    """Return the topic of a rule, or None where no screen is written for it as it is."""
    topic, known = SCREENED.get(shape.value.removeprefix(SHAPES), (None, ""))
    return topic if known == digest else None


def asking_of(shapes: Iterable[ox.Triple], topics: Iterable[str]) -> list[ox.Triple]:
    """Return the shapes without the screened rules of other topics.

    Args:
        shapes: the shapes graph.
        topics: of which rules stay.
    """
    every = tuple(shapes)
    asked = frozenset(topics)
    dropped = set()
    for shape, digest in rules(every).items():
        topic = topic_of(shape, digest)
        if topic is not None and topic not in asked:
            dropped.add(shape)
    return [t for t in every if t.predicate != _SPARQL or t.subject not in dropped]


def rules(shapes: Iterable[ox.Triple]) -> dict[ox.NamedNode, str]:
    """Return each shape with an IRI that asks in SPARQL, and a digest of what it asks.

    Args:
        shapes: the shapes graph.
    """
    told: dict[tuple[object, str], list[str]] = defaultdict(list)
    asking: dict[ox.NamedNode, list[object]] = defaultdict(list)
    for triple in shapes:
        told[triple.subject, triple.predicate.value].append(str(triple.object))
        if triple.predicate == _SPARQL and isinstance(triple.subject, ox.NamedNode):
            asking[triple.subject].append(triple.object)
    found = {}
    for shape, constraints in asking.items():
        selects = sorted(str(told[constraint, _SELECT]) for constraint in constraints)
        text = "\n".join((*told[shape, _PATH], *selects))
        found[shape] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return found
