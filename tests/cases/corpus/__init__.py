"""The patients whose whole advice is approved, small ones that each try a few derive steps.

A patient of `patients.toml` has a name, one sentence that says why it is there, and its records,
one a line: concept, status, and where it has them "=" result, a date, a value, "operator" or
"centre" as the one it is about. "age", "birthYear" and "asOf" take their value alone. A line may go
on after "|": "as" names the record, "in" the study that it is a part of, "at" the position, "limit"
and "by" the upper limit and the edition of the figure. "swallows 7" are swallows of the study "in"
with what each measures: "swallows 7 | in study at supine distalLatency 4.5". The stories of
`examples/` and the patients of the statement cases belong to the corpus too.

`approved/` holds for each what a clinician would notice and, for every kind of conclusion, how many
there are and a digest of them to the letter, provenance included.
"""
