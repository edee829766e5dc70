"""Why each option stands where it stands, in words, as data and as a picture."""
