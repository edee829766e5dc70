"""What differs between two versions where approved statements alone speak for a therapy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyoxigraph as ox

from poem_kg.changes.model import ApprovedOnly
from poem_kg.changes.patients import patient_change
from poem_kg.changes.trying import Trial
from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG
from poem_kg.reading import SourceGraph

_REVIEW: Final = ox.NamedNode(POEMKG + "review")
_APPROVED: Final = ox.NamedNode(POEMKG + "approved")


def approved_only(
    old: Knowledge, new: Knowledge, patients: Mapping[str, SourceGraph]
) -> ApprovedOnly | None:
    """Return what differs by approved statements alone, None where neither version has one.

    Args:
        old: the one version, of which all statements speak.
        new: the other.
        patients: by name, each as `read_graph` returned it.

    Raises:
        KnowledgeError: a query is wrong.
    """
    if not (_has_approved(old) or _has_approved(new)):
        return None
    before, after = (Trial(k.only_approved()).of_files(patients) for k in (old, new))
    affected = gained = lost = 0
    for name, was in before.items():
        now = after[name]
        change = patient_change(was, now)
        affected += change is not None and change.concluded
        gained += len(now.options.keys() - was.options.keys())
        lost += len(was.options.keys() - now.options.keys())
    return ApprovedOnly(tried=len(patients), affected=affected, gained=gained, lost=lost)


def _has_approved(knowledge: Knowledge) -> bool:
    return any(t.predicate == _REVIEW and t.object == _APPROVED for t in knowledge.ontology)
