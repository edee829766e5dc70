# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
INSERT { ?node prov:specializationOf <https://example.org/poem-kg/other> }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:UsedVersion . ?node prov:specializationOf ?any . ?node poemkg:graphDigest ?graph } ORDER BY ?node LIMIT 1 }
}
