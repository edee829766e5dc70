"""What a finished cohort run came to: counts and shares, as a table and as a page."""
