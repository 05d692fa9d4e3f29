"""Files to checked rows to the store; reports every bad value."""

from nsm.ingest.loading import LoadReport, load_file
from nsm.ingest.reading import read_csv

__all__ = ["LoadReport", "load_file", "read_csv"]
