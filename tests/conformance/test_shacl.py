"""The SHACL suite, through the door that every validation goes through, with both engines."""

from __future__ import annotations

import logging

import pytest

from poem_kg.shacl_engines import Engine
from tests.conformance.expectations import verdict
from tests.conformance.shacl_cases import failure, shacl_cases


@pytest.mark.filterwarnings("ignore::UserWarning:rdflib.term", "ignore:Qualified:Warning")
@pytest.mark.parametrize("engine", ["shacl", "pyshacl"])
def test_reports_are_those_of_the_suite(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    outcomes = {case.name: failure(case, engine) for case in shacl_cases()}

    print(verdict(engine, outcomes))
