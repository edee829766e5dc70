# expect: 3
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX prov: <http://www.w3.org/ns/prov#>
INSERT {
  ?run prov:used <https://example.org/poem-kg/nowhere> .
  <https://example.org/poem-kg/nowhere> a poemkg:UsedVersion , prov:Entity .
  <https://example.org/poem-kg/nowhere> poemkg:digest "sha256:1111111111111111111111111111111111111111111111111111111111111111" .
  <https://example.org/poem-kg/nowhere> poemkg:graphDigest "sha256:1111111111111111111111111111111111111111111111111111111111111111" ; prov:specializationOf <https://example.org/poem-kg/other> .
}
WHERE {
  ?run prov:used ?version .
  ?version poemkg:graphDigest ?graph
}
