# expect: 1
# also: bounded-criterion-lower-included
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT DATA {
  criterion:chicago40-contraction poemkg:notMetUpTo "less" .
}
