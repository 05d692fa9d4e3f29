"""What a server does before and after its first viewer, so that no viewer waits for imports."""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import threading
from collections.abc import AsyncIterator

import anyio
import streamlit as st

# On the way to the first picture.
FIRST = ("pandas", "plotly.graph_objects", "nsm.answers", "nsm.ui.page", "nsm.ui.tables")
# Over a second and 140 MB: only the detail of a lead needs it, so it comes after the first paint.
LATER = ("statsmodels.api",)
LATER_AFTER_SECONDS = 20.0

logger = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def warm(app: st.App) -> AsyncIterator[None]:
    """Imports before serving, the slow statistics some time after."""
    await anyio.to_thread.run_sync(_before)
    timer = threading.Timer(LATER_AFTER_SECONDS, _after)
    timer.daemon = True
    timer.start()
    yield
    timer.cancel()


def _before() -> None:
    # Imports make hundreds of thousands of objects that stay; looking for garbage among them again
    # and again costs a fifth of their time.
    gc.disable()
    _import(FIRST)
    gc.freeze()
    gc.enable()


def _after() -> None:
    _import(LATER)
    # From here on no collection looks at what the imports made.
    gc.collect()
    gc.freeze()


def _import(names: tuple[str, ...]) -> None:
    """What is broken is logged here and shown by the page that needs it."""
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:
            logger.exception("warm-up of %s failed", name)
