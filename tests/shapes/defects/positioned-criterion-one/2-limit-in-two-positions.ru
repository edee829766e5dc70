# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT DATA {
  criterion:chicago40-irp-raised-supine poemkg:inPosition poemkg:upright .
}
