# expect: 1
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE DATA { poemkg:InconclusiveForOutflowObstruction a owl:NamedIndividual }
