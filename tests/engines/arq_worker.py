"""The worker process of `tests.engines.arq.Arq`: a Jena model and the queries on it.

Started as `python arq_worker.py LIBJVM [JVM OPTION...] -cp JAR...`; it imports nothing of the
project. Requests and answers are JSON objects, one a line.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import jpype


class Worker:
    """One model, replaced by `load`."""

    def __init__(self) -> None:
        java = jpype.JClass
        self._models = java("com.hp.hpl.jena.rdf.model.ModelFactory")
        self._queries = java("com.hp.hpl.jena.query.QueryFactory")
        self._syntax = java("com.hp.hpl.jena.query.Syntax").syntaxSPARQL_11
        self._executions = java("com.hp.hpl.jena.query.QueryExecutionFactory")
        self._formatter = java("com.hp.hpl.jena.query.ResultSetFormatter")
        self._solution = java("com.hp.hpl.jena.query.QuerySolutionMap")
        self._input = java("java.io.ByteArrayInputStream")
        self._output = java("java.io.ByteArrayOutputStream")
        self._model = self._models.createDefaultModel()

    def answer(self, request: dict[str, Any]) -> str:
        """Return the answer to one request as text."""
        operation = request["op"]
        if operation in ("load", "add"):
            if operation == "load":
                self._model = self._models.createDefaultModel()
            stream = self._input(request["text"].encode())
            self._model.read(stream, None, "N-TRIPLE")
            return str(self._model.size())
        query = self._queries.create(request["query"], self._syntax)
        execution = self._executions.create(query, self._model)
        try:
            execution.setInitialBinding(self._bindings(request.get("bindings", {})))
            output = self._output()
            if operation == "construct":
                execution.execConstruct().write(output, "N-TRIPLE")
            elif query.isAskType():
                self._formatter.outputAsJSON(output, execution.execAsk())
            else:
                self._formatter.outputAsJSON(output, execution.execSelect())
            return bytes(output.toByteArray()).decode()
        finally:
            execution.close()

    def _bindings(self, given: dict[str, list[str]]) -> Any:
        solution = self._solution()
        for name, parts in given.items():
            solution.add(name, self._node(*parts))
        return solution

    def _node(self, kind: str, value: str, language: str = "", datatype: str = "") -> Any:
        if kind == "iri":
            return self._model.createResource(value)
        if kind == "blank":
            return self._model.createResource(
                jpype.JClass("com.hp.hpl.jena.rdf.model.AnonId")(value)
            )
        if datatype:
            return self._model.createTypedLiteral(value, datatype)
        return self._model.createLiteral(value, language)


def main() -> None:
    """Answer requests until the input ends."""
    library, *rest = sys.argv[1:]
    split = rest.index("-cp")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what Java prints must not look like an answer
    jpype.startJVM(
        *rest[:split],
        "--enable-native-access=ALL-UNNAMED",
        jvmpath=library,
        classpath=rest[split + 1 :],
    )
    worker = Worker()
    for line in sys.stdin:
        try:
            answer = {"ok": worker.answer(json.loads(line))}
        except jpype.JException as error:
            answer = {"error": " ".join(str(error).split())}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
