"""The decision-relevant facts as factors, each with every value in which it is enumerated.

A factor is a topic on which something can be recorded by itself. Its values are the ways in which
that is done: nothing, present, absent, provisional, entered in error, replaced by a later record,
with each result, at each threshold. What a clinic records when nothing stands in the way is the
factor's background; a patient is described by the factors in which it differs from that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain

from poem_kg.knowledge import Knowledge
from poem_kg.namespaces import POEMKG
from tests.derivation.patients import LISTED_MIMICS, Patient
from tests.derivation.view import knowledge
from tests.generated.contradictions import Hierarchy, local
from tests.generated.entries import Entry, write

Values = dict[str, tuple[Entry, ...]]

AS_OF = "2026-06-01"
LONG_AGO, THERAPY_DAY, RECENTLY = "2024-01-10", "2025-03-01", "2026-02-01"
STATUSES = {
    "present": "present",
    "absent": "absent",
    "provisional": "provisional",
    "in error": "enteredInError",
}
DYSFUNCTION = "OpioidInducedOesophagealDysfunction"
LINES = ("OpioidDiscontinuation", "BotulinumToxinInjection", "PerOralEndoscopicMyotomy")
THERAPIES = (*LINES, "LaparoscopicHellerMyotomy", "PneumaticDilation")
SUPPORT = ("TimedBariumOesophagram", "FunctionalLumenImagingProbe", "MultipleRepetitiveSwallows")
IMAGING = ("ComputedTomography", "EndoscopicUltrasound")


@dataclass(frozen=True, eq=False)
class Factor:
    """A topic and the values in which it is enumerated.

    Attributes:
        values: the records of each value, by its name.
        background: the value that stands in the way of nothing.
    """

    name: str
    values: Values = field(repr=False)
    background: str

    def concepts(self) -> frozenset[str]:
        """Return what the factor's records name: concepts and results."""
        entries = chain.from_iterable(self.values.values())
        return frozenset(name for e in entries for name in (e.concept, e.result) if name)


@dataclass(frozen=True)
class Choice:
    """A patient as the values of the factors that are not at their background.

    Attributes:
        kind: of which part of the enumeration it is.
        values: factor and value, in the order of the factors.
    """

    kind: str
    values: tuple[tuple[str, str], ...]

    def entries(self) -> tuple[Entry, ...]:
        """Return the records, those of the background included."""
        chosen = dict(self.values)
        return tuple(
            entry
            for name, factor in factors().items()
            for entry in factor.values[chosen.get(name, factor.background)]
        )

    def patient(self, name: str) -> Patient:
        """Return the patient, seen on the day of all enumerated patients."""
        return write(self.entries(), Patient(name, known=knowledge())).as_of(AS_OF)

    def value(self, factor: str) -> str:
        """Return the value of a factor."""
        return dict(self.values).get(factor, factors()[factor].background)


def choice(kind: str, values: dict[str, str]) -> Choice:
    """Return the patient with these values, all others at their background."""
    order = [(n, values[n]) for n in factors() if n in values]
    assert len(order) == len(values), f"no such factor in {values}"
    changed = [(n, v) for n, v in order if v != factors()[n].background]
    return Choice(kind, tuple(changed))


@cache
def factors() -> dict[str, Factor]:
    """Return the factors by name."""
    return {factor.name: factor for factor in _factors(knowledge())}


def _factors(known: Knowledge) -> Iterator[Factor]:
    yield Factor("disorder", _disorders(known), "AchalasiaTypeII present")
    yield Factor("judgement", _finding("DeemedAchalasia"), "unknown")
    yield Factor("opioid", _finding("OpioidUse"), "absent")
    yield Factor("opioid dysfunction", _finding(DYSFUNCTION), "absent")
    yield Factor("hernia", _finding("HiatalHernia"), "unknown")
    yield Factor("sigmoid", _finding("SigmoidOesophagus"), "unknown")
    yield Factor("diverticulum", _finding("EpiphrenicDiverticulum"), "unknown")
    yield Factor("dilation", _finding("AdvancedOesophagealDilation"), "unknown")
    yield Factor("comorbidity", _finding("Comorbidity"), "unknown")
    yield Factor("mimics and imaging", _mimics_and_imaging(), "group absent; CT clear")
    yield Factor("support tests", _support(), "TimedBariumOesophagram supports")
    yield Factor("therapies", _therapies(), "lines declined")
    yield Factor("age", _ages(), "50")
    yield Factor("pregnancy", _finding("Pregnancy"), "absent")
    yield Factor("anticoagulation", _finding("AnticoagulantUse"), "absent")
    yield Factor("told of reflux", _finding("RefluxRiskCounselling"), "present")
    yield Factor("told of inhibitors", _finding("IndefinitePPICounselling"), "present")
    yield Factor("told of endoscopy", _finding("SurveillanceEndoscopyCounselling"), "present")
    yield Factor("experience", _experience(), "120 procedures")
    yield Factor("training", _finding("PoemTraining", holder="operator"), "present")
    yield Factor("volume", _finding("HighVolumeCentre", holder="centre"), "present")
    yield Factor(
        "complication care", _finding("ComplicationCareAvailable", holder="centre"), "present"
    )


