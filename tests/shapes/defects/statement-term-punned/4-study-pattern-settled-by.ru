# expect: 8
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE DATA { poemkg:FunctionalLumenImagingProbe a owl:NamedIndividual }
