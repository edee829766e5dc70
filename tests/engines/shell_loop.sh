#!/bin/sh
# From the raw files to a patient's conclusions with Apache Jena ARQ and nothing else:
# run every prepare and derive query in the order of its name, and add what it constructs.
#
#   JAVA=... CLASSPATH=... shell_loop.sh REPOSITORY PATIENT.ttl RESULT.nt
set -eu
repository=$1
patient=$2
result=$3
: >"$result"
data="--data=$patient"
for module in "$repository"/ontology/*.ttl "$repository"/ontology/guidelines/*.ttl; do
  data="$data --data=$module"
done
for query in "$repository"/queries/prepare/*.rq "$repository"/queries/derive/*.rq; do
  # shellcheck disable=SC2086 # the options have no spaces in them
  "$JAVA" -Xmx512m -XX:TieredStopAtLevel=1 -cp "$CLASSPATH" arq.sparql \
    $data --data="$result" --results=NT --query="$query" >"$result.step"
  cat "$result.step" >>"$result"
done
rm "$result.step"
