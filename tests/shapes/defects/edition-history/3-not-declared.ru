# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { poemkg:chicago40 poemkg:readsUnless ?value }
WHERE { poemkg:chicago40 poemkg:readsUnless ?value } ;
INSERT DATA {
  poemkg:chicago40 poemkg:readsUnless criterion:missing .
}
