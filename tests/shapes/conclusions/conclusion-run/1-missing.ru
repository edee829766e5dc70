# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
DELETE { ?node prov:wasGeneratedBy ?value }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Requirement . ?node prov:wasGeneratedBy ?any } ORDER BY ?node LIMIT 1 }
  ?node prov:wasGeneratedBy ?value
}
