"""What a viewer sees when something breaks: one line and a log id, never a stack trace."""

from __future__ import annotations

import logging
import secrets

import streamlit as st

from nsm.errors import NsmError
from nsm.ui.text import plain

logger = logging.getLogger(__name__)


def shown_to_viewer(error: Exception) -> bool:
    """Log the error and show its line; True tells Streamlit that nothing else need be shown."""
    if isinstance(error, NsmError):
        logger.warning("%s: %s", type(error).__name__, error)
        st.error(plain(str(error)), icon=":material/error:")
        return True
    log_id = secrets.token_hex(4)
    logger.error("log id %s", log_id, exc_info=error)
    st.error(
        f"This page could not be shown. The server's log has the reason under {log_id}.",
        icon=":material/error:",
    )
    return True
