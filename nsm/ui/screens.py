"""Makes the address of a screen: a preview, a QR code, and a key that can be revoked."""

from __future__ import annotations

from urllib.parse import urlsplit

import segno
import streamlit as st

from nsm.config import read_settings
from nsm.errors import NsmError
from nsm.model import Star
from nsm.periods import now_utc
from nsm.radiate import wall_facts
from nsm.store.screens import (
    LONGEST_NAME,
    ScreenKey,
    add_screen,
    list_screens,
    revoke_screen,
)
from nsm.store.stars import list_stars
from nsm.ui import answers
from nsm.ui.address import choose, choose_many
from nsm.ui.page import edition, engine
from nsm.ui.text import plain
from nsm.wall import PARTS, Place, Screen, query_of, wall_document
from nsm.wall.screen import (
    LARGEST_SCALE,
    LONGEST_SECONDS,
    MOST_STARS,
    SHORTEST_SECONDS,
    SMALLEST_SCALE,
)
from nsm.words.screens import (
    CLOSED_TO_OTHERS,
    INTRO,
    NO_KEYS,
    ONCE,
    ONLY_HERE,
    OPEN,
    PART_NAMES,
    THEME_NAMES,
    TURNING,
    key_line,
)

# What only the machine of the viewer itself is called.
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Wide enough for the wall's picture; below 700 pixels it is a page for a phone.
PREVIEW = (720, 405)
# The address with the key of the screen made last: shown until the next thing is done.
_MADE = "_screen_made"


def draw_screens(star: Star) -> None:
    """The whole page: choices, address, preview, keys."""
    st.write(INTRO)
    left, right = st.columns([2, 3], gap="large")
    with left:
        screen = choices(star)
    address = f"{root()}wall.html?{query_of(screen)}"
    with right:
        st.iframe(preview(star, screen), width=PREVIEW[0], height=PREVIEW[1])
        show_address(address, "Address of the screen")
    st.subheader("Keys", anchor=False)
    closed = read_settings().wall_access == "token"
    st.caption(CLOSED_TO_OTHERS if closed else OPEN)
    new_key(query_of(screen))
    keys(list_screens(engine()))


def choices(star: Star) -> Screen:
    """What the viewer wants on the screen, kept in this page's address in the screen's own words.

    The first star is the one chosen above.
    """
    stars = {one.key: one for one in list_stars(engine())}
    chosen = choose_many(
        "Stars, in the order of their turns",
        {key: one.name for key, one in stars.items()},
        key="stars",
        default=(star.key,),
        max_selections=MOST_STARS,
    )
    order = choose_many(
        "What takes turns below the star", PART_NAMES, key="order", default=PARTS, name=str
    )
    seconds = st.number_input(
        "Seconds each",
        SHORTEST_SECONDS,
        LONGEST_SECONDS,
        Screen().seconds,
        key="seconds",
        bind="query-params",
    )
    theme = choose(
        "Theme", THEME_NAMES, key="theme", widget=st.segmented_control, name=str, required=True
    )
    scale = st.slider(
        "Size of everything, in %",
        SMALLEST_SCALE,
        LARGEST_SCALE,
        Screen().scale,
        step=5,
        key="scale",
        bind="query-params",
    )
    inputs = {one.key: one.name for key in chosen for one in stars[key].inputs}
    pins = {"": TURNING} | {part: PART_NAMES[part] for part in PARTS if part != "inputs"} | inputs
    pin = choose("What stays there", pins, key="pin")
    parts = {part: part for part in PARTS}
    return Screen(
        stars=chosen or (star.key,),
        order=tuple(parts[part] for part in order if part in parts) or PARTS,
        seconds=int(seconds),
        theme=theme,
        scale=int(scale),
        pin=pin,
    )


def preview(star: Star, screen: Screen) -> str:
    """The picture as the screen would draw it first, without its script."""
    key = screen.stars[0]
    shown = star if key == star.key else next(s for s in list_stars(engine()) if s.key == key)
    _, version, today = edition(shown)
    facts = wall_facts(engine(), answers.histories(key, version, today), today)
    page = wall_document(facts, screen, "", Place(""))
    return page[: page.rindex("<script")] + "</body></html>"


def show_address(address: str, label: str) -> None:
    """An address to copy, with its QR code."""
    code, words = st.columns([1, 4], vertical_alignment="center")
    picture = segno.make(address, micro=False).svg_data_uri(scale=4, light="#ffffff", border=4)
    code.image(picture, width=140)
    with words:
        st.caption(label)
        st.code(address, language=None, wrap_lines=True)
        if urlsplit(address).hostname in LOOPBACK:
            st.caption(ONLY_HERE)


def new_key(query: str) -> None:
    """A name, a button, and the address that carries the new key, once."""
    with st.form("new_key", clear_on_submit=True, border=False):
        name = st.text_input(
            "Where the screen hangs", max_chars=LONGEST_NAME, placeholder="Kitchen, second floor"
        )
        made = st.form_submit_button("Make a key for this screen")
    if made:
        st.session_state.pop(_MADE, None)
        try:
            token = add_screen(engine(), name, query, now_utc())
        except NsmError as error:
            st.error(plain(str(error)))
            return
        st.session_state[_MADE] = f"{root()}k/{token}"
    address = st.session_state.get(_MADE)
    if address:
        show_address(address, ONCE)


def keys(found: tuple[ScreenKey, ...]) -> None:
    """The keys there are, each with its end."""
    if not found:
        st.write(NO_KEYS)
    for key in found:
        with st.container(horizontal=True, vertical_alignment="center", key=f"key_{key.id}"):
            st.markdown(
                f"**{plain(key.name)}**  \n"
                f"{plain(key_line(key.created_at, key.revoked_at, key.query))}"
            )
            if key.revoked_at is None:
                st.button("Revoke", key=f"revoke_{key.id}", on_click=_revoke, args=(key.id,))


def root() -> str:
    """The address of this server as the viewer's browser knows it, with its last slash."""
    parts = urlsplit(st.context.url or "")
    where = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{where}/{base}/" if base else f"{where}/"


def _revoke(key_id: int) -> None:
    st.session_state.pop(_MADE, None)
    revoke_screen(engine(), key_id, now_utc())
