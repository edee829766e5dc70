# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
DELETE { ?node prov:wasDerivedFrom ?value }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Requirement . ?node prov:wasDerivedFrom ?any . FILTER NOT EXISTS { ?node poemkg:state poemkg:unknown } } ORDER BY ?node LIMIT 1 }
  ?node prov:wasDerivedFrom ?value
}
