# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { criterion:chicago40-no-pressurization poemkg:notMetFrom ?value }
WHERE { criterion:chicago40-no-pressurization poemkg:notMetFrom ?value } ;
INSERT DATA {
  criterion:chicago40-no-pressurization poemkg:notMetFrom 0.0 .
}
