"""What loading promises holds where the store is on a server too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from nsm.ingest import LoadReport
from tests.ingest import test_loading

# Those of the embedded store that touch the database most; each asks in its own words.
PROMISES: tuple[Callable[..., None], ...] = (
    test_loading.test_the_same_file_twice_changes_nothing,
    test_loading.test_a_changed_past_value_keeps_the_old_one,
    test_loading.test_one_bad_value_stops_the_load_and_nothing_is_written,
    test_loading.test_the_rest_is_loaded_on_request_and_the_bad_list_kept,
    test_loading.test_a_dry_run_counts_and_writes_nothing,
    test_loading.test_a_value_counts_only_once_its_day_was_over,
    test_loading.test_older_knowledge_never_replaces_newer,
    test_loading.test_any_week_can_be_shown_as_it_was_known,
    test_loading.test_the_grain_is_found_from_all_dates,
    test_loading.test_a_corrected_week_start_needs_no_new_load,
    test_loading.test_hostile_names_are_kept_harmless,
)


@pytest.fixture
def engine(server_store: sa.Engine) -> sa.Engine:
    return server_store


@pytest.mark.parametrize("promise", PROMISES, ids=lambda one: one.__name__.removeprefix("test_"))
def test_on_a_server(
    promise: Callable[..., None], engine: sa.Engine, load: Callable[..., LoadReport]
) -> None:
    given: dict[str, Any] = {"engine": engine, "load": load}
    code = promise.__code__
    promise(*(given[name] for name in code.co_varnames[: code.co_argcount]))
