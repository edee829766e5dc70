# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { criterion:chicago40-irp-at-limit-supine poemkg:comparesMeasure ?value }
WHERE { criterion:chicago40-irp-at-limit-supine poemkg:comparesMeasure ?value } ;
INSERT DATA {
  criterion:chicago40-irp-at-limit-supine poemkg:comparesMeasure poemkg:Pregnancy .
}
