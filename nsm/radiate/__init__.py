"""The star without its dashboard: wall, badges and answers as plain files, served or written."""

from nsm.radiate.answering import (
    ahead_of,
    leads_text,
    review_as_of_json,
    review_json,
    review_text,
    stars_json,
    stars_text,
    wall_facts,
)
from nsm.radiate.writing import radiate, write_file

__all__ = [
    "ahead_of",
    "leads_text",
    "radiate",
    "review_as_of_json",
    "review_json",
    "review_text",
    "stars_json",
    "stars_text",
    "wall_facts",
    "write_file",
]