def _finding(concept: str, *, holder: str = "") -> Values:
    values: Values = {"unknown": ()}
    for name, status in STATUSES.items():
        values[name] = (Entry(concept, status, holder=holder),)
    values["absent after present"] = (
        Entry(concept, "present", date=LONG_AGO, holder=holder),
        Entry(concept, "absent", date=RECENTLY, holder=holder),
    )
    values["present and provisional"] = (
        Entry(concept, "present", holder=holder),
        Entry(concept, "provisional", holder=holder),
    )
    return values


def _disorders(known: Knowledge) -> Values:
    scope = sorted(
        local(t.subject) for t in known.prepared if t.predicate.value == POEMKG + "scoped"
    )
    values: Values = {"unknown": ()}
    for concept in scope:
        if concept != DYSFUNCTION:
            for name, status in STATUSES.items():
                values[f"{concept} {name}"] = (Entry(concept, status),)
    above = Hierarchy(known).above
    for narrow in scope:
        # The top of the scope stands above all the others alike; it is paired with one of them.
        for broad in sorted(above[narrow] & set(scope) - {narrow}):
            if DYSFUNCTION not in (narrow, broad) and (above[broad] & set(scope) - {broad}):
                values[f"{narrow} and {broad} present"] = (Entry(narrow), Entry(broad))
    two = (
        ("AchalasiaTypeII", "present", "DistalOesophagealSpasm", "provisional"),
        ("AchalasiaTypeII", "provisional", "AchalasiaTypeIII", "provisional"),
        ("AchalasiaTypeII", "present", "AchalasiaTypeII", "provisional"),
        ("AchalasiaTypeII", "present", "IdiopathicAchalasia", "present"),
        ("AchalasiaTypeIII", "present", "SecondaryAchalasia", "present"),
        ("DistalOesophagealSpasm", "present", "OesophagealMotilityDisorder", "present"),
        ("Achalasia", "present", "AchalasiaTypeIII", "provisional"),
        ("Achalasia", "present", "AchalasiaTypeIII", "absent"),
        ("AbsentContractility", "present", "Achalasia", "provisional"),
        ("EGJOutflowObstruction", "provisional", "AchalasiaTypeI", "absent"),
        ("DistalOesophagealSpasm", "present", "EGJOutflowObstruction", "provisional"),
        ("HypercontractileOesophagus", "present", "ChagasDisease", "present"),
    )
    for first, status, second, other in two:
        entries = (Entry(first, status), Entry(second, other))
        values[f"{first} {status}, {second} {other}"] = entries
    return values


def _mimics_and_imaging() -> Values:
    ruled_out = {"group absent": (Entry("AchalasiaMimic", "absent"),)}
    clear = {"CT clear": (_ct("NoMechanicalObstruction"),)}
    mimics = {**ruled_out, **_mimics()}
    imaging = {**clear, **_imaging()}
    values: Values = {}
    for name, entries in mimics.items():
        values[f"{name}; CT clear"] = (*entries, *clear["CT clear"])
    for name, entries in imaging.items():
        values[f"group absent; {name}"] = (*ruled_out["group absent"], *entries)
    for mimic, images in (
        ("unknown", "none"),
        ("unknown", "CT finds OesophagealCancer"),
        ("unknown", "CT obstructed"),
        ("MechanicalObstructionOfEGJ provisional", "none"),
        ("OtherCauseOfObstruction present", "CT obstructed"),
        ("OtherCauseOfObstruction provisional", "both unlike"),
    ):
        found = {"CT finds OesophagealCancer": (_ct("OesophagealCancer"),), **imaging}
        values[f"{mimic}; {images}"] = (*mimics[mimic], *found[images])
    return values


def _ct(result: str, *, date: str = RECENTLY, status: str = "present") -> Entry:
    return Entry("ComputedTomography", status, result, date)


def _mimics() -> Values:
    values: Values = {"unknown": ()}
    members = (*LISTED_MIMICS, "OtherCauseOfObstruction", "MechanicalObstructionOfEGJ")
    for concept in ("AchalasiaMimic", *members, "EGJAdenocarcinoma"):
        for name, status in STATUSES.items():
            if (concept, name) != ("AchalasiaMimic", "absent"):
                values[f"{concept} {name}"] = (Entry(concept, status),)
    listed = [Entry(mimic, "absent") for mimic in LISTED_MIMICS]
    values["all listed absent"] = tuple(listed)
    for entry in listed:
        values[f"all listed but {entry.concept} absent"] = tuple(e for e in listed if e != entry)
    suspected = Entry("OtherCauseOfObstruction", "provisional")
    values["all listed absent, another cause provisional"] = (*listed, suspected)
    cancer = "UpperGastrointestinalMalignancy"
    for name, first, second in (
        ("ruled out later", LONG_AGO, RECENTLY),
        ("suspected later", RECENTLY, LONG_AGO),
    ):
        pair = (Entry(cancer, "provisional", date=first), Entry(cancer, "absent", date=second))
        values[f"all listed absent, cancer {name}"] = (*listed[:1], *listed[2:], *pair)
    return values


