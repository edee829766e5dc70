# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
INSERT DATA {
  stmt:droracle2025-C11 poemkg:requires criterion:hiatal-hernia .
}
