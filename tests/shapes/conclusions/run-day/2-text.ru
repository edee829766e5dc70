# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:asOf ?value }
INSERT { ?node poemkg:asOf "2026-01-01" }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Run . ?node poemkg:asOf ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:asOf ?value
}
