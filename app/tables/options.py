"""How a table is to be read: what its reader need not find out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.sheets.synonyms import ROLES, Role
from messages import Message
from solver import InputError


@dataclass(frozen=True)
class Options:
    """What is known of a table beforehand.

    Parameters
    ----------
    columns : mapping of str to Role
        Roles of columns, by heading; of those without one, by number from 1.
    header : bool or None
        Whether the first line of a text or of a sheet has headings; None to find out.
    shape : "pairs" or None
        What it must be.
    integers : "ids" or "positions"
        What integers are in columns of users and of streamers, where the format tells them from
        text.
    """

    columns: Mapping[str, Role]
    header: bool | None = None
    shape: Literal["pairs"] | None = None
    integers: Literal["ids", "positions"] = "ids"

    @staticmethod
    def checked(columns: Any, header: Any) -> Options:
        """Return options as a request has them.

        Raises
        ------
        solver.InputError
            On another type, or an unknown role.
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
