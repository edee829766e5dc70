# expect: 2
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
INSERT { ?node prov:wasGeneratedBy <https://example.org/poem-kg/nowhere> }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Requirement . ?node prov:wasGeneratedBy ?any } ORDER BY ?node LIMIT 1 }
}
