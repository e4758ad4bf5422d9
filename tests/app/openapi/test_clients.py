"""Clients that generators write from the document: whole, without a warning, and working."""

from __future__ import annotations

import importlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from app.main import create_app
from app.openapi.constraints import SMALL_SWEEP
from tests.app.conftest import ROOT
from tests.app.server import Nursery, wait_until

GENERATORS = ROOT / ".venv" / "clients"
SET_UP = "make clients"

# What a page would write with the types: it has to compile, and its last line must not.
TYPESCRIPT = """
import type { paths, components } from "./client";

type Operation = paths["/allocate"]["post"];
const body: Operation["requestBody"]["content"]["application/json"] = {
  ev: [[85.3, 12], [40.1, null]],
  k: 2,
  whales: ["0"],
};
type Answer = Operation["responses"]["200"]["content"]["application/json"];
export function proven(answer: Answer): boolean {
  return "certificate" in answer && answer.certificate.proven_optimal;
}
export function refused(problem: components["schemas"]["ProblemDetails"]): string {
  return (problem.errors ?? []).map(({ field, code }) => `${field}: ${code}`).join();
}
const later: paths["/experiments/whale-sweep"]["post"]["parameters"]["header"] = {
  prefer: "respond-async",
};
export default [body, later];
"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    path.write_text(json.dumps(create_app().openapi()))
    return path


@pytest.fixture
def client(document: Path, tmp_path: Path) -> Iterator[ModuleType]:
    """Generate a client in Python and import it."""
    if not (GENERATORS / ".installed").exists():
        pytest.fail(f"Expected generators in {GENERATORS}; run {SET_UP}.")
    command = [
        GENERATORS / "bin" / "openapi-python-client", "generate", "--path", document,
        "--meta", "none", "--fail-on-warning", "--output-path", tmp_path / "whale_client",
    ]  # fmt: skip
    path = f"{GENERATORS / 'bin'}:{os.environ['PATH']}"
    ran = subprocess.run(
        command, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "warning" not in (ran.stdout + ran.stderr).lower()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(tmp_path))
        yield importlib.import_module("whale_client")
        for name in [each for each in sys.modules if each.split(".")[0] == "whale_client"]:
            del sys.modules[name]


def operations(document: Path) -> set[str]:
    paths = json.loads(document.read_text())["paths"]
    return {each["operationId"] for item in paths.values() for each in item.values()}


@pytest.mark.slow
def test_a_client_in_python_calls_the_service(
    client: ModuleType, document: Path, servers: Nursery, tmp_path: Path
) -> None:
    package = Path(str(client.__file__)).parent
    generated = {each.stem for each in package.glob("api/*/*.py")} - {"__init__"}
    assert generated == operations(document)
    for each in package.glob("api/*/*.py"):
        importlib.import_module(".".join(each.relative_to(package.parent).with_suffix("").parts))

    server = servers.start(tmp_path / "data")
    called = client.Client(base_url=str(server.client.base_url), timeout=60)
    models = client.models = importlib.import_module("whale_client.models")
    allocation = importlib.import_module("whale_client.api.allocation.post_allocate")
    sweep = importlib.import_module("whale_client.api.experiments.post_whale_sweep")
    experiments = importlib.import_module("whale_client.api.experiments.get_experiments")
    figure = importlib.import_module("whale_client.api.experiments.get_figure")
    one = importlib.import_module("whale_client.api.experiments.get_experiment")
    delete = importlib.import_module("whale_client.api.experiments.delete_experiment")
    file = importlib.import_module("whale_client.types").File

    problem = {"ev": [[9.0, 1.0], [8.0, 7.0]], "k": 1, "whales": ["0", "1"]}
    answer = allocation.sync(client=called, body=models.AllocateRequest.from_dict(problem))
    assert answer.objective.total == 16.0
    assert answer.certificate.proven_optimal

    matrix = io.BytesIO()
    np.save(matrix, np.array(problem.pop("ev")))
    parts = models.PostAllocateFilesBody(
        problem=models.AllocateProblem.from_dict(problem), ev=file(io.BytesIO(matrix.getvalue()))
    )
    assert allocation.sync(client=called, body=parts).objective.total == 16.0

    refused = allocation.sync(client=called, body=models.AllocateRequest.from_dict({"ev": [[1.0]]}))
    assert (refused.code, refused.errors[0].field) == ("missing-field", "k")

    body = models.SweepRequest.from_dict(SMALL_SWEEP)
    accepted = sweep.sync_detailed(client=called, body=body, prefer="respond-async")
    assert accepted.status_code == 202
    id_ = accepted.parsed.id
    wait_until(lambda: one.sync(id_, client=called).state not in ("queued", "running"))
    assert one.sync(id_, client=called).state == "done"
    assert id_ in [each.id for each in experiments.sync(client=called).experiments]
    drawn = figure.sync(id_, "overload-by-k", models.GetFigureExtension.SVG, client=called)
    assert drawn.payload.read().startswith(b"<svg")
    assert delete.sync_detailed(id_, client=called).status_code == 204
    assert one.sync(id_, client=called).code == "unknown-experiment"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm to install it by")
def test_a_client_in_typescript_compiles(document: Path, tmp_path: Path) -> None:
    tools = GENERATORS / "node_modules" / ".bin"
    if not tools.exists():
        pytest.fail(f"Expected generators in {tools}; run {SET_UP}.")

    def run(tool: str, *arguments: object) -> str:
        command = [str(each) for each in (tools / tool, *arguments)]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    said = run(
        "openapi-typescript", document, "--default-non-nullable", "false", "-o", "client.d.ts"
    )
    assert "warn" not in said.lower()
    assert "unknown" not in said.lower()
    (tmp_path / "use.ts").write_text(TYPESCRIPT)
    run("tsc", "--noEmit", "--strict", "--skipLibCheck", "false", "use.ts")
    types = (tmp_path / "client.d.ts").read_text()
    assert all(f'operations["{each}"]' in types for each in operations(document))
