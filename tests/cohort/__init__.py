"""A cohort run: no patient lost, none treated otherwise than alone, all of them counted."""
