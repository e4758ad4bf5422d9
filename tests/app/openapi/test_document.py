"""Schemathesis asks a real server whatever the document allows, and what it does not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.server import ROOT, Nursery
from tests.profiles import draws_anew, examples

KEY = "a-key-for-the-specification"
LIMITS = {  # so that no request that is made up can take long
    "max_body_bytes": 1_000_000,
    "max_curve_k": 50,
    "max_k_values": 10,
    "max_pairs": 100_000,
    "max_places": 100_000,
    "max_scored_pairs": 2_000_000,
    "max_simulations": 200,
    "max_solve_seconds": 60,
    "max_streamers": 200,
    "max_users": 1_000,
}
REPLACED = (
    # A schema cannot say all that a request must be: `valid_requests_are_taken` has a closed list
    # of what else may be refused, and fails as this one does on anything beyond it.
    "positive_data_acceptance",
    # Passes over unknown parameters but where a header beside them is a whole number, which it
    # takes for text: `invalid_requests_are_refused` fails as it does, but for those.
    "negative_data_rejection",
    # Takes every DELETE for a deletion, also one that answers 200 with what it has cancelled and
    # kept: `what_is_deleted_is_gone` fails as this one does, but for those.
    "use_after_free",
)
HOOKS = "tests.app.openapi_checks"
OWN = ("invalid_requests_are_refused", "valid_requests_are_taken", "what_is_deleted_is_gone")
COMMAND = Path(sys.executable).with_name("st")


@pytest.mark.slow
def test_schemathesis_finds_nothing(servers: Nursery, tmp_path: Path) -> None:
    server = servers.start(tmp_path, api_keys=KEY, **LIMITS)
    server.wait_until_ready()
    report = tmp_path / "report.ndjson"

    run = subprocess.run(
        [
            COMMAND, "run", f"{server.client.base_url}/openapi.json",
            "--header", f"Authorization: Bearer {KEY}",
            "--exclude-checks", ",".join(REPLACED),
            "--max-examples", str(examples(14).max_examples),
            *([] if draws_anew() else ["--generation-deterministic"]),
            "--request-timeout", "60",
            "--report", "ndjson", "--report-ndjson-path", report,
        ],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": HOOKS},
        capture_output=True, text=True, timeout=500,
    )  # fmt: skip

    assert run.returncode == 0, run.stdout + run.stderr
    ran = set(re.findall('"name": ?"([a-z_]+)"', report.read_text()))
    assert {"not_a_server_error", "ignored_auth", *OWN} <= ran
    links = re.search(r"API Links: +(\d+) covered", run.stdout)
    assert links is not None
    assert int(links[1]) > 0
