"""The weekly review: what is compared when a week closes, and why a figure is missing."""

from nsm.review.figures import MetricReview, MonthsMode, Review, SameDays
from nsm.review.weekly import chosen_week_ending, spans_needed, weekly_review

__all__ = [
    "MetricReview",
    "MonthsMode",
    "Review",
    "SameDays",
    "chosen_week_ending",
    "spans_needed",
    "weekly_review",
]
