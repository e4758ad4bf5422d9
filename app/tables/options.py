"""Options for reading a table, instead of what its reader would detect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.sheets.synonyms import ROLES, Role
from messages import Message
from solver import InputError


@dataclass(frozen=True)
class Options:
    """Options for reading a table.

    Parameters
    ----------
    columns : mapping of str to Role
        Roles of columns by heading, or by number from 1 for columns without one.
    header : bool or None
        Whether the first line of a text or sheet has headings; None to detect it.
    shape : "pairs" or None
        The required shape; None for any.
    integers : "ids" or "positions"
        The meaning of integers in columns of users and of streamers, if the format distinguishes
        them from text.
    """

    columns: Mapping[str, Role]
    header: bool | None = None
    shape: Literal["pairs"] | None = None
    integers: Literal["ids", "positions"] = "ids"

    @staticmethod
    def checked(columns: Any, header: Any) -> Options:
        """Return the options of a request.

        Raises
        ------
        solver.InputError
            On other types, or unknown roles.
        """
        if header is not None and not isinstance(header, bool):
            raise InputError("header", Message("header_option_expected", received=_short(header)))
        if columns is None:
            return Options({}, header)
        if not isinstance(columns, dict):
            raise InputError(
                "columns",
                Message("columns_option_expected", received=_short(columns)),
            )
        for name, role in columns.items():
            if role not in ROLES:
                raise InputError(
                    "columns",
                    Message("role_expected", roles=ROLES, name=_short(name), received=_short(role)),
                )
        return Options(columns, header)


DEFAULT = Options({})


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
