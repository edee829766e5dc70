# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
DELETE { ?node prov:wasDerivedFrom ?value }
INSERT { ?node prov:wasDerivedFrom <https://example.org/poem-kg/nowhere> }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:TestFirst . ?node prov:wasDerivedFrom ?any } ORDER BY ?node LIMIT 1 }
  ?node prov:wasDerivedFrom ?value
}
