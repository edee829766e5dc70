# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { poemkg:Pregnancy dcterms:source ?value }
WHERE { poemkg:Pregnancy dcterms:source ?value } ;
INSERT DATA {
  poemkg:Pregnancy dcterms:source criterion:child .
}
