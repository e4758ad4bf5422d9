"""Reasons for which a database fails."""

from __future__ import annotations

import sqlite3
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

DatabaseFault = Literal[
    "full", "locked", "read_only", "broken", "unopened", "disk", "failing", "silent"
]
"""The fault: parameter `fault` of the messages `database_fault` and `database_unavailable`."""


def find_fault(error: SQLAlchemyError) -> DatabaseFault:
    """Return why a database failed."""
    cause = getattr(error, "orig", None)
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        return _SQLITE_FAULTS.get(code, "failing")
    return _SQL_FAULTS.get(getattr(cause, "sqlstate", None) or "", "silent")


_SQLITE_FAULTS: dict[int, DatabaseFault] = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CORRUPT: "broken",
    sqlite3.SQLITE_NOTADB: "broken",
    sqlite3.SQLITE_CANTOPEN: "unopened",
    sqlite3.SQLITE_IOERR: "disk",
}
_SQL_FAULTS: dict[str, DatabaseFault] = {
    "53100": "full",
    "55P03": "locked",
    "57014": "locked",
    "25006": "read_only",
}
