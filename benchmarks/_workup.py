"""What a clinic records of one patient, item by item, each as often as its habits make it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from benchmarks._chart import Chart, decimal, integer, term
from benchmarks._manometry import PATTERNS, study
from benchmarks._network import DAYS, Centre

PREVALENCE = {
    "AchalasiaTypeI": 7.0,
    "AchalasiaTypeII": 21.0,
    "AchalasiaTypeIII": 7.0,
    "Achalasia": 3.0,
    "IdiopathicAchalasia": 1.5,
    "SecondaryAchalasia": 1.0,
    "EGJOutflowObstruction": 14.0,
    "DistalOesophagealSpasm": 4.0,
    "HypercontractileOesophagus": 4.5,
    "AbsentContractility": 6.0,
    "IneffectiveOesophagealMotility": 17.0,
    "OpioidInducedOesophagealDysfunction": 4.0,
    "OesophagealMotilityDisorder": 2.0,
    "": 8.0,
}
"""Per 100 patients of a motility clinic, made up; "" has no disorder of motility."""

_NAMES, _CHANCES = tuple(PREVALENCE), tuple(PREVALENCE.values())
_ACHALASIA = ("AchalasiaTypeI", "AchalasiaTypeII", "AchalasiaTypeIII")
_SPASTIC = ("AchalasiaTypeIII", "EGJOutflowObstruction", "DistalOesophagealSpasm")
_LISTED = (
    "EosinophilicOesophagitis",
    "PostMyotomyStricture",
    "RefluxStricture",
    "UpperGastrointestinalMalignancy",
)
_MIMICS = (
    *_LISTED,
    "EGJAdenocarcinoma",
    "GastricCancer",
    "MalignantInfiltrationOfEGJ",
    "OesophagealCancer",
    "OtherCauseOfObstruction",
)
_OPERATIONS = ("PneumaticDilation", "LaparoscopicHellerMyotomy", "PerOralEndoscopicMyotomy")
_TOPICS = (
    "RefluxRiskCounselling",
    "IndefinitePPICounselling",
    "SurveillanceEndoscopyCounselling",
)
_NEED = ("TreatmentNeedSupported", "TreatmentNeedNotSupported")


@dataclass
class Case:
    """One patient while being recorded.

    Attributes:
        chart: what is recorded.
        centre: where, and with which habits.
        rng: the source of chance.
        disorder: what the patient has, as far as anyone knows; "" for nothing.
        thorough: by what the habits are multiplied; small for a short referral letter.
        visit: the day of the visit, an index of `DAYS`.
        mimic: what mimics achalasia in this patient, or "".
        operated: the operations that were done.
        studied: whether there is a manometry study.
        age: in years at the visit.
    """

    chart: Chart
    centre: Centre
    rng: random.Random
    disorder: str = ""
    thorough: float = 1.0
    visit: int = 0
    mimic: str = ""
    operated: list[str] = field(default_factory=list)
    studied: bool = True
    age: int = 0

    def usual(self, item: str) -> bool:
        """Whether an item of the work-up is recorded this time."""
        return self.rng.random() < self.centre.habits[item] * self.thorough

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in this share of the patients."""
        return self.rng.random() < share

    def day(self, spread: int = 60) -> str:
        """A day up to so many days before the visit, or "" where none is recorded."""
        if self.chance(self.centre.undated):
            return ""
        return DAYS[max(0, self.visit - int(self.rng.random() * spread))]

    def status(self, present: float, provisional: float = 0.01) -> str:
        """A status: present and provisional with these shares, else absent."""
        drawn = self.rng.random()
        if drawn < present:
            return "present"
        return "provisional" if drawn < present + provisional else "absent"


def work_up(case: Case) -> None:
    """Record everything that this centre records of this patient."""
    rng = case.rng
    case.disorder = rng.choices(_NAMES, _CHANCES)[0]
    case.thorough = 0.35 if case.chance(0.07) else 1.0
    case.visit = int((0.1 + 0.9 * rng.random() ** 0.7) * (len(DAYS) - 1))
    case.age = min(94, max(7, int(rng.gauss(57.0, 17.0))))
    case.mimic = rng.choice(_MIMICS) if case.chance(0.025) else ""
    _diagnosis(case)
    _therapies(case)
    _manometry(case)
    _symptoms(case)
    _exclusions(case)
    _tests(case)
    _findings(case)
    _drugs(case)
    _counselling(case)
    if case.chance(0.04):
        chart, other = case.chart, rng.choice(_NAMES[:-1])
        chart.record("Condition", other, "enteredInError", date=case.day(400))


