# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT DATA {
  poemkg:chicago40 poemkg:order 7 .
}
