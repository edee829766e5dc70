# expect: 1
# also: silence-subject
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
DELETE { ?node ?property ?value }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:NoStatement . ?node poemkg:about ?any } ORDER BY ?node LIMIT 1 }
  ?node ?property ?value .
  FILTER(?property IN (poemkg:about, prov:wasInfluencedBy))
}
