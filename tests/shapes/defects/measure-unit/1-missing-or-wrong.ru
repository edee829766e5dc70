# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { poemkg:Age poemkg:unit ?value }
WHERE { poemkg:Age poemkg:unit ?value }
