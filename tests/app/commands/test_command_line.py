"""The command line, in a real subprocess."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import httpx
import numpy as np
import pytest

from app.cli import COMMANDS
from messages import Message
from simulator import headline, read_study
from tests.app.conftest import COMMAND, ROOT, Run

CONFIGS = ROOT / "configs"


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """Return the list of messages with which commands in this process end."""
    messages: list[Message] = []

    def render(message: Message) -> str:
        messages.append(message)
        return str(message)

    monkeypatch.setattr("app.cli.render_for_command", render)
    return messages


@pytest.fixture
def arrays(tmp_path: Path) -> Path:
    """Three users, the first two of them whales who want streamer 0."""
    np.save(tmp_path / "ev.npy", np.array([[9.0, 1.0], [8.0, 7.0], [5.0, -np.inf]]))
    np.save(tmp_path / "wealth.npy", np.array([30.0, 20.0, 10.0]))
    np.save(tmp_path / "capacity.npy", np.array([2, 1]))
    np.save(tmp_path / "k.npy", np.array([1, 1]))
    return tmp_path


def test_allocate_writes_the_answer_of_the_service(run: Run, arrays: Path) -> None:
    done = run(
        "allocate", "--ev", "ev.npy", "--wealth", "wealth.npy", "--whale-share", "0.67",
        "--k", "k.npy", "--capacity", "capacity.npy", "--output", "out/allocation.json",
    )  # fmt: skip
    answer = json.loads((arrays / "out" / "allocation.json").read_text())

    assert done.returncode == 0, done.stderr
    assert done.stdout == ("Total EV 21; whale tier proven optimal. → out/allocation.json\n")
    assert answer["allocations"] == {"0": "0", "1": "1", "2": "0"}
    assert answer["shadow_prices"]["whale_cap"] == {"0": 1.0}


def test_allocate_ends_with_a_warning_where_whales_have_no_streamer(
    run_here: Run, arrays: Path
) -> None:
    done = run_here(
        "allocate", "--ev", arrays / "ev.npy", "--wealth", "wealth.npy", "--whale-share", "1",
        "--k", "1", "--output", "a.json",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == (
        "Warning: 1 of 3 whales has no streamer: k · streamers = 2 slots."
    )


def test_allocate_meets_guarantees_at_negative_ev_where_it_is_told_to(
    run_here: Run, arrays: Path
) -> None:
    np.save(arrays / "distance.npy", -np.array([[1.5, 4.0], [2.0, 0.5], [3.0, 2.5]]))
    told = (
        "--ev", "distance.npy", "--wealth", "wealth.npy", "--whale-share", "1", "--k", "3",
        "--min-users", "1", "--output", "a.json",
    )  # fmt: skip
    strict, allowed = (
        run_here("allocate", *told),
        run_here("allocate", *told, "--allow-negative-ev"),
    )
    curve = run_here("curve", *told, "--allow-negative-ev", "--k-max", "2")

    assert strict.returncode == 1
    assert "at an EV of 0 or more; allow_negative_ev meets all guarantees." in strict.stderr
    assert allowed.stdout.splitlines()[0].startswith("Total EV -2; whale tier proven optimal.")
    assert curve.stdout.splitlines()[-1] == "Whale tier -2 at k = 1, -2 at k = 2. → a.json"


def test_allocate_takes_the_top_percent_for_whales_by_default(run_here: Run, arrays: Path) -> None:
    run_here(
        "allocate", "--ev", "ev.npy", "--wealth", "wealth.npy", "--k", "2", "--output", "a.json"
    )

    assert json.loads((arrays / "a.json").read_text())["whales"] == ["0"]


def test_allocate_takes_every_limit_of_the_service(run_here: Run, arrays: Path) -> None:
    np.save(arrays / "least.npy", np.array([0, 1]))
    done = run_here(
        "allocate", "--ev", "ev.npy", "--wealth", "wealth.npy", "--whale-share", "1",
        "--whale-penalty", "0,0.5,20", "--min-users", "least.npy",
        "--max-streamers-per-user", "2", "--tolerance", "0.5", "--fill", "none",
        "--output", "allocation.json",
    )  # fmt: skip
    answer = json.loads((arrays / "allocation.json").read_text())

    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "Total EV less penalties 24; whale tier proven optimal. → allocation.json\n"
        "Warning: 1 of 3 whales has no streamer: one more whale costs more than they are worth "
        "wherever there is room.\n"
    )
    assert answer["allocations"] == {"0": ["0", "1"], "1": ["0", "1"], "2": []}
    assert answer["objective"] == {"whale": 25.0, "normal": 0.0, "penalty": 1.0, "total": 24.0}


def test_curve_writes_the_answer_of_the_service(run_here: Run, arrays: Path) -> None:
    done = run_here(
        "curve", "--ev", "ev.npy", "--wealth", "wealth.npy", "--whale-share", "1",
        "--k", "k.npy", "--k-max", "3", "--output", "out/curve.json",
    )  # fmt: skip
    answer = json.loads((arrays / "out" / "curve.json").read_text())

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        *answer["notes"],
        "Whale tier 16 at k = 1, 22 at k = 3. → out/curve.json",
    ]
    assert answer["k"] == [1, 2, 3]
    assert answer["objective"] == [16.0, 21.0, 22.0]
    assert answer["slot_gain"] == {"0": 5.0}


def test_curve_needs_no_k_and_goes_to_20_by_default(run_here: Run, arrays: Path) -> None:
    run_here("curve", "--ev", "ev.npy", "--wealth", "wealth.npy", "--output", "curve.json")

    assert json.loads((arrays / "curve.json").read_text())["k"] == [*range(1, 21)]


MATRIX = "--ev ev.npy --wealth wealth.npy"
SOME = "--k 1 --output a.json"

MISSING = Message("system_error", name="ENOENT", text="No such file or directory")
DIRECTORY = Message("system_error", name="EISDIR", text="Is a directory")

UNKNOWN_SETTING = Message(
    "setting_unknown",
    known=(
        "policies",
        "k_values",
        "whale_shares",
        "capacity_scales",
        "algorithms",
        "spend_caps",
        "alphas",
        "thetas",
        "fairness_offset",
        "fairness_horizon",
        "fairness_every",
        "min_users",
        "whales_respect_capacity",
        "simulations",
        "until_decided",
        "rounds",
        "checkpoints",
        "users_per_round",
        "seed",
        "draws",
        "minimum_effect",
        "world",
    ),
    received="k_value",
)
"""What a configuration with the key k_value, instead of k_values, is refused with."""

BAD_CALLS = [
    ("allocate", Message("missing_option", option="--output")),
    ("nonsense", Message("no_such_command", name="nonsense")),
    (f"allocate --ev no.npy {SOME}", Message("file_error", problem=MISSING, path="no.npy")),
    (f"allocate --ev text.npy {SOME}", Message("npy_file_expected", path="text.npy")),
    (f"allocate --ev pickle.npy {SOME}", Message("npy_file_expected", path="pickle.npy")),
    (
        f"allocate --ev wealth.npy {SOME}",
        Message("dimensions_expected", field="ev", dimensions=2, type="float64", shape="(3,)"),
    ),
    (
        f"allocate --ev nan.npy --wealth wealth.npy {SOME}",
        Message("ev_out_of_range", user=0, streamer=1, received="nan"),
    ),
    (f"allocate --ev ev.npy {SOME}", Message("wealth_missing", rule="whale_share")),
    (
        f"allocate {MATRIX} --k -1 --output a.json",
        Message("cap_out_of_range", field="k", bound="least", received="-1"),
    ),
    (
        f"allocate {MATRIX} --k few --output a.json",
        Message("cap_option_expected", field="k", received="few"),
    ),
    (f"allocate {MATRIX} --k 1 --output .", Message("file_error", problem=DIRECTORY, path=".")),
    (f"allocate {MATRIX} --output a.json", Message("k_or_penalty_missing")),
    (
        f"allocate {MATRIX} {SOME} --whale-penalty 0,few",
        Message("list_option_expected", field="whale_penalty", items="numbers", received="0,few"),
    ),
    (
        f"allocate {MATRIX} {SOME} --whale-penalty nan",
        Message("penalty_out_of_range", whale=1, received="nan"),
    ),
    (
        f"allocate {MATRIX} {SOME} --whale-penalty 5,1",
        Message("penalty_not_convex", whale=2, price=1.0, before=5.0),
    ),
    (
        f"allocate {MATRIX} {SOME} --min-users 9",
        Message("guarantee_above_limit", limit="users", streamer="0", needed=9, room=3),
    ),
    (
        f"allocate {MATRIX} {SOME} --max-streamers-per-user 0",
        Message(
            "bound_expected",
            field="max_streamers_per_user",
            bound="at_least",
            limit=1,
            received="0",
        ),
    ),
    (
        f"allocate {MATRIX} {SOME} --tolerance 2",
        Message("bound_expected", field="tolerance", bound="at_most", limit=1.0, received="2.0"),
    ),
    (
        f"curve {MATRIX} --k-max 0 --output a.json",
        Message("bound_expected", field="k_max", bound="at_least", limit=1, received="0"),
    ),
    (
        f"curve {MATRIX} --k-max 2000 --output a.json",
        Message("k_max_limited", most=1000, received=2000),
    ),
    (
        f"curve {MATRIX} --min-users 2 --output a.json",
        Message(
            "guarantees_unmet",
            goal="curve",
            k_max=20,
            streamers=("1",),
            count=1,
            needed=2,
            able="whales",
            possible=1,
            reason="none",
            remedies="",
        ),
    ),
    (
        "sweep --config no.yaml --output a.json",
        Message("file_error", problem=MISSING, path="no.yaml"),
    ),
    (
        "sweep --config broken.yaml --output a.json",
        Message(
            "yaml_wrong_at", path="broken.yaml", line=1, column=14, fault=Message("yaml_unclosed")
        ),
    ),
    (
        "sweep --config typo.yaml --output a.json",
        UNKNOWN_SETTING,
    ),
]


UNREADABLE = [
    ("no.json", Message("file_error", problem=MISSING, path="no.json")),
    ("broken.yaml", Message("json_wrong_at", path="broken.yaml", line=1, column=1)),
    ("list.json", Message("verify_object", path="list.json")),
    ("empty.json", Message("verify_without", path="empty.json", part="config")),
    (".", Message("file_error", problem=DIRECTORY, path=".")),
    ("own.json", Message("verify_of_matrix", path="own.json")),
    (
        "typo.json",
        Message(
            "verify_config",
            path="typo.json",
            reason=UNKNOWN_SETTING,
        ),
    ),
]


@pytest.mark.parametrize(("name", "reason"), UNREADABLE)
def test_what_cannot_be_read_is_told_from_what_differs(
    run_here: Run, refusals: list[Message], tmp_path: Path, name: str, reason: Message
) -> None:
    (tmp_path / "broken.yaml").write_text("k_values: [1,")
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "empty.json").write_text("{}")
    for kind, config in (("own", {"gift_probability": 0.015}), ("typo", {"k_value": 1})):
        (tmp_path / f"{kind}.json").write_text(json.dumps({"config": config, "runs": []}))

    done = run_here("verify", "--results", name)

    assert done.returncode == 2
    assert refusals == [reason]
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_verify_that_is_asked_for_nothing_says_no_figure_differs(run_here: Run) -> None:
    done = run_here("verify")

    assert (done.returncode, done.stderr) == (2, "Missing option '--results'.\n")


def test_settings_that_are_wrong_are_named_as_they_were_given(
    run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHALE_RETENTION_DAYS", "-1")
    monkeypatch.setenv("WHALE_MAX_QUEUE", "many")
    monkeypatch.setenv("WHALE_API_KEYS", "secret")

    ended = run_here("experiments", "list")

    assert ended.returncode == 1
    lines = dict(line.split(": ", 1) for line in ended.stderr.splitlines())
    assert lines.keys() == {"WHALE_API_KEYS", "WHALE_MAX_QUEUE", "WHALE_RETENTION_DAYS"}
    assert lines["WHALE_RETENTION_DAYS"].endswith("greater than or equal to 0; got '-1'.")
    assert lines["WHALE_API_KEYS"] == "Expected key 1 as at least 16 ASCII characters."


def test_the_command_tells_its_version(run_here: Run) -> None:
    done = run_here("--version")

    assert (done.returncode, done.stdout) == (0, f"whale-matching {version('whale-matching')}\n")


def test_a_shell_completes_commands_and_options(tmp_path: Path) -> None:
    def completed(line: str) -> str:
        asked = {
            "_WHALE_MATCHING_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(line.count(" ")),
        }
        return subprocess.run(
            [COMMAND], cwd=tmp_path, env={**os.environ, **asked},
            capture_output=True, text=True, timeout=120,
        ).stdout  # fmt: skip

    assert "sweep" in completed("whale-matching sw")
    assert "--whale-share" in completed("whale-matching allocate --whale-s")


@pytest.mark.parametrize(("call", "reason"), BAD_CALLS)
def test_a_mistake_ends_in_one_sentence_and_exit_code_1(
    run_here: Run, refusals: list[Message], arrays: Path, call: str, reason: Message
) -> None:
    (arrays / "text.npy").write_text("hello")
    np.save(arrays / "pickle.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.save(arrays / "nan.npy", np.array([[1.0, np.nan], [1, 1], [1, 1]]))
    (arrays / "broken.yaml").write_text("k_values: [1,")
    (arrays / "typo.yaml").write_text("k_value: [1]")

    done = run_here(*call.split())

    assert done.returncode == 1
    assert refusals == [reason]
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""
    assert not (arrays / "a").exists()


def test_without_arguments_the_command_says_what_it_can_do(run_here: Run) -> None:
    done = run_here()

    assert done.returncode == 0
    for name in COMMANDS:
        assert f"│ {name} " in done.stdout


def test_a_sweep_until_it_is_decided_stops_says_so_and_verifies(run: Run, tmp_path: Path) -> None:
    settings = {
        "k_values": [1, 60], "whale_shares": [0.2], "simulations": 60, "rounds": 3,
        "users_per_round": 50, "world": {"n_users": 200, "n_streamers": 20},
        "minimum_effect": {"revenue_pct": 50, "streamer_gini": 0.9},
    }  # fmt: skip
    (tmp_path / "sweep.yaml").write_text(json.dumps(settings))

    swept = run("sweep", "--config", "sweep.yaml", "--until-decided", "--output", "found.json")
    verified = run("verify", "--results", "found.json")

    assert swept.returncode == 0, swept.stderr
    result = json.loads((tmp_path / "found.json").read_text())
    assert result["stopping"]["parameters"]["simulations"] == 16
    assert len({row["seed"] for row in result["runs"]}) == 16
    assert result["config"]["until_decided"] is True
    assert result["stopping"]["text"] in swept.stdout
    assert verified.returncode == 0, verified.stderr


def test_only_drawn_markets_are_swept_until_decided(run_here: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "ev.npy", np.ones((2, 2)))
    ended = run_here("sweep", "--ev", "ev.npy", "--until-decided", "--output", "a.json")

    assert ended.returncode == 1
    assert ended.stderr.rstrip().endswith(str(Message("until_decided_without_config")))


def test_a_sweep_can_be_verified_and_a_changed_figure_is_named(run: Run, tmp_path: Path) -> None:
    swept = run("sweep", "--config", CONFIGS / "smoke.yaml", "--output", "results/smoke.json")
    verified = run("verify", "--results", "results/smoke.json")

    assert swept.returncode == 0, swept.stderr
    result = json.loads((tmp_path / "results" / "smoke.json").read_text())
    last = swept.stdout.splitlines()[-1]
    assert last == f"{headline(read_study(result))} → results/smoke.json"
    assert swept.stderr == ""  # a pipe gets no progress bar
    assert verified.returncode == 0, verified.stderr

    path = tmp_path / "results" / "smoke.json"
    result = json.loads(path.read_text())
    result["results"][1]["metrics"]["revenue"]["mean"] += 0.01
    path.write_text(json.dumps(result))
    changed = run("verify", "--results", "results/smoke.json")

    assert changed.returncode == 1
    assert changed.stderr.startswith("results[1].metrics.revenue.mean: expected ")


@pytest.mark.slow
def test_the_published_sweep_equals_the_published_table_and_verifies(
    run: Run, tmp_path: Path
) -> None:
    swept = run("sweep", "--config", CONFIGS / "published.yaml", "--output", "published.json")
    verified = run("verify", "--results", "published.json")

    assert swept.returncode == 0, swept.stderr
    assert verified.returncode == 0, verified.stderr

    path = tmp_path / "published.json"
    result = json.loads(path.read_text())
    result["runs"][0]["gifts"] += 1
    path.write_text(json.dumps(result))

    assert run("verify", "--results", "published.json").returncode == 1


def is_alive(group: int) -> bool:
    """Return whether any process of a process group is there still."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def members(group: int) -> set[int]:
    """Return the processes of a process group."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if int(stat.read_text().rpartition(")")[2].split()[2]) == group:
                found.add(int(stat.parent.name))
    return found


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_sweep_that_is_stopped_leaves_the_earlier_result_whole(
    tmp_path: Path, stop: signal.Signals
) -> None:
    earlier = '{"earlier": true}'
    (tmp_path / "result.json").write_text(earlier)
    (tmp_path / "long.yaml").write_text("simulations: 5000")
    command = [COMMAND, "sweep", "--config", "long.yaml"]
    process = subprocess.Popen(
        [*command, "--output", "result.json"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    wait_until(lambda: len(members(process.pid)) > 2)  # its workers are there, and at work
    process.send_signal(stop)
    try:
        process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    assert process.returncode != 0
    wait_until(lambda: not is_alive(process.pid))  # with the processes that it had started
    assert (tmp_path / "result.json").read_text() == earlier
    assert sorted(os.listdir(tmp_path)) == ["long.yaml", "result.json"]


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a server started from the command line."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen(
        [COMMAND, "serve", "--port", str(port)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(url))
        yield url
        process.terminate()
        log, _ = process.communicate(timeout=30)
        assert "Application shutdown complete" in log
        assert "Traceback" not in log


def test_serve_answers_over_a_real_connection_and_ends_cleanly(served: str) -> None:
    body = {"ev": [[9.0, 1.0], [8.0, 7.0]], "k": 1, "whales": ["0", "1"]}
    answer = httpx.post(f"{served}/allocate", json=body, timeout=60).json()

    assert answer["allocations"] == {"0": "0", "1": "1"}


def test_an_address_that_is_taken_is_told_in_a_sentence(run_here: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run_here("serve", "--port", port)

    assert done.returncode == 1
    assert done.stderr == (f"Cannot listen on 127.0.0.1, port {port}: Address already in use.\n")
