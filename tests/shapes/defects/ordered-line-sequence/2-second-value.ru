# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
INSERT DATA {
  stmt:other-lines a poemkg:LineSequence .
  stmt:droracle2025-C31 poemkg:inSequence stmt:other-lines .
}
