"""A complete study as the figures that the OWL classes of an edition are defined over."""

from __future__ import annotations

from typing import Final

from tests.classification import oracle
from tests.classification.generate import exact
from tests.classification.hermit import Figure
from tests.classification.oracle import Reading
from tests.classification.studies import Study

_PERCENT: Final = {
    "FailedSwallowShare": "failedPercent",
    "IneffectiveSwallowShare": "ineffectivePercent",
    "HypercontractileSwallowShare": "hypercontractilePercent",
    "PressurizedSwallowShare": "pressurizedPercent",
    "PrematureSwallowShare": "prematurePercent",
    "FailedOrPrematureSwallowShare": "failedOrPrematurePercent",
}


def summary(study: Study, edition: str) -> dict[str, Figure]:
    """Return what a complete study comes to by an edition, as the oracle counts it.

    At the limit a relaxation pressure is neither raised nor not raised (I62), so nothing is said.
    """
    read = Reading(study, edition)
    figures: dict[str, Figure] = {}
    for measure, kind in oracle.MEASURES[edition].items():
        share = oracle.percent(study, kind, "supine") if kind else None
        if share:
            figures[_PERCENT[measure]] = exact(share)
        stated = study.shares.get((edition, measure, "supine"))
        if stated is not None:
            figures[_PERCENT[measure]] = stated
    upright = oracle.percent(study, oracle.failed_or_premature, "upright")
    if edition == "chicago40" and upright:
        figures["uprightFailedOrPrematurePercent"] = exact(upright)
    answers = {
        "intrabolusPressureRaised": study.intrabolus,
        "symptomatic": study.symptoms,
        "obstructionExcluded": study.obstruction_excluded,
        "irpRaisedSupine": read.raised("supine"),
        "irpRaisedUpright": read.raised("upright"),
        "irpAtLimitSupine": read.at_limit("supine"),
        "irpAtLimitUpright": read.at_limit("upright"),
    }
    asked = answers if edition == "chicago40" else {"irpRaisedSupine": answers["irpRaisedSupine"]}
    return figures | {name: answer for name, answer in asked.items() if answer is not None}
