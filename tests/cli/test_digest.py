"""The digest: one file that needs nothing, and a mail that goes out once, to a real mail server."""

from __future__ import annotations

import email
import email.policy
import http.server
import json
import re
import socket
import sqlite3
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from nsm.periods import DAY, WEEK, last_complete_week, today_in, week_end
from tests.cli.conftest import Shell, definition

TODAY = today_in("UTC")
LAST = last_complete_week(TODAY, 0)
HOSTILE = "<script>alert(1)</script><img src=http://evil/x.png>"


class Mailbox:
    """Keeps what a mail server takes; ``answers`` are given first, one for each message."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answers: list[str] = []
        self.asked = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.asked += 1
        if self.answers:
            return self.answers.pop(0)
        self.mails.append(
            (envelope, email.message_from_bytes(envelope.content, policy=email.policy.default))
        )
        return "250 OK"


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("NSM_SMTP_URL", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("NSM_DIGEST_TO", "team@example.com, boss@example.com")
    monkeypatch.setenv("NSM_DIGEST_FROM", "digest@example.com")
    yield box
    controller.stop()


@pytest.fixture
def shop(shell: Shell) -> Shell:
    """Forty calm weeks up to the last one that is over; the visits fall by half in it."""
    filled(shell, definition("shop", "orders", ["visits"]), until=week_end(LAST))
    return shell


def filled(shell: Shell, star: str, until: Any) -> None:
    (shell.folder / "shop.yaml").write_text(star)
    first = LAST - 39 * WEEK
    rows = []
    for place in range((until - first).days + 1):
        day = first + place * DAY
        visits = (900 + place * place % 7) // (2 if day >= LAST else 1)
        rows.append(f"{day},{100 + place * place % 11},{visits}")
    (shell.folder / "a.csv").write_text("\n".join(["date,orders,visits", *rows, ""]))
    shell.ok("apply", "shop.yaml")
    shell.ok("load", "a.csv", "--star", "shop")


def sent_rows(shell: Shell) -> list[tuple[str, str]]:
    with sqlite3.connect(shell.folder / "nsm.db") as store:
        return store.execute("select channel, sent_at from digest").fetchall()


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [
            f"{name}={value}"
            for name, value in attributes
            if name in ("src", "href", "action", "data") or name.startswith("on")
        ]


def test_the_file_needs_nothing_says_the_exception_first_and_is_whole(shop):
    shop.ok("log", "add", "--star", "shop", "--why", HOSTILE, "--decision", HOSTILE, "--by", "a<b>")
    shop.ok(
        *("log", "add", "--star", "shop", "--why", "Rain before", "--by", "ann"),
        *("--week-ending", LAST - DAY),
    )

    shop.ok("digest", "--star", "shop", "--out", "week.html")
    text = (shop.folder / "week.html").read_text()
    shop.ok("digest", "--star", "shop", "--out", "week.html")

    assert text == (shop.folder / "week.html").read_text()
    assert [one.name for one in shop.folder.glob("*week*")] == ["week.html"], "no draft stays"
    seen = Tags()
    seen.feed(text)
    assert not {"script", "img", "link", "iframe", "form", "input", "button", "a"} & set(seen.tags)
    assert seen.addresses == []
    # What somebody wrote stands there as text; the file itself has no address.
    assert set(re.findall(r"https?://[a-z]*", text)) == {"http://evil"}
    assert "<script" not in text
    assert seen.tags.count("svg") == 2 * 2 + 2
    figures = json.loads(shop.ok("review", "--star", "shop", "--json"))["metrics"]["visits"]
    assert f"visits fell {abs(figures['wow']):.1f} %" in text
    assert text.index("visits fell") < text.index("Six weeks") < text.index("Every metric")
    assert "Explanations asked" in text
    assert "visits is below its usual range" in text
    assert "Rain before (ann)" in text
    assert "Open follow-ups" in text


def test_a_star_that_is_recorded_by_week_shows_its_year_and_that_it_is_old(shell):
    (shell.folder / "shop.yaml").write_text(
        "star: shop\nnorth_star: orders\nmetrics:\n"
        "  orders: {aggregate: sum, grain: week}\n"
        "  visits: {role: input, aggregate: sum, grain: week}\n"
    )
    newest = LAST - 3 * WEEK
    rows = [f"{newest - place * WEEK},{100 + place},{50 + place % 7}" for place in range(60)]
    (shell.folder / "a.csv").write_text("\n".join(["date,orders,visits", *rows, ""]))
    shell.ok("apply", "shop.yaml")
    shell.ok("load", "a.csv", "--star", "shop")

    shell.ok("digest", "--star", "shop", "--out", "week.html")
    shell.ok(
        *("digest", "--star", "shop", "--out", "before.html"),
        *("--week-ending", week_end(newest - WEEK)),
    )

    text = (shell.folder / "week.html").read_text()
    assert "52 weeks" in text
    assert "Twelve months" not in text
    assert "Old: no complete week for the last 3 weeks." in text
    assert "Short dashes" not in text
    assert "Old:" not in (shell.folder / "before.html").read_text()


def test_a_file_that_cannot_be_written_is_one_line(shop):
    (shop.folder / "there").mkdir()
    assert "cannot be written" in shop.refused("digest", "--star", "shop", "--out", "there")
    assert "--out" in shop.refused("digest", "--star", "shop", code=2)


def test_the_mail_goes_out_once_to_each_address(shop, mailbox, monkeypatch):
    said = shop.ok("digest", "--star", "shop", "--send")
    again = shop.ok("digest", "--star", "shop", "--send", "--out", "week.html")

    assert said.count(" sent.") == 2
    assert "was sent before" in again
    assert [one.rcpt_tos for one, _ in mailbox.mails] == [
        ["team@example.com"],
        ["boss@example.com"],
    ]
    envelope, mail = mailbox.mails[0]
    assert envelope.mail_from == "digest@example.com"
    assert mail["Subject"].startswith("Shop, week of ")
    assert "visits fell" in mail.get_body(("plain",)).get_content()
    # SMTP ends its lines in its own way.
    document = (shop.folder / "week.html").read_text()
    assert mail.get_body(("html",)).get_content().replace("\r\n", "\n") == document
    attached = next(mail.iter_attachments())
    assert attached.get_filename() == f"shop-{week_end(LAST)}.html"
    assert len(sent_rows(shop)) == 2
    assert "example.com" not in str(sent_rows(shop)), "addresses stay in the settings"

    monkeypatch.setenv("NSM_DIGEST_TO", "team@example.com new@example.com")
    shop.ok("digest", "--star", "shop", "--send")
    assert [one.rcpt_tos for one, _ in mailbox.mails[2:]] == [["new@example.com"]]


def test_a_failing_server_is_one_line_and_is_tried_again(shop, mailbox, monkeypatch):
    monkeypatch.setenv("NSM_DIGEST_TO", "team@example.com boss@example.com")
    mailbox.answers = ["451 try later"]

    said = shop.refused("digest", "--star", "shop", "--send", "--tries", 1)

    assert "team@example.com: the mail server answered 451 (try later)" in said
    assert "boss" not in said
    assert [channel[:5] for channel, sent in sent_rows(shop) if sent] == ["mail:"]
    assert len(sent_rows(shop)) == 1
    shop.ok("digest", "--star", "shop", "--send")
    assert [one.rcpt_tos for one, _ in mailbox.mails] == [
        ["boss@example.com"],
        ["team@example.com"],
    ]


def test_no_server_at_all_and_no_settings_are_one_line_each(shop, monkeypatch):
    for variable in ("NSM_DIGEST_TO", "NSM_SMTP_URL", "NSM_DIGEST_FROM"):
        monkeypatch.delenv(variable, raising=False)
    assert "NSM_DIGEST_TO names nobody" in shop.refused("digest", "--star", "shop", "--send")
    monkeypatch.setenv("NSM_DIGEST_TO", "team@example.com")
    assert "names no mail server" in shop.refused("digest", "--star", "shop", "--send")
    monkeypatch.setenv("NSM_SMTP_URL", "smtp://ann:secret@127.0.0.1:9")
    said = shop.refused("digest", "--star", "shop", "--send", "--tries", 1)
    assert "did not go out to team@example.com: Connection refused" in said
    assert "secret" not in said
    assert sent_rows(shop) == []
    monkeypatch.setenv("NSM_DIGEST_TO", "team@example.com\nBcc:x@y.z<")
    assert "neither a mail address" in shop.refused("digest", "--star", "shop", "--send")


def test_it_waits_for_the_week_and_for_the_usual_lateness(shell, mailbox):
    star = definition("shop", "orders", ["visits"])
    filled(shell, star, until=week_end(LAST) - DAY)
    assert "6 of its 7 days. Nothing was sent" in shell.ok("digest", "--star", "shop", "--send")

    late = star.replace("aggregate: sum}", "aggregate: sum, lateness: 9}", 1)
    filled(shell, late, until=week_end(LAST))
    said = shell.ok("digest", "--star", "shop", "--send", "--week-ending", week_end(LAST))
    assert "goes out from" in said
    assert mailbox.mails == []
    assert sent_rows(shell) == []
    shell.ok("digest", "--star", "shop", "--send")
    due = last_complete_week(TODAY - 9 * DAY, 0)
    assert next(mailbox.mails[0][1].iter_attachments()).get_filename() == (
        f"shop-{week_end(due)}.html"
    )


def test_a_service_gets_the_summary_and_its_address_is_never_said(shop, monkeypatch):
    got: list[dict[str, Any]] = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(json.loads(body))
            self.send_response(500 if len(got) == 1 else 200)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"json://127.0.0.1:{server.server_port}/secret-token"
        monkeypatch.setenv("NSM_DIGEST_TO", address)
        said = shop.refused("digest", "--star", "shop", "--send", "--tries", 1)
        assert "did not go out to json: the service did not take it" in said
        assert sent_rows(shop) == []
        said += shop.ok("digest", "--star", "shop", "--send")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

    assert "secret" not in said
    assert len(got) == 2
    assert "visits fell" in got[1]["message"]
    assert got[1]["title"].startswith("Shop, week of")
    monkeypatch.setenv("NSM_DIGEST_TO", "nothing://secret")
    said = shop.refused("digest", "--star", "shop", "--send")
    assert "nothing:// address that apprise cannot use" in said
    assert "secret" not in said
