# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { criterion:procedure-count-ceiling poemkg:notMetBelow ?value }
WHERE { criterion:procedure-count-ceiling poemkg:notMetBelow ?value } ;
INSERT DATA {
  criterion:procedure-count-ceiling poemkg:notMetBelow 50.0 .
}
