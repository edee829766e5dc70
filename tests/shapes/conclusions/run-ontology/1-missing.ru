# expect: 3
# also: run-version
PREFIX prov: <http://www.w3.org/ns/prov#>
DELETE { ?run prov:used ?version }
WHERE {
  ?run prov:used ?version .
  ?version prov:specializationOf <https://w3id.org/poem-kg/ontology/>
}
