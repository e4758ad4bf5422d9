"""Every command and snippet of the documentation runs, and shows what it says."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.app.server import server

from .pages import PAGES, ROOT, Snippet, read_snippets
from .samples import write_samples

SNIPPETS = [each for page in PAGES for each in read_snippets(page)]
COMMANDS = [each for each in SNIPPETS if each.language == "sh" and each.reason is None]
WITH_PYTHON = [
    page for page in PAGES if any(each.language == "python" for each in read_snippets(page))
]
RESULT = re.compile(r"^(?P<expression>[^#]+?)  # (?P<result>.+)$")

PRELUDE = f"""set -euo pipefail
make() {{ command make --dry-run --directory "{ROOT}" "$@" > /dev/null; }}
"""
"""Commands of make are known to it, and not run: `make test` is what runs this."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with server(tmp_path_factory.mktemp("service")) as running:
        running.wait_until_ready()
        yield running.client.base_url.netloc.decode()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with the files that the commands of all pages read."""
    made = tmp_path_factory.mktemp("reader")
    write_samples(made)
    subprocess.run([shutil.which("git") or "git", "init", "--quiet", made], check=True)
    (made / ".venv").symlink_to(sys.prefix)
    return made


def run(snippet: Snippet, address: str, directory: Path) -> str:
    """Run a snippet of commands as a reader would, and return what it prints."""
    text = re.sub(r"(localhost|127\.0\.0\.1):8000", address, snippet.text)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [shutil.which("bash") or "bash", "-c", PRELUDE + text],
        cwd=directory, env={**os.environ, "PATH": path}, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{snippet}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def result_after(snippet: Snippet) -> Any:
    """Return the JSON that a page shows right after a snippet; None where it shows none."""
    following = SNIPPETS[SNIPPETS.index(snippet) + 1 :][:1]
    shown = [each for each in following if each.page == snippet.page and each.language == "json"]
    return json.loads(shown[0].text) if shown else None


@pytest.mark.slow
@pytest.mark.parametrize("snippet", COMMANDS, ids=str)
def test_commands_run_and_print_what_is_shown(
    snippet: Snippet, address: str, directory: Path
) -> None:
    printed = run(snippet, address, directory)
    shown = result_after(snippet)
    if shown is not None:
        got = json.loads(printed)
        assert {name: got[name] for name in shown} == shown


@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_runs_and_gives_what_is_shown(page: Path) -> None:
    names: dict[str, Any] = {}
    for snippet in read_snippets(page):
        if snippet.language != "python":
            continue
        exec(compile(snippet.text, str(snippet), "exec"), names)  # noqa: S102
        for line in snippet.text.splitlines():
            shown = RESULT.match(line)
            if shown is None or not is_expression(shown["expression"]):
                continue
            value = eval(shown["expression"], names)  # noqa: S307
            assert repr(value) == shown["result"], f"{snippet}: {line}"


def is_expression(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True


def test_everything_is_run_but_what_needs_docker() -> None:
    assert {each.reason for each in SNIPPETS} == {None, "needs Docker"}
    languages = {each.language for each in SNIPPETS}
    assert languages <= {"sh", "json", "python", "mermaid", "yaml"}


def test_json_is_shown_only_as_the_result_of_a_command() -> None:
    for before, snippet in pairwise(SNIPPETS):
        if snippet.language == "json":
            assert before.page == snippet.page, str(snippet)
            assert before.language == "sh", str(snippet)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        if not target.startswith("../../"):  # pages of the repository's host
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_is_short(name: str) -> None:
    assert len((ROOT / name).read_text().splitlines()) <= 120
