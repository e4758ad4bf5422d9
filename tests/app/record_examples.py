"""Ask a server the document's examples, and write down its answers as the document's own.

`python -m tests.app.record_examples`, when answers have changed.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import httpx

from app.openapi.bodies import SMALL_TABLE, examples

from .server import ROOT, server

ANSWERS = ROOT / "app" / "openapi" / "answers.json"
LATER = {"Prefer": "respond-async"}
ODD_TABLE = "uid,room,p,spend\nu0,s0,3.5,100\nu0,s1,2,100\n"
"""Pairs whose headings do not say so."""

LONG = {"simulations": 1000}


def record(client: httpx.Client) -> dict[str, dict[str, Any]]:
    """Return every answer that the document shows, by operation and name."""
    problem, sweep, own = map(examples, ("AllocateRequest", "SweepRequest", "OwnSweepRequest"))

    def posted(route: str, body: Any, **headers: str) -> Any:
        return client.post(route, json=body, headers=headers).raise_for_status().json()

    def previewed(table: str) -> Any:
        files = {"table": ("ev.csv", table)}
        return client.post("/tables/preview", files=files).raise_for_status().json()

    whale, search, matrix = (
        f"/experiments/{name}" for name in ("whale-sweep", "find-settings", "own-sweep")
    )
    done = posted(whale, sweep[0])
    at = f"/experiments/{done['id']}"
    cancelled = posted(whale, LONG, **LATER)["links"]["self"]
    cancelled = client.delete(cancelled).raise_for_status().json()
    answers = {
        "post_allocate": {
            "allocation": posted("/allocate", problem[0]),
            "validate_only": posted("/allocate?validate_only=true", problem[0]),
            "accepted": posted("/allocate", problem[0], **LATER),
            "fair": posted("/allocate", problem[3]),
        },
        "post_explained": {"allocation": posted("/allocate/explained", problem[0])},
        "post_curve": {"curve": posted("/allocate/curve", examples("CurveRequest")[0])},
        "post_frontier": {
            "frontier": posted("/allocate/frontier", examples("FrontierRequest")[0]),
            "accepted": posted("/allocate/frontier", examples("FrontierRequest")[0], **LATER),
        },
        "post_preview": {"preview": previewed(SMALL_TABLE), "fault": previewed(ODD_TABLE)},
        "post_whale_sweep": {"done": done, "accepted": posted(whale, sweep[0], **LATER)},
        "post_find_settings": (
            searches := {
                "done": posted(search, sweep[0]),
                "accepted": posted(search, sweep[0], **LATER),
            }
        ),
        "post_find_gate": searches,
        "post_own_sweep": {
            "done": posted(matrix, own[0]),
            "accepted": posted(matrix, own[0], **LATER),
        },
        "get_experiment": {"done": client.get(at).json()},
        "patch_experiment": {
            "labelled": client.patch(at, json=examples("LabelsRequest")[0]).json(),
        },
        "get_result": {"sweep": done},
        "get_figures": {"names": client.get(f"{at}/figures").json()},
        "delete_experiment": {"cancelled": cancelled},
        "healthz": {"alive": client.get("/healthz").json()},
        "readyz": {"ready": client.get("/readyz").json()},
    }
    answers["get_experiments"] = {"list": client.get("/experiments", params={"limit": 2}).json()}
    return answers


def main() -> None:
    with tempfile.TemporaryDirectory() as directory, server(Path(directory)) as one:
        one.wait_until_ready()
        answers = record(one.client)
    ANSWERS.write_text(_written(answers), encoding="utf-8")


def _written(answers: dict[str, dict[str, Any]]) -> str:
    """Return the answers as JSON, each on a line of its own."""
    operations = (
        f'"{operation}": {{\n'
        + ",\n".join(
            f'  "{name}": {json.dumps(each, ensure_ascii=False)}' for name, each in named.items()
        )
        + "\n}"
        for operation, named in answers.items()
    )
    return "{" + ",\n".join(operations) + "}\n"


if __name__ == "__main__":
    main()
