"""A PostgreSQL of the test's own, from the programs on the machine."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
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


class Postgres:
    """A database server in a directory, which listens on a socket only."""

    def __init__(self, directory: Path) -> None:
        initdb, self._server, self._user = _program("initdb"), _program("postgres"), _user()
        self._directory = directory
        self.url = f"postgresql://whale@/postgres?host={directory}"
        if self._user is not None:
            shutil.chown(directory, self._user)
        made = subprocess.run(
            [initdb, "-D", directory / "data", "-U", "whale", "-A", "trust", "--no-sync"],
            user=self._user, cwd=directory, capture_output=True, text=True,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        self.start()

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        self._running = subprocess.Popen(
            [self._server, "-D", self._directory / "data", "-k", self._directory, "-h", "", "-F"],
            user=self._user, cwd=self._directory, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._running.stderr is not None
        for line in self._running.stderr:
            if "ready to accept connections" in line:
                break

    def crash(self) -> None:
        """End it with all its connections, and nothing written down that was not before."""
        self._running.send_signal(signal.SIGQUIT)
        self._running.communicate()

    def stop(self) -> None:
        """End it, whoever is connected."""
        self._running.send_signal(signal.SIGINT)
        self._running.communicate()


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Yield a database server."""
    with tempfile.TemporaryDirectory(prefix="whale-pg-", dir="/tmp") as name:
        running = Postgres(Path(name))
        try:
            yield running
        finally:
            running.stop()


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the URL of a database."""
    with postgres_server() as running:
        yield running.url
