# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
DELETE { stmt:droracle2025-C25 poemkg:asDisorder ?value }
WHERE { stmt:droracle2025-C25 poemkg:asDisorder ?value } ;
INSERT DATA {
  stmt:droracle2025-C25 poemkg:asDisorder poemkg:DistalOesophagealSpasm .
}
