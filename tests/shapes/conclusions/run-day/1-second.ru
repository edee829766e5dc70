# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
INSERT { ?node poemkg:asOf "2026-01-01"^^xsd:date }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Run . ?node poemkg:asOf ?any } ORDER BY ?node LIMIT 1 }
}
