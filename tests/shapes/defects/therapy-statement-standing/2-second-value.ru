# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
INSERT DATA {
  stmt:droracle2025-C16 poemkg:standing poemkg:optionStanding .
}
