"""Every command on a small star of its own, and every way in which it may be called wrongly."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Shell, definition
from tests.days import each_day

COMMANDS = ("demo", "apply", "export", "load", "review", "leads", "candidates", "stars")
SHOP = definition("shop", "orders", ["visits"], week_start="sunday")


def wide(first: str, last: str) -> str:
    days = each_day(first, last, 100)
    return "date,orders,visits\n" + "".join(
        f"{day},{value},{value * 3 + day.day % 5}\n" for day, value in days.items()
    )


@pytest.fixture(scope="module")
def shop(shared_shell: Shell) -> Shell:
    shared_shell.ok("apply", shared_shell.write("shop.yaml", SHOP))
    shared_shell.ok(
        "load", shared_shell.write("days.csv", wide("2022-01-01", "2024-03-20")), "--star", "shop"
    )
    return shared_shell


def test_apply_says_what_it_did_and_export_writes_back_what_was_applied(shell: Shell) -> None:
    path = shell.write("shop.yaml", SHOP)

    assert "created" in shell.ok("apply", path)
    assert "nothing changed" in shell.ok("apply", path)
    exported = shell.write("again.yaml", shell.ok("export", "shop"))
    assert "nothing changed" in shell.ok("apply", exported)
    assert yaml.safe_load(exported.read_text(encoding="utf-8"))["north_star"] == "orders"
    changed = shell.write("changed.yaml", SHOP.replace("name: orders", "name: Orders"))
    assert "1 change" in shell.ok("apply", changed)


def test_load_counts_and_a_dry_run_writes_nothing(shell: Shell) -> None:
    shell.ok("apply", shell.write("shop.yaml", SHOP))
    days = shell.write("days.csv", wide("2024-01-01", "2024-01-10"))

    dry = json.loads(shell.ok("load", days, "--star", "shop", "--dry-run", "--json"))
    assert "dry run" in shell.ok("load", days, "--star", "shop", "--dry-run")
    first = json.loads(shell.ok("load", days, "--star", "shop", "--json"))
    again = json.loads(shell.ok("load", days, "--star", "shop", "--json"))

    assert (dry["dry_run"], first["dry_run"]) == (True, False)
    assert dry["new"] == first["new"] == again["unchanged"] == 20
    assert (again["new"], again["changed"]) == (0, 0)


def test_a_bad_value_stops_the_load_and_is_listed_with_its_line(shell: Shell) -> None:
    shell.ok("apply", shell.write("shop.yaml", SHOP))
    bad = shell.write("bad.csv", "date,orders\n2024-01-01,5\n2024-01-02,#REF!\n2024-01-03,7\n")
    call = ("load", bad, "--star", "shop")

    stopped = shell.run(*call)
    as_json = shell.run(*call, "--json")
    skipped = json.loads(shell.ok(*call, "--skip-bad", "--json"))

    assert stopped.returncode == as_json.returncode == 1
    assert stopped.stderr.count("\n") == as_json.stderr.count("\n") == 1
    assert "line 3, orders: '#REF!'" in stopped.stdout
    # The list says what is wrong, the error where it begins: neither says it twice.
    assert "line 3, column orders" in stopped.stderr
    assert "#REF!" not in stopped.stderr
    (row,) = json.loads(as_json.stdout)["rejected_rows"]
    assert (row["line"], row["column"], row["value"]) == (3, "orders", "#REF!")
    assert json.loads(as_json.stdout)["new"] == 0
    assert (skipped["new"], skipped["rejected"]) == (2, 1)


def test_equal_reasons_are_listed_together_and_known_metrics_named_once(shell: Shell) -> None:
    shell.ok("apply", shell.write("shop.yaml", SHOP))
    rows = ["foo,1", "bar,1", "orders,x", "foo,2", "foo,3"]
    bad = shell.write(
        "bad.csv",
        "\n".join(["date,metric,value", *(f"2024-01-0{n},{row}" for n, row in enumerate(rows, 1))]),
    )

    assert shell.run("load", bad, "--star", "shop").stdout.splitlines() == [
        "  lines 2, 3, 5 and 6, metric: 'foo', 'bar' is no metric of the star",
        "  line 4, value: 'x' is not a number",
        "  shop has the metrics orders, visits.",
    ]


def test_a_file_wrong_in_every_line_is_not_read_to_its_end(shell: Shell) -> None:
    shell.ok("apply", shell.write("shop.yaml", SHOP))
    bad = shell.write("bad.csv", "date,orders\n" + "2024-01-01,x\n" * 150_000)

    done = shell.run("load", bad, "--star", "shop", "--json")

    assert json.loads(done.stdout)["rejected"] == 100_000
    assert "stopped at line 100,001" in json.loads(done.stdout)["warnings"][0]
    assert "stopped at line 100,001" in done.stderr


def test_a_load_refused_in_more_lines_than_are_listed_counts_them_all(shell: Shell) -> None:
    shell.ok("apply", shell.write("shop.yaml", SHOP))
    bad = shell.write("bad.csv", "date,orders\n" + "2024-01-01,x\n" * 10_500)

    text = shell.run("load", bad, "--star", "shop")
    answer = json.loads(shell.run("load", bad, "--star", "shop", "--json").stdout)

    assert "10,500 values were rejected" in text.stderr
    assert "lines 2, 3, 4, 5, 6, 7 and 9,994 more, orders: 'x' is not" in text.stdout
    assert "... and 500 more" in text.stdout
    assert (answer["rejected"], len(answer["rejected_rows"])) == (10_500, 10_000)


def test_review_answers_people_and_scripts_with_the_same_figures(shop: Shell) -> None:
    found = json.loads(shop.ok("review", "--star", "shop", "--json"))
    text = shop.ok("review", "--star", "shop")

    assert found["week_ending"] == "2024-03-16"
    assert list(found["metrics"]) == ["orders", "visits"]
    orders = found["metrics"]["orders"]
    days = each_day("2022-01-01", "2024-03-20", 100)
    assert orders["last_week"] == sum(
        value for day, value in days.items() if dt.date(2024, 3, 10) <= day <= dt.date(2024, 3, 16)
    )
    assert orders["ytd_yoy"] > 0
    assert orders["reasons"] == {}
    first, _, *table = text.splitlines()
    assert first.startswith("orders rose")
    assert [line.split()[0] for line in table[1:3]] == ["orders", "visits"]
    assert all(len(line) < 110 for line in table)
    for command in ("review", "leads"):
        warned = shop.run(command, "--star", "shop").stderr
        assert warned.startswith("Warning: The data of orders go to Wed 20 Mar 2024: ")
        assert warned.endswith("days late.\n")
    assert shop.run("review", "--star", "shop", "--json").stderr == ""


def test_leads_answers_people_and_scripts(shop: Shell) -> None:
    found = json.loads(shop.ok("leads", "--star", "shop", "--max-lag", "4", "--json"))

    assert (found["star"], found["target"], found["max_lag"]) == ("shop", "orders", 4)
    assert set(found["inputs"][0]) == {
        *("input", "verdict", "lag", "lag_low", "lag_high", "effect", "effect_low", "effect_high"),
        *("effect_unit", "p_adjusted", "reverse_p_adjusted", "weeks_needed"),
        *("smallest_detectable_effect", "warnings"),
    }
    assert "visits" in shop.ok("leads", "--star", "shop")
    assert found["results"] == []


def test_candidates_answer_people_and_scripts(shell: Shell) -> None:
    result = "\n  revenue: {name: revenue, role: result, aggregate: sum}"
    other = "\n  noise: {name: noise, role: candidate, aggregate: sum}"
    shell.ok("apply", shell.write("shop.yaml", SHOP.rstrip() + result + other))
    days = [dt.date(2022, 1, 2) + dt.timedelta(days=n) for n in range(700)]
    chance = random.Random(1)
    rows = [f"{day},{','.join(str(chance.randrange(50, 150)) for _ in range(4))}" for day in days]
    head = "date,orders,visits,revenue,noise"
    shell.ok("load", shell.write("days.csv", "\n".join([head, *rows])), "--star", "shop")

    found = json.loads(shell.ok("candidates", "--star", "shop", "--max-lag", "4", "--json"))
    (row,) = found["candidates"]
    assert (found["target"], found["max_lag"], found["false_share"]) == ("orders", 4, 0.1)
    assert (row["star"], row["metric"], row["listed"]) == ("shop", "noise", row["q"] <= 0.1)
    assert "one in ten" in shell.ok("candidates", "--star", "shop", "--everywhere")
    (told,) = json.loads(shell.ok("leads", "--star", "shop", "--json"))["results"]
    assert (told["result"], told["input"], told["alpha"]) == ("revenue", "orders", 0.05)


def test_stars_are_listed_with_the_day_their_history_goes_to(shop: Shell) -> None:
    (row,) = json.loads(shop.ok("stars", "--json"))

    assert (row["star"], row["metrics"], row["simulated"]) == ("shop", 2, False)
    assert row["data_to"] == "2024-03-20"
    assert "2024-03-20" in shop.ok("stars")


def test_an_empty_database_says_how_to_fill_it(shell: Shell) -> None:
    assert "nsm apply" in shell.ok("stars")
    assert json.loads(shell.ok("stars", "--json")) == []
    assert "nope" in shell.refused("review", "--star", "nope")


def test_the_demo_fills_an_empty_database_only_once(shell: Shell) -> None:
    first = shell.ok("demo", "--if-empty")

    assert first.count("simulated") == 2
    assert "already" in shell.ok("demo", "--if-empty")
    assert {row["simulated"] for row in json.loads(shell.ok("stars", "--json"))} == {True}


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (("review", "--star", "shoe"), "shop"),
        (("export", "shoe"), "shop"),
        (("leads", "--star", ""), "no star"),
        (("load", "missing.csv", "--star", "shop"), "missing.csv"),
        (("load", ".", "--star", "shop"), "Error"),
        (("apply", "missing.yaml"), "missing.yaml"),
        (("apply", "days.csv"), "days.csv"),
        (("load", "shop.yaml", "--star", "shop"), "shop.yaml"),
        (("review", "--star", "shop", "--week-ending", "2024-03-15"), "Saturday"),
        (("review", "--star", "shop", "--week-ending", "2999-01-05"), "not over"),
        (("load", "days.csv", "--star", "shop", "--as-of", "2999-01-01"), "future"),
        (("load", "days.csv", "--star", "\x1b[31mx\u202e"), "U+001B"),
        (("demo", "--seed", "-1"), "seed"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_1(
    shop: Shell, call: tuple[str, ...], says: str
) -> None:
    message = shop.refused(*call)

    assert says in message
    assert message.startswith("Error: ")
    assert "\x1b" not in message


@pytest.mark.parametrize(
    "call",
    [
        ("bogus",),
        ("review",),
        ("review", "--star", "shop", "--week-ending", "soon"),
        ("review", "--star", "shop", "--months", "lunar"),
        ("leads", "--star", "shop", "--max-lag", "0"),
        ("load", "--star", "shop"),
        ("stars", "--no-such-option"),
        ("export",),
    ],
)
def test_a_wrong_call_is_one_line_with_where_to_look_and_exit_code_2(
    shop: Shell, call: tuple[str, ...]
) -> None:
    assert "--help" in shop.refused(*call, code=2)


@pytest.mark.parametrize("call", [("review",), ("leads", "--json"), ("load", "x"), ("export",)])
def test_a_call_without_its_star_names_those_there_are(shop: Shell, call: tuple[str, ...]) -> None:
    assert "Known stars: shop." in shop.refused(*call, code=2)


def test_a_database_that_lost_a_table_is_named_as_that(shell: Shell) -> None:
    shell.ok("apply", shell.write("shop.yaml", SHOP))
    with contextlib.closing(sqlite3.connect(shell.folder / "nsm.db")) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DROP TABLE observation")
        connection.commit()

    message = shell.refused(
        "load", shell.write("days.csv", wide("2024-01-01", "2024-01-02")), "--star", "shop"
    )

    assert "nsm.db lacks a table" in message
    assert "running" not in message


def test_ctrl_c_while_the_commands_are_imported_is_one_line(shell: Shell) -> None:
    # The moment is set by what is imported, not by a clock.
    code = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Watch:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name == sys.argv[1]: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Watch())\n"
        "import nsm.cli\n"
        "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler\n"
    )
    ended = [
        subprocess.run(
            [sys.executable, "-c", code, when],
            env=shell.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for when in ("click", "nsm.cli.running", "never")
    ]

    assert [(one.returncode, one.stderr) for one in ended] == [
        (130, "Error: Stopped.\n"),
        (130, "Error: Stopped.\n"),
        (0, ""),
    ]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_has_help_that_needs_no_database(shell: Shell, command: str) -> None:
    text = shell.ok(*filter(None, [command]), "--help")

    assert text.startswith(f"Usage: nsm {command}".rstrip())
    assert not (shell.folder / "nsm.db").exists()


def test_help_is_quick_because_it_loads_nothing_heavy(shell: Shell) -> None:
    code = (
        "import sys, nsm.cli; print(sorted({'pandas', 'sqlalchemy', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=shell.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "NSM_DATABASE_URL"),
        ("sqlite:////proc/nothing/here.db", "Error"),
        ("postgresql+psycopg://someone:hunter2@127.0.0.1:1/nsm", "Error"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line_without_its_password(
    shell: Shell, url: str, says: str
) -> None:
    done = shell.run("stars", NSM_DATABASE_URL=url)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    assert "hunter2" not in done.stderr


def test_a_reader_that_goes_away_is_no_fault(shop: Shell) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "nsm", "review", "--star", "shop", "--json"],
        cwd=shop.folder,
        env=shop.environment,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=240,
    )
    os.close(writing)

    assert done.returncode == 1
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_under_the_output_is_one_line(shop: Shell) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "nsm", "export", "shop"],
            env=shop.environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=240,
        )

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1


def test_text_reaches_a_terminal_that_knows_only_ascii(shop: Shell) -> None:
    done = shop.run("review", "--star", "shop", PYTHONIOENCODING="ascii", PYTHONUTF8="0")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("orders rose")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system has no /proc")
def test_stopping_a_load_leaves_the_store_as_it_was(shell: Shell) -> None:
    days = wide("1990-01-01", "2023-12-31").splitlines()
    big = shell.write("big.csv", "\n".join([days[0], *days[1:] * 20]))
    # On a busy machine a signal may come when all is written: that load has happened whole.
    for star in ("one", "two", "three", "four", "five"):
        shell.ok("apply", shell.write(f"{star}.yaml", SHOP.replace("star: shop", f"star: {star}")))
        code, errors = stopped(shell, star, big)
        data_to = {row["star"]: row["data_to"] for row in json.loads(shell.ok("stars", "--json"))}
        if code == 130:
            assert errors.splitlines() == ["Error: Stopped."]
            assert data_to[star] is None
            return
        assert (code, data_to[star]) == (0, "2023-12-31")
    pytest.fail("five loads ended before the signal that should have stopped them")


def stopped(shell: Shell, star: str, file: Path) -> tuple[int, str]:
    """How a load ends that gets Ctrl-C as soon as it reads its file: exit code and errors."""
    process = subprocess.Popen(
        [sys.executable, "-m", "nsm", "load", str(file), "--star", star],
        cwd=shell.folder,
        env=shell.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What runs in the background of a shell inherits a Ctrl-C that is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while process.poll() is None and not reads(process.pid, file):
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


def reads(pid: int, path: Path) -> bool:
    """Whether the process has the file open."""
    try:
        return any(link.resolve() == path for link in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False
