"""A PostgreSQL of the test's own, from the programs on the machine."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _program(name: str) -> str:
    found = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None
    )
    if found is None:
        pytest.skip(f"there is no {name} on PATH or under /usr/lib/postgresql")
    return found


def _user() -> str | None:
    """Return whom the server runs as: it refuses root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return name
    pytest.skip("PostgreSQL refuses to run as root, and there is no other user")


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the URL of a database on a server that listens on a socket only."""
    initdb, server, user = _program("initdb"), _program("postgres"), _user()
    with tempfile.TemporaryDirectory(prefix="whale-pg-", dir="/tmp") as name:
        directory = Path(name)
        if user is not None:
            shutil.chown(directory, user)
        made = subprocess.run(
            [initdb, "-D", directory / "data", "-U", "whale", "-A", "trust", "--no-sync"],
            user=user, cwd=directory, capture_output=True, text=True,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        running = subprocess.Popen(
            [server, "-D", directory / "data", "-k", directory, "-h", "", "-F"],
            user=user, cwd=directory, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert running.stderr is not None
            for line in running.stderr:
                if "ready to accept connections" in line:
                    break
            yield f"postgresql://whale@/postgres?host={directory}"
        finally:
            running.terminate()
            running.communicate()
