# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { poemkg:Age poemkg:minimum ?value }
WHERE { poemkg:Age poemkg:minimum ?value } ;
INSERT DATA {
  poemkg:Age poemkg:minimum 200.0 .
}
