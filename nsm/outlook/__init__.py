"""What is coming: a metric's next weeks, between which values, and how often that was right."""

from nsm.outlook.forecast import HORIZON, Driver, Outlook, outlook_of

__all__ = ["HORIZON", "Driver", "Outlook", "outlook_of"]
