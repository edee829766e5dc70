# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { criterion:chicago40-half-failed poemkg:metFrom ?value }
WHERE { criterion:chicago40-half-failed poemkg:metFrom ?value }
