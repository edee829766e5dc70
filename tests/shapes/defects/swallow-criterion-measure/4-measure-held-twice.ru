# expect: 2
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT DATA {
  poemkg:DistalLatency poemkg:heldBySwallow poemkg:pressurization .
}
