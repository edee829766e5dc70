# expect: 1
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX query: <https://w3id.org/poem-kg/query/>
DELETE { ?run prov:used ?version }
WHERE {
  ?run prov:used ?version .
  ?version prov:specializationOf query:derive-203-diagnoses
}
