"""A definition on the page: upload, see what it would change, apply; download the one there is."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from nsm.definitions import export_definition, parse_definition
from nsm.errors import DefinitionError, NsmError
from nsm.meaning import differences
from nsm.model import Star
from nsm.store.stars import declared_star, list_stars, save_star
from nsm.ui.page import engine
from nsm.ui.text import line, plain
from nsm.words.figures import count

MOST_CHANGES = 30
# Counts the definitions that were applied, so that the uploader stands empty after each.
_ROUND, _RESULT = "_definition_round", "_definition_result"


def definition_section(star: Star | None, today: dt.date) -> None:
    """Upload a definition, see what it would change, then apply it; download the one there is."""
    if said := st.session_state.get(_RESULT):
        st.success(plain(said), icon=":material/check_circle:")
    if star is not None:
        st.download_button(
            "Download the definition (YAML)",
            data=lambda: export_definition(declared_star(engine(), star.key)),
            file_name=f"{star.key}.yaml",
            mime="application/yaml",
            key="definition_download",
            on_click="ignore",
            icon=":material/download:",
        )
    file = st.file_uploader(
        "Definition of a star (YAML)",
        type=["yaml", "yml"],
        key=f"definition_{st.session_state.get(_ROUND, 0)}",
    )
    if file is None:
        return
    st.session_state.pop(_RESULT, None)
    try:
        parsed = parse_definition(_text_of(file.getvalue(), file.name), file.name)
        before = _declared(parsed.star.key)
    except NsmError as error:
        told = getattr(error, "problems", ()) or (str(error),)
        st.error("\n\n".join(plain(one, longest=1000) for one in told), icon=":material/error:")
        return
    for warning in parsed.warnings:
        st.warning(plain(warning), icon=":material/warning:")
    changes = [] if before is None else list(differences(before, parsed.star))
    if before is None:
        metrics = count(len(parsed.star.metrics), "metric")
        st.markdown(plain(f"This makes the new star {parsed.star.name} with {metrics}."))
    elif not changes:
        st.markdown(plain(f"{before.name} is defined like this already: nothing would change."))
    else:
        st.markdown(plain(f"This changes {before.name}:"))
        st.markdown("\n".join(f"- {plain(one)}" for one in changes[:MOST_CHANGES]))
        if len(changes) > MOST_CHANGES:
            st.caption(f"and {len(changes) - MOST_CHANGES:,} more changes")
    if st.button(
        "Apply the definition",
        type="primary",
        key="apply",
        disabled=before is not None and not changes,
    ):
        _apply(parsed.star, today)


def _apply(star: Star, today: dt.date) -> None:
    try:
        saved = save_star(engine(), star, today)
    except NsmError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    done = "made" if saved.created else f"changed ({count(len(saved.changes), 'difference')})"
    st.session_state[_RESULT] = f"{star.name} was {done}."
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.rerun()


def _declared(key: str) -> Star | None:
    there = any(star.key == key for star in list_stars(engine()))
    return declared_star(engine(), key) if there else None


def _text_of(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{line(name)} is not text in UTF-8.", "Save it as UTF-8.") from error
