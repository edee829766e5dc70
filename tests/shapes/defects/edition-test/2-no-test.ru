# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { poemkg:chicago40 poemkg:readsTest ?value }
WHERE { poemkg:chicago40 poemkg:readsTest ?value } ;
INSERT DATA {
  poemkg:chicago40 poemkg:readsTest poemkg:Pregnancy .
}
