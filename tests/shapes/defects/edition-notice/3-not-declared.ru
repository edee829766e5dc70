# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
DELETE { poemkg:chicago40 poemkg:notReadNotice ?value }
WHERE { poemkg:chicago40 poemkg:notReadNotice ?value } ;
INSERT DATA {
  poemkg:chicago40 poemkg:notReadNotice stmt:missing .
}
