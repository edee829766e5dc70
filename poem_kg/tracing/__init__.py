"""From each sentence of a source to the statements, criteria and patients that stand for it."""
