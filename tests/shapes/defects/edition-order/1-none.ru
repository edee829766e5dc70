# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { poemkg:chicago40 poemkg:order ?value }
WHERE { poemkg:chicago40 poemkg:order ?value }
