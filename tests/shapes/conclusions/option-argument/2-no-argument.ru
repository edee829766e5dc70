# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
INSERT { ?node prov:wasDerivedFrom ?record }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Option . ?node prov:wasDerivedFrom ?any } ORDER BY ?node LIMIT 1 }
  { SELECT ?record WHERE { ?record poemkg:concept ?any } ORDER BY ?record LIMIT 1 }
}
