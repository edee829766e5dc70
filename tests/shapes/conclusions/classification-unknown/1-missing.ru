# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:openOn ?value }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Classification . ?node poemkg:openOn ?any . ?node poemkg:truth poemkg:unknown } ORDER BY ?node LIMIT 1 }
  ?node poemkg:openOn ?value
}
