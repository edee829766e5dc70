"""`python -m tests.conformance` writes the tables of docs/conformance.md anew."""

from tests.conformance.page import PAGE, current

PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
