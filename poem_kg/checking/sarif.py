"""A report as SARIF 2.1.0, the OASIS format in which code hosts take findings.

GitHub shows them beside the changed lines; GitLab and others read the same file.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final
from urllib.parse import quote

from poem_kg import __version__
from poem_kg.checking.model import CheckReport, Problem, Rule
from poem_kg.checking.rules import rules
from poem_kg.namespaces import compact

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_PAGE: Final = "https://w3id.org/poem-kg/"


def report_sarif(report: CheckReport, *, base: str = "") -> bytes:
    """Return a report as SARIF, the same bytes for the same report.

    Args:
        report: what was found; what is waived is there as suppressed, with its reason.
        base: what stands before each file, such as `ontology/`, with `/`.
    """
    every = rules()
    numbers = {rule.name: number for number, rule in enumerate(every)}
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "poem-kg check",
                        "semanticVersion": __version__,
                        "informationUri": _PAGE,
                        "rules": [_descriptor(rule) for rule in every],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(problem, numbers[problem.name], base)
                    for problem in (*report.problems, *report.waived)
                ],
            }
        ],
    }
    return (json.dumps(log, ensure_ascii=False, indent=2) + "\n").encode()


def _descriptor(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.finds},
        "help": {"text": rule.mend},
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"iri": rule.iri},
    }


def _result(problem: Problem, number: int, base: str) -> dict[str, Any]:
    told = f"{problem.name}\n{problem.term}\n{problem.message}"
    result: dict[str, Any] = {
        "ruleId": problem.name,
        "ruleIndex": number,
        "level": problem.severity,
        "message": {"text": f"{compact(problem.term)}: {problem.message}; {problem.advice}"},
        # What stays the same when lines move, so that a host knows an old finding again.
        "partialFingerprints": {"problem/v1": hashlib.sha256(told.encode()).hexdigest()},
        "properties": {"term": problem.term},
    }
    path = problem.path(base)
    if path is not None:
        place: dict[str, Any] = {"artifactLocation": {"uri": quote(path)}}
        if problem.line is not None:
            place["region"] = {"startLine": problem.line}
        result["locations"] = [{"physicalLocation": place}]
    if problem.waived is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": problem.waived}]
    return result
