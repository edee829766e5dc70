# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
DELETE { ?node prov:specializationOf ?value }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:UsedVersion . ?node prov:specializationOf ?any . ?node poemkg:graphDigest ?graph } ORDER BY ?node LIMIT 1 }
  ?node prov:specializationOf ?value
}
