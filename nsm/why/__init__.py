"""Why did a metric change? Its formula split exactly, or what its leading inputs would explain."""

from nsm.why.change import Why, why_of
from nsm.why.leading import leads_of_report, why_from_leads, why_json, whys
from nsm.why.segments import Question, SegmentPart, SegmentSplit, questions, split_by_segment
from nsm.why.split import CannotSplit, Part, Split, split

__all__ = [
    "CannotSplit",
    "Part",
    "Question",
    "SegmentPart",
    "SegmentSplit",
    "Split",
    "Why",
    "leads_of_report",
    "questions",
    "split",
    "split_by_segment",
    "why_from_leads",
    "why_json",
    "why_of",
    "whys",
]
