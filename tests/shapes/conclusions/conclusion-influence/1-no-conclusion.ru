# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
DELETE { ?node prov:wasInfluencedBy ?value }
INSERT { ?node prov:wasInfluencedBy <https://example.org/poem-kg/nowhere> }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:NoStatement . ?node prov:wasInfluencedBy ?any } ORDER BY ?node LIMIT 1 }
  ?node prov:wasInfluencedBy ?value
}
