# expect: 1
# also: bounded-criterion-lower
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT DATA {
  criterion:chicago40-half-failed poemkg:notMetBelow "half" .
}
