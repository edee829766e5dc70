# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
INSERT DATA {
  stmt:chicago40-type-ii poemkg:settlingTest poemkg:PerOralEndoscopicMyotomy .
}
