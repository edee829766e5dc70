# expect: 1
# also: conclusion-basis
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
DELETE { ?node prov:wasDerivedFrom ?value }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Argument . ?node prov:wasDerivedFrom ?any } ORDER BY ?node LIMIT 1 }
  ?node prov:wasDerivedFrom ?value
}
