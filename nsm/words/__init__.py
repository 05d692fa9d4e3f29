"""Sentences, numbers and names as people say them; no drawing, no database, no clock."""
