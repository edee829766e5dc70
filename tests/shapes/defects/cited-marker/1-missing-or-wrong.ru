# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX source: <https://w3id.org/poem-kg/source/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
INSERT DATA {
  source:other-marker a poemkg:CitationMarker ; poemkg:ofSource source:aga2017 .
  stmt:droracle2025-C06 poemkg:cites source:other-marker .
}
