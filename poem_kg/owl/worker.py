"""One Java machine for every OWL question: profile, consistency, unsatisfiable classes, reasons.

`python -m poem_kg.owl.worker LIBJVM CLASSPATH REQUEST [JVM OPTION...]` reads a JSON array, an
object for each ontology (`profile`, `reasoner`: files in RDF/XML, or null for what is not asked;
`seconds`: how long reasons may be looked for), and prints a JSON array with an answer for each;
`poem_kg.owl.reasoning.examine` is the way to call it. A Java machine can never be taken out of a
process again, so none is ever started in the caller's.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from poem_kg.owl.justification import judge
from poem_kg.owl.profile import violations


def main(arguments: Sequence[str]) -> int:
    """Write the answers as a JSON array; return the exit status."""
    library, classpath, request, *options = arguments
    import jpype

    jpype.startJVM(
        *options,
        "--enable-native-access=ALL-UNNAMED",
        jvmpath=library,
        classpath=classpath.split(os.pathsep),
    )

    def answer(question: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        try:
            return question()
        except jpype.JException as error:
            text = " ".join(f"{error} {error.getCause() or ''}".split())
            if "OutOfMemoryError" in text:
                raise
            return {"error": text}

    java, found = jpype.JClass, []
    for asked in json.loads(Path(request).read_text(encoding="utf-8")):
        one: dict[str, Any] = {}
        if asked["profile"] is not None:
            one["profile"] = answer(partial(_profile, java, asked["profile"]))
        if asked["reasoner"] is not None:
            seconds = asked["seconds"]
            one["reasoner"] = answer(partial(judge, java, asked["reasoner"], seconds=seconds))
        found.append(one)
    json.dump(found, sys.stdout)
    return 0


def _profile(java: Any, document: str) -> dict[str, Any]:
    return {"violations": violations(java, document)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
