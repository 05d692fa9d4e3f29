"""Start here: `streamlit run app.py` or `uvicorn app:app`.

The screens are in `pages/`; `nsm/router.py` says which there are. The router is the entry script,
not this file, because a `pages/` folder beside the entry script lets a deep link run a page
without it.
"""

import sys

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from nsm.config import ROOT, read_settings
from nsm.errors import NsmError
from nsm.server.entry import elsewhere, entry_routes
from nsm.server.guard import Guard, hide_server_name
from nsm.server.health import health
from nsm.server.journal import count_lines, keep_journal
from nsm.server.plain import Plain
from nsm.server.warmup import warm
from nsm.ui.boundary import shown_to_viewer

try:
    settings = read_settings()
except NsmError as error:
    sys.exit(str(error))
keep_journal(settings.database_url)
hide_server_name()
plain = Plain(settings.wall_access)
count_lines(plain.counts)
base_path = st.get_option("server.baseUrlPath")
app = st.App(
    ROOT / "nsm" / "router.py",
    # The last catches every name that is none of the others.
    routes=[
        Route("/healthz", health(plain.desk)),
        *plain.routes(base_path),
        *entry_routes(base_path),
        *elsewhere(base_path),
    ],
    middleware=[Middleware(Guard, allowed_hosts=settings.allowed_hosts)],
    lifespan=warm,
    on_script_error=shown_to_viewer,
)
