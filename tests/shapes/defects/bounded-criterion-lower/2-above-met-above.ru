# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { criterion:chicago40-contraction poemkg:notMetUpTo ?value }
WHERE { criterion:chicago40-contraction poemkg:notMetUpTo ?value } ;
INSERT DATA {
  criterion:chicago40-contraction poemkg:notMetUpTo 400.0 .
} ;
INSERT DATA {
  criterion:chicago40-contraction poemkg:notMetBelow 460.0 .
}
