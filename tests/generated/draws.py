"""How each factor of a random patient is drawn: what a careful clinic records, or anything.

A factor is a topic on which a patient can be described by itself, such as "pregnancy" or
"imaging". Drawing "in place" gives what lets a therapy go ahead, so that many random patients
come close to being ready; drawing freely gives every status, result and date.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.derivation.patients import COUNSELLING, LISTED_MIMICS
from tests.generated.entries import Entry

Draw = Callable[[random.Random], list[Entry]]

STATUSES = ("present", "absent", "provisional", "enteredInError")
DATES = ("", "", "", "2024-01-10", "2025-06-01", "2025-06-01", "2026-02-01")
DISORDERS = (
    "Achalasia",
    "AchalasiaTypeI",
    "AchalasiaTypeII",
    "AchalasiaTypeIII",
    "DistalOesophagealSpasm",
    "EGJOutflowObstruction",
    "AbsentContractility",
)
SILENT_DISORDERS = (
    "HypercontractileOesophagus",
    "IneffectiveOesophagealMotility",
    "OesophagealMotilityDisorder",
)
BESIDE = (
    "Achalasia",
    "IdiopathicAchalasia",
    "OesophagealMotilityDisorder",
    "SecondaryAchalasia",
)
MIMICS = (
    "AchalasiaMimic",
    *LISTED_MIMICS,
    "EGJAdenocarcinoma",
    "GastricCancer",
    "MalignantInfiltrationOfEGJ",
    "OesophagealCancer",
    "OtherCauseOfObstruction",
    "MechanicalObstructionOfEGJ",
)
IMAGING = ("ComputedTomography", "EndoscopicUltrasound")
FOUND = ("NoMechanicalObstruction", "MechanicalObstructionOfEGJ", "OesophagealCancer", "")
SUPPORT = ("TimedBariumOesophagram", "FunctionalLumenImagingProbe", "MultipleRepetitiveSwallows")
SUPPORTED = ("TreatmentNeedSupported", "TreatmentNeedNotSupported", "")
LINES = ("OpioidDiscontinuation", "BotulinumToxinInjection", "PerOralEndoscopicMyotomy")
THERAPIES = (*LINES, "LaparoscopicHellerMyotomy", "PneumaticDilation", "AchalasiaTherapy")
OTHER_THERAPIES = ("Fundoplication", "CalciumChannelBlockerTherapy")
COUNTS = (0, 19, 20, 39, 40, 120)
AGES = (4, 17, 18, 50, 90)
BIRTH_YEARS = (1950, 2006, 2007, 2008, 2015)


def _one(concept: str, rng: random.Random) -> list[Entry]:
    """One record of a concept, or two: the later one counts, or they disagree."""
    entries = [Entry(concept, rng.choice(STATUSES), date=rng.choice(DATES))]
    if rng.random() < 0.15:
        entries.append(Entry(concept, rng.choice(STATUSES), date=rng.choice(DATES)))
    return entries


def _status(*concepts: str) -> Draw:
    """Anything on one of the concepts, or nothing."""

    def draw(rng: random.Random) -> list[Entry]:
        return _one(rng.choice(concepts), rng) if rng.random() < 0.75 else []

    return draw


def _test(concept: str, results: tuple[str, ...], rng: random.Random) -> Entry:
    status = rng.choice(("present", "present", "present", *STATUSES))
    result = rng.choice(results) if status != "absent" else ""
    return Entry(concept, status, result, rng.choice(DATES))


def _procedure(concept: str, rng: random.Random) -> Entry:
    status = rng.choice(("present", "absent", *STATUSES))
    results = {
        "present": ("Success", "NoSuccess", ""),
        "absent": ("Declined", "Contraindicated", ""),
    }
    return Entry(concept, status, rng.choice(results.get(status, ("",))), rng.choice(DATES))


def disorder(rng: random.Random) -> list[Entry]:
    """One disorder, seldom none; often a class above it too, or a second that is only suspected."""
    first = rng.choice(DISORDERS if rng.random() < 0.85 else SILENT_DISORDERS)
    status = rng.choice(("present", "present", "present", "present", *STATUSES))
    entries = [Entry(first, status, date=rng.choice(DATES))] if rng.random() < 0.97 else []
    if first.startswith("Achalasia") and rng.random() < 0.4:
        entries.append(Entry(rng.choice(BESIDE), "present", date=rng.choice(DATES)))
    if rng.random() < 0.2:
        other = rng.choice((*DISORDERS, *SILENT_DISORDERS))
        weak = rng.choice(("provisional", "provisional", "absent", "enteredInError"))
        entries.append(Entry(other, weak, date=rng.choice(DATES)))
    return entries


def clear_disorder(rng: random.Random) -> list[Entry]:
    """One disorder on which there are statements, recorded as present."""
    return [Entry(rng.choice(DISORDERS), date=rng.choice(DATES))]


def mimics(rng: random.Random) -> list[Entry]:
    """Some of the conditions that mimic achalasia, or the group, with any status."""
    if rng.random() < 0.3:
        kept = [m for m in LISTED_MIMICS if rng.random() < 0.85]
        listed = [Entry(mimic, "absent", date=rng.choice(DATES)) for mimic in kept]
        return listed + (_one(rng.choice(MIMICS), rng) if rng.random() < 0.5 else [])
    return [e for _ in range(rng.choice((0, 1, 1, 2))) for e in _one(rng.choice(MIMICS), rng)]


def no_mimic(rng: random.Random) -> list[Entry]:
    """The mimics ruled out, by the group or one by one."""
    date = rng.choice(DATES)
    names = ("AchalasiaMimic",) if rng.random() < 0.5 else LISTED_MIMICS
    return [Entry(name, "absent", date=date) for name in names]


def opioid_lines(rng: random.Random) -> list[Entry]:
    """What was done, or not, of the lines in opioid-induced dysfunction."""
    return [_procedure(line, rng) for line in LINES if rng.random() < 0.6]


def lines_passed(rng: random.Random) -> list[Entry]:
    """The first lines passed: done without success, declined or contraindicated."""
    ways = (("present", "NoSuccess"), ("absent", "Declined"), ("absent", "Contraindicated"))
    passed = LINES[: rng.choice((0, 0, 1, 2))]
    return [Entry(line, *rng.choice(ways), rng.choice(DATES)) for line in passed]


def prior_therapy(rng: random.Random) -> list[Entry]:
    """Therapies before, with and without a result."""
    chosen = [
        rng.choice((*THERAPIES[3:], *OTHER_THERAPIES)) for _ in range(rng.choice((0, 1, 1, 2)))
    ]
    return [_procedure(name, rng) for name in chosen]


def imaging(rng: random.Random) -> list[Entry]:
    """Computed tomography, endoscopic ultrasound or endoscopy, with any result."""
    entries = [_test(name, FOUND, rng) for name in IMAGING if rng.random() < 0.6]
    if rng.random() < 0.2:
        entries.append(_test("UpperEndoscopy", (*FOUND[1:], "EosinophilicOesophagitis"), rng))
    return entries


def clear_imaging(rng: random.Random) -> list[Entry]:
    """Imaging that rules obstruction out, undated or newer than any therapy."""
    date = rng.choice(("", "2026-03-01"))
    return [Entry(rng.choice(IMAGING), "present", "NoMechanicalObstruction", date)]


def support(rng: random.Random) -> list[Entry]:
    """The tests that support a need for treatment."""
    return [_test(name, SUPPORTED, rng) for name in SUPPORT if rng.random() < 0.5]


def supported(rng: random.Random) -> list[Entry]:
    """One of them with the result that supports it."""
    date = rng.choice(("", "2026-03-01"))
    return [Entry(rng.choice(SUPPORT), "present", "TreatmentNeedSupported", date)]


def age(rng: random.Random) -> list[Entry]:
    """Age or year of birth, around the threshold, or neither."""
    kind = rng.choice(("age", "birthYear", ""))
    values = {"age": AGES, "birthYear": BIRTH_YEARS}
    return [Entry(kind, value=rng.choice(values[kind]))] if kind else []


def counselling(rng: random.Random) -> list[Entry]:
    """What the patient was told, each point by itself."""
    return [e for topic in COUNSELLING if rng.random() < 0.8 for e in _one(topic, rng)]


def counselled(rng: random.Random) -> list[Entry]:
    """All points told."""
    date = rng.choice(DATES)
    return [Entry(topic, date=date) for topic in COUNSELLING]


def _attested(concepts: tuple[str, ...], holder: str, rng: random.Random) -> list[Entry]:
    return [
        Entry(e.concept, e.status, date=e.date, holder=holder)
        for concept in concepts
        if rng.random() < 0.7
        for e in _one(concept, rng)
    ]


def operator(rng: random.Random) -> list[Entry]:
    """Number of procedures at and around the thresholds, training and competence."""
    entries = _attested(("PoemTraining", "PoemCompetence"), "operator", rng)
    for _ in range(rng.choice((0, 1, 1, 1, 2))):
        count = float(rng.choice(COUNTS))
        date = rng.choice(DATES)
        entries.append(Entry("PoemProcedureCount", value=count, date=date, holder="operator"))
    return entries


def able_operator(rng: random.Random) -> list[Entry]:
    """Enough procedures and training, with competence attested where the number leaves it open."""
    count = float(rng.choice((20, 39, 40, 120)))
    entries = [
        Entry("PoemProcedureCount", value=count, holder="operator"),
        Entry("PoemTraining", holder="operator"),
    ]
    return [*entries, Entry("PoemCompetence", holder="operator")] if count < 40 else entries


def centre(rng: random.Random) -> list[Entry]:
    """Volume and care for complications."""
    return _attested(("HighVolumeCentre", "ComplicationCareAvailable"), "centre", rng)


def able_centre(rng: random.Random) -> list[Entry]:
    """Both attested."""
    date = rng.choice(DATES)
    names = ("HighVolumeCentre", "ComplicationCareAvailable")
    return [Entry(name, date=date, holder="centre") for name in names]


def _nothing(rng: random.Random) -> list[Entry]:
    return []


def _absent(concept: str) -> Draw:
    return lambda rng: (
        [Entry(concept, "absent", date=rng.choice(DATES))] if rng.random() < 0.7 else []
    )


FACTORS: dict[str, tuple[Draw, Draw]] = {
    "disorder": (disorder, clear_disorder),
    "judgement": (_status("DeemedAchalasia"), lambda rng: [Entry("DeemedAchalasia")]),
    "hernia": (_status("HiatalHernia"), _nothing),
    "sigmoid": (_status("SigmoidOesophagus"), _nothing),
    "diverticulum": (_status("EpiphrenicDiverticulum"), _nothing),
    "dilation": (_status("AdvancedOesophagealDilation"), _nothing),
    "comorbidity": (_status("Comorbidity"), _nothing),
    "mimics": (mimics, no_mimic),
    "opioid": (_status("OpioidUse"), _absent("OpioidUse")),
    "opioid dysfunction": (
        _status("OpioidInducedOesophagealDysfunction"),
        _absent("OpioidInducedOesophagealDysfunction"),
    ),
    "opioid lines": (opioid_lines, lines_passed),
    "prior therapy": (prior_therapy, _nothing),
    "imaging": (imaging, clear_imaging),
    "support tests": (support, supported),
    "age": (age, lambda rng: [Entry("age", value=50.0)]),
    "pregnancy": (_status("Pregnancy"), _absent("Pregnancy")),
    "anticoagulation": (_status("AnticoagulantUse"), _absent("AnticoagulantUse")),
    "counselling": (counselling, counselled),
    "operator": (operator, able_operator),
    "centre": (centre, able_centre),
}
"""Each factor: how it is drawn freely, and how it is drawn so that nothing is in the way."""
