# expect: 1
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { poemkg:chicago40 dcterms:source ?value }
WHERE { poemkg:chicago40 dcterms:source ?value }
