# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
DELETE { stmt:droracle2025-C16 poemkg:disorder ?value }
WHERE { stmt:droracle2025-C16 poemkg:disorder ?value } ;
INSERT DATA {
  stmt:droracle2025-C16 poemkg:disorder poemkg:Dysphagia .
}
