# expect: 1
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
INSERT DATA {
  poemkg:Globus a owl:Class ; rdfs:subClassOf poemkg:Finding .
  stmt:poem-kg-I01 poemkg:concerns poemkg:Globus .
}
