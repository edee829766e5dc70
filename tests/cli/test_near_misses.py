"""A slip of the keys in the type of the patient, or in its namespace."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.here import inside
from tests.cli.test_contract import ROOT

TURTLE = (ROOT / "examples" / "template.ttl").read_text(encoding="utf-8")
JSON = (ROOT / "examples" / "template.jsonld").read_text(encoding="utf-8")
ELSEWHERE = "https://w3id.org/poemkg/ontology/"
HERE = "https://w3id.org/poem-kg/ontology/"


def refusal(text: str, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the one line with which `validate` refuses a file."""
    (folder / name).write_text(text)
    monkeypatch.chdir(folder)
    done = inside("validate", name)
    assert (done.returncode, done.stdout) == (2, b"")
    return done.stderr.decode()


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "p.ttl",
            TURTLE.replace("a poemkg:Patient", "a poemkg:Pateint"),
            "p.ttl:19: holds no patient, but a poemkg:Pateint; did you mean poemkg:Patient?\n",
        ),
        (
            "p.jsonld",
            JSON.replace('"type": "Patient"', '"type": "patient"'),
            "p.jsonld:4: holds no patient, but a poemkg:patient; did you mean poemkg:Patient?\n",
        ),
        (
            "p.ttl",
            TURTLE.replace(HERE, ELSEWHERE),
            f"p.ttl:12: holds no patient, but a <{ELSEWHERE}Patient>; "
            f"did you mean the namespace {HERE}?\n",
        ),
        (
            "p.nt",
            "<urn:q> <urn:b> <urn:c> .\n"
            f"<urn:p> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{ELSEWHERE}Patient> .\n",
            f"p.nt:2: holds no patient, but a <{ELSEWHERE}Patient>; "
            f"did you mean the namespace {HERE}?\n",
        ),
        (
            "p.ttl",
            TURTLE.replace("a poemkg:Patient ;", ""),
            "p.ttl: holds no patient; type exactly one node as poemkg:Patient\n",
        ),
    ],
)
def test_a_patient_that_is_nearly_one_is_told(
    name: str, text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refusal(text, name, tmp_path, monkeypatch) == told
