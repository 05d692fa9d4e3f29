"""What a reader takes away from the Leads page: the report, the picture, a paragraph to paste."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from nsm.answers import leads_json
from nsm.charts.lead_svg import lead_svg
from nsm.leads import LeadReport
from nsm.leads.setting import Setting
from nsm.ui.beyond import results_found
from nsm.ui.leads import Scan, scan_at
from nsm.ui.replay import replayed
from nsm.ui.tables import download
from nsm.ui.text import line
from nsm.words.findings import Finding
from nsm.words.leads import sentence
from nsm.words.looks import paragraph, setting_words
from nsm.words.review import short_name


def downloads(scan: Scan, results: Sequence[Scan], key: str, version: int) -> None:
    """The report as a program reads it, as a table, and the picture of one input."""
    name = f"{scan.star.key}_leads_{scan.report.max_lag}"

    def picture() -> str:
        same, rows = (
            part[part["input"] == key] for part in (scan.report.same_week, scan.report.profile)
        )
        return lead_svg(scan.star, scan.finding(key), rows, same, scan.report)

    with st.container(horizontal=True):
        st.download_button(
            "Report (JSON)",
            data=lambda: json.dumps(
                whole_json(scan, results, version), indent=2, ensure_ascii=False, allow_nan=False
            ),
            file_name=f"{name}.json",
            mime="application/json",
            key="report_json",
            on_click="ignore",
            icon=":material/data_object:",
        )
        download(
            lambda: raw_table(scan.found, scan.report),
            key="report",
            file_name=f"{name}.csv",
            label="Report (CSV)",
        )
        if scan.finding(key).chance is not None:
            st.download_button(
                "Picture (SVG)",
                data=picture,
                file_name=f"{name}_{key}.svg",
                mime="image/svg+xml",
                key="picture_svg",
                on_click="ignore",
                icon=":material/image:",
            )


def whole_json(scan: Scan, results: Sequence[Scan], version: int) -> dict[str, Any]:
    """The report with the setting it was asked at, what made it, and the results of the star.

    ``version`` is that of the star's data: it differs after every write.
    """
    reports = [one.report for one in results]
    return {
        **leads_json(scan.star.key, scan.report, reports),
        "setting": {
            name: str(value) if isinstance(value, dt.date) else value
            for name, value in asdict(scan.answer.setting).items()
            if name != "exclude"
        }
        | {"exclude": [str(day) for day in scan.answer.setting.exclude]},
        "provenance": {"data_version": version, **scan.report.provenance},
    }


@replayed
def draw_paragraph(
    star_key: str, version: int, today: dt.date, setting: Setting, looks: str
) -> None:
    """The answer as text to paste, with what it promises."""
    scan = scan_at(star_key, version, today, setting)
    said = paragraph(
        scan.star,
        scan.report,
        scan.found,
        setting_words(scan.answer.setting, scan.star, scan.answer.prepared.logged),
        looks,
        [
            sentence(one.star, finding, one.report.weeks)
            for _, one, finding in results_found(star_key, version, today, setting)
        ],
        scan.last_day,
    )
    with st.expander("The paragraph to paste", icon=":material/content_copy:"):
        st.code(
            "\n".join(line(one, longest=2000) for one in said.split("\n")),
            language=None,
            wrap_lines=True,
        )


def raw_table(found: Sequence[Finding], report: LeadReport) -> pd.DataFrame:
    """The table of the report with names beside keys and warnings as one text.

    ``could_be_chance`` is the page's column: the p-value of what the verdict says.
    """
    keys = report.table["input"]
    rows = report.table.assign(
        name=keys.map({one.metric.key: short_name(one.metric) for one in found}),
        could_be_chance=keys.map({one.metric.key: one.doubt for one in found}).astype(float),
        warnings=report.table["warnings"].map(" ".join),
    )
    first = ["input", "name", "verdict", "could_be_chance"]
    return rows[[*first, *rows.columns.drop(first)]]
