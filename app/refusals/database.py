"""Why a database fails, in words."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import SQLAlchemyError


def reason_of(error: SQLAlchemyError) -> str:
    """Return why a database failed, as a part of a sentence."""
    cause = getattr(error, "orig", None)
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        return _SQLITE_REASONS.get(code, "the database fails")
    return _SQL_REASONS.get(getattr(cause, "sqlstate", None) or "", "the database does not answer")


_FULL = "the disk of the database is full"
_LOCKED = "the database is locked"
_READ_ONLY = "the database is read-only"
_BROKEN = "the file of the database is broken"

_SQLITE_REASONS = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CORRUPT: _BROKEN,
    sqlite3.SQLITE_NOTADB: _BROKEN,
    sqlite3.SQLITE_CANTOPEN: "the file of the database cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk of the database fails or is full",
}
_SQL_REASONS = {"53100": _FULL, "55P03": _LOCKED, "57014": _LOCKED, "25006": _READ_ONLY}
