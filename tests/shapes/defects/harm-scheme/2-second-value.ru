# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX source: <https://w3id.org/poem-kg/source/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
INSERT DATA {
  stmt:droracle2025-C42 poemkg:severityScheme source:barbieri2015-severity .
}
