# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
DELETE { ?node a prov:Entity }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Requirement } ORDER BY ?node LIMIT 1 }
  ?node a prov:Entity
}
