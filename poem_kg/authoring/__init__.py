"""New statements and sources, written where they belong and checked before anything is kept."""