def _diagnosis(case: Case) -> None:
    chart, disorder = case.chart, case.disorder
    if not case.usual("diagnosis"):
        return
    if not disorder:
        if case.chance(0.6):
            chart.record("Condition", "OesophagealMotilityDisorder", "absent", date=case.day())
        return
    day = case.day(30)
    drawn = case.rng.random()
    status = "present" if drawn < 0.9 else "provisional" if drawn < 0.98 else "absent"
    node = chart.record("Condition", disorder, status, date=day)
    if case.chance(case.centre.labels):
        chart.label(node, f"diagnosis {case.rng.randrange(10**6):06d}")
    if status != "present":
        return
    if disorder in _ACHALASIA and case.chance(0.2):
        chart.record("Condition", "IdiopathicAchalasia", date=day)
    if disorder == "OpioidInducedOesophagealDysfunction" and case.chance(0.5):
        chart.record("Condition", case.rng.choice(_SPASTIC), date=day)
    if disorder == "SecondaryAchalasia" and case.chance(0.5):
        chart.record("Condition", "ChagasDisease", date=day)
        case.mimic = case.mimic or "ChagasDisease"
    if day and case.chance(0.12):
        earlier = DAYS[max(0, case.visit - 120 - int(case.rng.random() * 500))]
        chart.record("Condition", disorder, "provisional", date=earlier)


def _therapies(case: Case) -> None:
    chart, rng = case.chart, case.rng
    share = 0.3 if "Achalasia" in case.disorder else 0.06 if case.disorder else 0.02
    while case.chance(share * case.thorough) and len(case.operated) < 3:
        left = [name for name in _OPERATIONS if name not in case.operated]
        name = rng.choices((*left, "Fundoplication"), (*(6 for _ in left), 1))[0]
        if name in case.operated:
            break
        case.operated.append(name)
        result = rng.choices(("Success", "NoSuccess", ""), (5, 4, 1))[0]
        day = "" if case.chance(0.03) else DAYS[int(rng.random() * case.visit)]
        chart.record("ProcedureRecord", name, date=day, result=result)
    if case.disorder == "OpioidInducedOesophagealDysfunction":
        for name in ("OpioidDiscontinuation", "BotulinumToxinInjection"):
            if case.chance(0.5):
                _line(case, name)
    elif case.chance(0.06):
        _line(case, "BotulinumToxinInjection")
    others = [name for name in _OPERATIONS if name not in case.operated]
    if others and case.chance(0.08):
        reason = rng.choice(("Declined", "Contraindicated"))
        chart.record(
            "ProcedureRecord", rng.choice(others), "absent", date=case.day(), result=reason
        )
    if case.chance(0.06):
        chart.record("ProcedureRecord", "CalciumChannelBlockerTherapy", date=case.day(900))
    if not case.operated and case.usual("operation"):
        chart.record("ProcedureRecord", "ForegutOperation", "absent", date=case.day())


def _line(case: Case, name: str) -> None:
    done = case.chance(0.6)
    status = "present" if done else "absent"
    results = ("Success", "NoSuccess", "NoSuccess") if done else ("Declined", "Contraindicated", "")
    if done and name == "BotulinumToxinInjection":
        case.operated.append(name)
    result = case.rng.choice(results)
    case.chart.record("ProcedureRecord", name, status, date=case.day(700), result=result)


def _manometry(case: Case) -> None:
    rng = case.rng
    if not case.usual("study"):
        case.studied = False
        if case.chance(0.2):
            case.chart.record("Study", "HighResolutionManometry", "absent", date=case.day())
        return
    look = case.disorder
    if look in PATTERNS:
        look = look if case.chance(0.93) else rng.choice(tuple(PATTERNS))
    else:
        look = rng.choice(_ACHALASIA) if "Achalasia" in look else rng.choice(tuple(PATTERNS))
    study(case.chart, look, case.day(40), case.centre.how, rng)


def _symptoms(case: Case) -> None:
    chart, rng = case.chart, case.rng
    if case.usual("symptoms"):
        day = case.day(20)
        for name, likely in (
            ("Dysphagia", 0.85),
            ("ChestPain", 0.4),
            ("Regurgitation", 0.5),
            ("WeightLoss", 0.25),
        ):
            if case.chance(0.8):
                chart.record("FindingRecord", name, case.status(likely), date=day)
    if case.usual("eckardt"):
        points = [rng.choices((0, 1, 2, 3), weights)[0] for weights in _POINTS]
        day = case.day(20)
        chart.record("Measurement", "EckardtScore", date=day, value=integer(sum(points)))
        if case.usual("eckardt items"):
            for name, value in zip(_ITEMS, points, strict=True):
                chart.record("Measurement", name, date=day, value=integer(value))
        if case.operated and case.chance(0.4):
            before = DAYS[int(rng.random() * case.visit)]
            chart.record("Measurement", "EckardtScore", date=before, value=integer(9))


