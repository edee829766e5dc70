# expect: 1
# also: bounded-criterion-upper
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT DATA {
  criterion:chicago40-partly-ineffective poemkg:notMetAbove "all" .
}
