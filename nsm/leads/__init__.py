"""Which inputs lead the star, by how long, and how sure can one be?

Pure: series in, report out. `find_leads` answers for a whole page at once; `fit_detail` shows one
input and lag as a statsmodels fit. docs/leads.md explains the method in words.
"""

from nsm.leads.candidates import CANDIDATE_COLUMNS, scan_candidates
from nsm.leads.detail import fit_detail
from nsm.leads.find import find_leads
from nsm.leads.granger import Granger, granger
from nsm.leads.report import PROFILE_COLUMNS, TABLE_COLUMNS, VERDICTS, LeadReport, Verdict

__all__ = [
    "CANDIDATE_COLUMNS",
    "PROFILE_COLUMNS",
    "TABLE_COLUMNS",
    "VERDICTS",
    "Granger",
    "LeadReport",
    "Verdict",
    "find_leads",
    "fit_detail",
    "granger",
    "scan_candidates",
]
