# expect: 2
# also: used-version-digest used-version-graph-digest used-version-of
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
INSERT {
  ?run prov:used <https://example.org/poem-kg/nowhere> .
  <https://example.org/poem-kg/nowhere> a poemkg:UsedVersion , prov:Entity .
  <https://example.org/poem-kg/nowhere> poemkg:digest ?digest .
  <https://example.org/poem-kg/nowhere> poemkg:graphDigest ?graph ; prov:specializationOf ?of .
}
WHERE {
  ?run prov:used ?version .
  ?version poemkg:graphDigest ?graph .
  ?version poemkg:digest ?digest .
  ?version prov:specializationOf ?of
}