def _imaging() -> Values:
    values: Values = {"none": ()}
    clear, obstructed = "NoMechanicalObstruction", "MechanicalObstructionOfEGJ"
    for concept, name in zip(IMAGING, ("CT", "EUS"), strict=True):
        values[f"{name} obstructed"] = (Entry(concept, "present", obstructed, RECENTLY),)
        values[f"{name} without result"] = (Entry(concept, date=RECENTLY),)
        values[f"{name} not done"] = (Entry(concept, "absent"),)
        values[f"{name} provisional"] = (Entry(concept, "provisional", clear, RECENTLY),)
        values[f"{name} in error"] = (Entry(concept, "enteredInError", clear, RECENTLY),)
        values[f"{name} clear long ago"] = (Entry(concept, "present", clear, LONG_AGO),)
        values[f"{name} clear without date"] = (Entry(concept, "present", clear),)
    first, second = IMAGING
    values["both unlike"] = (
        Entry(first, "present", clear, RECENTLY),
        Entry(second, "present", obstructed, RECENTLY),
    )
    values["EUS clear"] = (Entry(second, "present", clear, RECENTLY),)
    values["neither done"] = (Entry(first, "absent"), Entry(second, "absent"))
    return values


def _support() -> Values:
    values: Values = {"none": ()}
    yes, no = "TreatmentNeedSupported", "TreatmentNeedNotSupported"
    for concept in SUPPORT:
        values[f"{concept} supports"] = (Entry(concept, "present", yes, RECENTLY),)
        values[f"{concept} does not"] = (Entry(concept, "present", no, RECENTLY),)
        values[f"{concept} without result"] = (Entry(concept, date=RECENTLY),)
        values[f"{concept} not done"] = (Entry(concept, "absent"),)
        values[f"{concept} provisional"] = (Entry(concept, "provisional", yes, RECENTLY),)
        values[f"{concept} in error"] = (Entry(concept, "enteredInError", yes, RECENTLY),)
    values["none supports"] = tuple(Entry(c, "present", no, RECENTLY) for c in SUPPORT)
    values["none done"] = tuple(Entry(c, "absent") for c in SUPPORT)
    last = Entry(SUPPORT[2], "absent")
    values["two do not, one not done"] = (*values["none supports"][:2], last)
    values["supported long ago"] = (Entry(SUPPORT[0], "present", yes, LONG_AGO),)
    values["supported, no date"] = (Entry(SUPPORT[0], "present", yes),)
    return values


def _therapies() -> Values:
    declined = [Entry(line, "absent", "Declined") for line in LINES]
    values: Values = {"lines declined": tuple(declined[:2]), "none": ()}
    for concept in THERAPIES:
        for result in ("Success", "NoSuccess", ""):
            name = f"{concept} done, {result or 'no result'}"
            values[name] = (Entry(concept, "present", result, THERAPY_DAY),)
        for result in ("Declined", "Contraindicated", ""):
            values[f"{concept} not done, {result or 'no reason'}"] = (
                Entry(concept, "absent", result),
            )
        values[f"{concept} provisional"] = (Entry(concept, "provisional", date=THERAPY_DAY),)
        values[f"{concept} in error"] = (Entry(concept, "enteredInError", "NoSuccess"),)
    failed = [Entry(line, "present", "NoSuccess", THERAPY_DAY) for line in LINES]
    values["first line failed"] = (failed[0], *declined[1:2])
    values["two lines failed"] = (*failed[:2],)
    values["all lines declined"] = tuple(declined)
    values["all lines failed"] = tuple(failed)
    values["POEM failed, no date"] = (Entry(LINES[2], "present", "NoSuccess"),)
    heller = Entry(THERAPIES[3], "present", "NoSuccess", THERAPY_DAY)
    values["POEM and Heller failed"] = (failed[2], heller)
    later = Entry(THERAPIES[3], "absent", "", RECENTLY)
    values["Heller failed, later denied"] = (heller, later)
    values["another therapy done"] = (Entry("Fundoplication", date=THERAPY_DAY), *declined[:2])
    return values


def _ages() -> Values:
    values: Values = {"unknown": ()}
    for years in (4, 17, 18, 50):
        values[str(years)] = (Entry("age", value=float(years)),)
    for born in (2007, 2008, 2009):
        values[f"born {born}"] = (Entry("birthYear", value=float(born)),)
    return values


def _experience() -> Values:
    values: Values = {"unknown": ()}
    for count in (0, 19, 20, 39, 40, 120):
        values[f"{count} procedures"] = (_count(count),)
    for count in (19, 39, 40):
        for name, status in STATUSES.items():
            attested = Entry("PoemCompetence", status, holder="operator")
            values[f"{count} procedures, competence {name}"] = (_count(count), attested)
    values["competence attested"] = (Entry("PoemCompetence", holder="operator"),)
    values["19 and 120 procedures"] = (_count(19), _count(120))
    return values


def _count(procedures: int) -> Entry:
    return Entry("PoemProcedureCount", value=float(procedures), holder="operator")
