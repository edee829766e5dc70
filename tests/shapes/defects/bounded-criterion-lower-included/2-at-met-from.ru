# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { criterion:chicago40-half-failed poemkg:notMetBelow ?value }
WHERE { criterion:chicago40-half-failed poemkg:notMetBelow ?value } ;
INSERT DATA {
  criterion:chicago40-half-failed poemkg:notMetBelow 40.0 .
} ;
INSERT DATA {
  criterion:chicago40-half-failed poemkg:notMetUpTo 50.0 .
}
