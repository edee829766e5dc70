# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT DATA {
  poemkg:chicago40 poemkg:readsUnless criterion:pregnancy .
}
