# expect: 1
# also: transfer-chain
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
DELETE { stmt:droracle2025-C21 poemkg:asDisorder ?value }
WHERE { stmt:droracle2025-C21 poemkg:asDisorder ?value } ;
INSERT DATA {
  stmt:droracle2025-C21 poemkg:asDisorder poemkg:DistalOesophagealSpasm .
}