_POINTS = ((1, 2, 4, 4), (3, 3, 3, 2), (5, 3, 2, 1), (5, 2, 2, 1))
_ITEMS = ("EckardtDysphagia", "EckardtRegurgitation", "EckardtChestPain", "EckardtWeightLoss")


def _exclusions(case: Case) -> None:
    chart, mimic = case.chart, case.mimic
    if mimic and mimic != "ChagasDisease":
        status = "present" if case.chance(0.6) else "provisional"
        chart.record("Condition", mimic, status, date=case.day())
    if case.usual("mimics"):
        day = case.day()
        if mimic:
            for name in _LISTED[:3]:
                if name != mimic:
                    chart.record("Condition", name, "absent", date=day)
        elif case.centre.mimics == "group":
            chart.record("Condition", "AchalasiaMimic", "absent", date=day)
        else:
            for name in _LISTED:
                if case.chance(0.95):
                    chart.record("Condition", name, "absent", date=day)
    if not mimic and case.usual("obstruction"):
        chart.record("Condition", "MechanicalObstructionOfEGJ", "absent", date=case.day())


def _tests(case: Case) -> None:
    chart, rng = case.chart, case.rng
    clear = "" if case.mimic else "NoMechanicalObstruction"
    found = case.mimic if case.mimic and case.chance(0.7) else ""
    if case.usual("endoscopy"):
        result = found or (clear if case.chance(0.92) else "")
        chart.record("Study", "UpperEndoscopy", date=case.day(90), result=result)
    asked = case.disorder == "EGJOutflowObstruction" or case.mimic
    for name, share in (("ComputedTomography", 0.6), ("EndoscopicUltrasound", 0.5)):
        if case.chance(share if asked else 0.06) and case.usual("imaging"):
            status = "present" if case.chance(0.93) else rng.choice(("absent", "provisional"))
            result = "" if status == "absent" else found or clear
            chart.record("Study", name, status, date=case.day(80), result=result)
    need = case.disorder in ("AbsentContractility", "EGJOutflowObstruction", *_ACHALASIA)
    if case.usual("barium") and case.chance(0.8 if need else 0.3):
        day, supported = case.day(50), case.chance(0.8 if need else 0.2)
        result = _NEED[0 if supported else 1] if case.chance(0.85) else ""
        chart.record("Study", "TimedBariumOesophagram", date=day, result=result)
        height = rng.uniform(3.0, 22.0) if supported else rng.uniform(0.0, 4.0)
        for name, share in (("One", 1.0), ("Five", rng.uniform(0.3, 1.0))):
            value = decimal(height * share)
            concept = f"BariumColumnHeightAt{name}Minute{'s' if name == 'Five' else ''}"
            chart.record("Measurement", concept, date=day, value=value)
    if case.usual("lumen imaging") and case.chance(0.5 if need else 0.15):
        day, supported = case.day(50), case.chance(0.8 if need else 0.2)
        result = _NEED[0 if supported else 1] if case.chance(0.8) else ""
        chart.record("Study", "FunctionalLumenImagingProbe", date=day, result=result)
        index = rng.uniform(0.3, 2.2) if supported else rng.uniform(1.8, 6.0)
        chart.record("Measurement", "EGJDistensibilityIndex", date=day, value=decimal(index))
    repeated = case.disorder in ("AbsentContractility", "EGJOutflowObstruction")
    if repeated and case.studied and case.chance(0.3):
        result = rng.choice(_NEED)
        chart.record("Study", "MultipleRepetitiveSwallows", date=case.day(40), result=result)
    if case.usual("reflux"):
        chart.record("Study", "AmbulatoryPHImpedance", date=case.day(200))


