"""Advice for many patients: streamed in, derived in batches on all cores, none lost."""
