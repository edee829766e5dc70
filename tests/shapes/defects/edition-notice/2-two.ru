# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
INSERT DATA {
  poemkg:chicago40 poemkg:notReadNotice stmt:poem-kg-I69 .
}
