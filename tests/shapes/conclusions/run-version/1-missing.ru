# expect: 3
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?version owl:versionInfo ?text }
WHERE {
  ?version a poemkg:UsedVersion .
  ?version owl:versionInfo ?text
}
