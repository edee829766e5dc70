# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT { ?node poemkg:state poemkg:notMet }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Requirement . ?node poemkg:state ?any } ORDER BY ?node LIMIT 1 }
}
