# expect: 1
# also: study-statement-edition
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
DELETE { stmt:chicago40-type-ii poemkg:edition ?value }
WHERE { stmt:chicago40-type-ii poemkg:edition ?value } ;
INSERT DATA {
  stmt:chicago40-type-ii poemkg:edition poemkg:missing .
}
