# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT { ?node poemkg:applies poemkg:met }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Note . ?node poemkg:applies ?any . ?node poemkg:applies poemkg:unknown } ORDER BY ?node LIMIT 1 }
}