def _findings(case: Case) -> None:
    chart, rng, disorder = case.chart, case.rng, case.disorder
    if disorder == "AbsentContractility" and case.chance(0.5):
        chart.record("FindingRecord", "DeemedAchalasia", case.status(0.4, 0.1), date=case.day())
    if disorder in ("AchalasiaTypeIII", "DistalOesophagealSpasm") and case.chance(0.5):
        day = case.day()
        chart.record("FindingRecord", "SpasticSegment", date=day)
        length = decimal(rng.uniform(4.0, 16.0))
        chart.record("Measurement", "SpasticSegmentLength", date=day, value=length)
    if case.usual("hernia"):
        chart.record("Condition", "HiatalHernia", case.status(0.14), date=case.day(90))
    if case.usual("sigmoid"):
        likely = 0.08 if "Achalasia" in disorder else 0.01
        for name in ("SigmoidOesophagus", "AdvancedOesophagealDilation"):
            chart.record("FindingRecord", name, case.status(likely), date=case.day(90))
    if case.usual("sphincter"):
        pressure = decimal(rng.gauss(30.0, 6.0))
        concept = "LowerOesophagealSphincterPressure"
        chart.record("Measurement", concept, date=case.day(40), value=pressure)
    if case.chance(0.03):
        day = case.day(200)
        chart.record("Condition", "EpiphrenicDiverticulum", date=day)
        width = decimal(rng.uniform(0.8, 7.0))
        chart.record("Measurement", "DiverticulumWidth", date=day, value=width)
    if case.usual("comorbidity"):
        chart.record("FindingRecord", "Comorbidity", case.status(0.35), date=case.day())
    if case.usual("pregnancy"):
        status = case.status(0.06, 0.01) if 18 <= case.age <= 45 else "absent"
        chart.record("FindingRecord", "Pregnancy", status, date=case.day(15))


def _drugs(case: Case) -> None:
    chart = case.chart
    induced = case.disorder == "OpioidInducedOesophagealDysfunction"
    if induced or case.usual("opioid"):
        status = case.status(0.95 if induced else 0.08)
        chart.record("DrugRecord", "OpioidUse", status, date=case.day(30))
        if not induced and case.chance(0.3):
            concept = "OpioidInducedOesophagealDysfunction"
            chart.record("Condition", concept, "absent", date=case.day(30))
    if case.usual("anticoagulant"):
        chart.record("DrugRecord", "AnticoagulantUse", case.status(0.09), date=case.day(30))
    if case.chance(0.4):
        chart.record("DrugRecord", "ProtonPumpInhibitorUse", case.status(0.8), date=case.day(30))


def _counselling(case: Case) -> None:
    if case.disorder and case.chance(0.6) and case.usual("counselling"):
        day = case.day(10)
        for topic in _TOPICS:
            if case.chance(0.9):
                case.chart.record("CounsellingRecord", topic, case.status(0.95, 0.0), date=day)


def demography(case: Case) -> None:
    """State age or year of birth, the newest record being dated already, and other data."""
    chart, rng, centre = case.chart, case.rng, case.centre
    year = int((chart.newest or DAYS[case.visit])[:4])
    born = case.chance(centre.born)
    if not born and case.chance(0.97):
        chart.say(term("age"), integer(case.age))
    if born or case.chance(0.03):
        chart.say(term("birthYear"), integer(year - case.age - (0 if case.chance(0.5) else 1)))
    if case.chance(centre.labels):
        number = chart.iri.rpartition("/")[2]
        chart.say("<http://www.w3.org/2000/01/rdf-schema#label>", f'"patient {number}"@en')
    if case.chance(centre.codes):
        record = f'"{rng.randrange(10**9):09d}"'
        chart.say("<http://purl.org/dc/terms/identifier>", record)
        source = f"<{centre.iri}/export/{DAYS[case.visit]}>"
        chart.say("<http://purl.org/dc/terms/source>", source)
        code = _CODES.get(case.disorder)
        if code and case.chance(0.7):
            chart.say(
                "<http://purl.org/dc/terms/subject>", f"<http://hl7.org/fhir/sid/icd-10/{code}>"
            )
    if case.chance(0.92):
        chart.say(term("centre"), f"<{centre.iri}>")
        chart.body.extend(centre.lines)
    if case.chance(0.72):
        operator = rng.choice(centre.operators)
        chart.say(term("operator"), f"<{operator.iri}>")
        chart.body.extend(operator.lines)


_CODES = {
    **dict.fromkeys(("Achalasia", *_ACHALASIA, "IdiopathicAchalasia"), "K22.0"),
    **dict.fromkeys(("DistalOesophagealSpasm", "HypercontractileOesophagus"), "K22.4"),
    **dict.fromkeys(("EGJOutflowObstruction", "OesophagealMotilityDisorder"), "K22.8"),
}
