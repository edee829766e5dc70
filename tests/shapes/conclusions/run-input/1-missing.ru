# expect: 3
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
DELETE { ?run prov:used ?version }
WHERE {
  ?run prov:used ?version .
  ?version poemkg:graphDigest ?digest
}
