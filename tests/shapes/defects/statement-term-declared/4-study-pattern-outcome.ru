# expect: 1
# also: study-pattern-outcome
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
DELETE { stmt:chicago40-type-ii poemkg:indicates ?value }
WHERE { stmt:chicago40-type-ii poemkg:indicates ?value } ;
INSERT DATA {
  stmt:chicago40-type-ii poemkg:indicates poemkg:Missing .
}
