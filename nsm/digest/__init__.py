"""The digest: the review of a week as one file to keep, print and mail."""

from nsm.digest.document import document
from nsm.digest.gathering import Digest, digest_of, due_on, due_week
from nsm.digest.message import Message, message_of
from nsm.digest.sending import Channel, Delivered, channels_of, deliver

__all__ = [
    "Channel",
    "Delivered",
    "Digest",
    "Message",
    "channels_of",
    "deliver",
    "digest_of",
    "document",
    "due_on",
    "due_week",
    "message_of",
]
