# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX query: <https://w3id.org/poem-kg/query/>
DELETE { ?node poemkg:derivedBy ?value }
INSERT { ?node poemkg:derivedBy query:derive-000-nothing }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Requirement . ?node poemkg:derivedBy ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:derivedBy ?value
}
