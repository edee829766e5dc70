# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
DELETE { poemkg:Pregnancy skos:definition ?value }
WHERE { poemkg:Pregnancy skos:definition ?value }
