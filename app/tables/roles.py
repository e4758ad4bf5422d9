"""The roles of the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.sheets.origin import Origin, name_heading
from app.sheets.sheet import NotANumberError, Sheet
from app.sheets.synonyms import Role, is_unnamed, may_name_ids, role_of, sounds_wealthy
from messages import Message

Shape = Literal["matrix", "pairs", "wealth"]
"""A row for each user and a column for each streamer; a row for each pair; or users' wealth."""

FAR = 100.0
"""Factor by which values of a column that looks like wealth exceed those of other columns."""

_MOST_LISTED = 8
_ROWS_COMPARED = 200


@dataclass(frozen=True, eq=False)
class Layout:
    """The shape of a table and the roles of its columns.

    Parameters
    ----------
    shape : "matrix", "pairs" or "wealth"
    roles : tuple of Role
        One per column.
    warnings : tuple of Message
    """

    shape: Shape
    roles: tuple[Role, ...]
    warnings: tuple[Message, ...]

    def only(self, role: Role) -> int | None:
        """Return the one column of a role, if there is one."""
        return self.roles.index(role) if role in self.roles else None

    def all(self, role: Role) -> list[int]:
        """Return the columns of a role."""
        return [index for index, each in enumerate(self.roles) if each == role]


def find_layout(sheet: Sheet, chosen_roles: Mapping[str, Role], origin: Origin) -> Layout:
    """Return the layout of a table, by the rules of the package.

    Parameters
    ----------
    sheet : Sheet
    chosen_roles : mapping of str to Role
        Roles of columns by heading, or by number from 1, that replace the rules.
    origin : Origin

    Raises
    ------
    solver.InputError
        If a role occurs twice, or a column is missing or unknown.
    """
    layout = guess_layout(sheet, chosen_roles, origin)
    expect_complete(sheet, layout, origin)
    return layout


def guess_layout(sheet: Sheet, chosen_roles: Mapping[str, Role], origin: Origin) -> Layout:
    """Return the layout that the rules find, complete or not.

    Parameters are those of `find_layout`.

    Raises
    ------
    solver.InputError
        If a role is given to an unknown column.
    """
    chosen = {_position(sheet, name, origin): role for name, role in chosen_roles.items()}
    roles = _detect_roles(sheet, chosen)
    shape: Shape = "matrix"
    if "streamer" in roles:
        shape = "pairs"
    elif "ev" not in roles and "wealth" in roles:
        shape = "wealth"
    layout = Layout(shape, tuple(roles), ())
    return Layout(shape, layout.roles, tuple(_warnings(sheet, layout, chosen)))


def expect_complete(sheet: Sheet, layout: Layout, origin: Origin) -> None:
    """Refuse an incomplete layout.

    Raises
    ------
    solver.InputError
        If a role or a heading occurs twice, or a column is missing.
    """
    for role in ("user", "streamer", "wealth"):
        used = layout.all(role)
        if len(used) > 1:
            raise origin.refuse(
                Message(
                    "role_twice", role=role, columns=[sheet.called(index) for index in used[:2]]
                )
            )
    _expect_columns(sheet, layout.roles, layout.shape, origin)


def _position(sheet: Sheet, name: str, origin: Origin) -> int:
    if name and name in sheet.names:
        return [*sheet.names].index(name)
    if name.isdecimal() and 1 <= int(name) <= len(sheet.names) and not sheet.names[int(name) - 1]:
        return int(name) - 1
    raise origin.refuse(
        Message("column_unknown", file=origin.file, name=name_heading(name), columns=sheet.listed())
    )


def _detect_roles(sheet: Sheet, chosen: Mapping[int, Role]) -> list[Role]:
    """Return every column's role; roles that are given take precedence over headings."""
    roles: list[Role | None] = [role_of(name) for name in sheet.names]
    used = {role for role in chosen.values() if role != "ignore"}
    for index, role in enumerate(roles):
        if role in used and role != "ev":
            roles[index] = None  # the caller has chosen another column
    for index, role in chosen.items():
        roles[index] = role
    for role in ("user", "streamer", "wealth"):
        for index in [index for index, each in enumerate(roles) if each == role][1:]:
            if index not in chosen:
                roles[index] = None  # the first counts
    pairs = "streamer" in roles and ({"user", "ev"} & {*roles} or "streamer" in used)
    complete = _roles_of_pairs if pairs else _roles_of_matrix
    return complete(sheet, roles, chosen)


def _roles_of_pairs(
    sheet: Sheet, roles: list[Role | None], chosen: Mapping[int, Role]
) -> list[Role]:
    """Return roles of pairs: columns without a role are ignored or hold missing users or EVs."""
    free = [
        index
        for index, role in enumerate(roles)
        if role is None and not is_unnamed(sheet.names[index])
    ]
    if "user" not in roles and free:
        roles[free.pop(0)] = "user"
    values = [index for index, role in enumerate(roles) if role == "ev"]
    ev_columns = [index for index in values if chosen.get(index) == "ev"] or values[:1]
    if not ev_columns:
        ev_columns = [index for index in free if _are_numbers(sheet, index)][:1]
    return [
        "ev" if index in ev_columns else "ignore" if role in (None, "ev") else role
        for index, role in enumerate(roles)
    ]


def _roles_of_matrix(
    sheet: Sheet, roles: list[Role | None], chosen: Mapping[int, Role]
) -> list[Role]:
    """Return roles of a matrix: columns without a role are of streamers."""
    roles = [None if role == "streamer" else role for role in roles]
    if "user" not in roles:
        index = _unnamed_users(sheet, roles)
        if index is not None and index not in chosen:
            roles[index] = "user"
    return [
        role or ("ignore" if sheet.names[index] == "__index_level_0__" else "ev")
        for index, role in enumerate(roles)
    ]


def _unnamed_users(sheet: Sheet, roles: Sequence[Role | None]) -> int | None:
    """Return the column of users' ids without a heading for it, if there is one."""
    index = [position for position, name in enumerate(sheet.names) if name == "__index_level_0__"]
    if index:
        return index[0]
    if roles[0] is not None:
        return None
    has_headings = any(sheet.names)
    if has_headings and (is_unnamed(sheet.names[0]) or may_name_ids(sheet.names[0])):
        return 0
    return 0 if _holds_text(sheet, 0) or _are_increasing(sheet, has_headings) else None


def _are_increasing(sheet: Sheet, has_headings: bool) -> bool:
    """Return whether the first column has a heading and increasing whole numbers, like ids."""
    values = _values(sheet, [0])[:, 0]
    are_whole = bool(np.isfinite(values).all()) and _are_whole(values)
    return has_headings and len(values) > 1 and are_whole and bool((np.diff(values) > 0).all())


def _are_numbers(sheet: Sheet, column: int) -> bool:
    return not np.isnan(_values(sheet, [column])).all()


def _holds_text(sheet: Sheet, column: int) -> bool:
    try:
        sheet.head.numbers([column])
    except NotANumberError:
        return True
    return False


def _values(sheet: Sheet, columns: Sequence[int]) -> NDArray[np.float64]:
    """Return the first numbers of columns; all NaN if a cell has none, which is refused later."""
    try:
        return sheet.head.numbers(columns)
    except NotANumberError:
        return np.full((sheet.head.n_rows, len(columns)), np.nan)


def _expect_columns(sheet: Sheet, roles: Sequence[Role], shape: Shape, origin: Origin) -> None:
    """Refuse a table with a missing or a repeated column."""
    if shape == "pairs":
        for role in ("user", "ev"):
            if role not in roles:
                raise origin.refuse(
                    Message(
                        "pair_column_missing",
                        file=origin.file,
                        role=role,
                        columns=sheet.listed(),
                    )
                )
        if roles.count("ev") > 1:
            raise origin.refuse(Message("one_ev_column", file=origin.file))
    elif shape == "wealth" and "user" not in roles and len(sheet.names) > 1:
        raise origin.refuse(Message("wealth_ids_missing", file=origin.file))
    elif shape == "matrix" and "ev" not in roles:
        raise origin.refuse(
            Message("streamer_column_missing", file=origin.file, columns=sheet.listed())
        )
    _expect_headings(sheet, roles, shape, origin)


def _expect_headings(sheet: Sheet, roles: Sequence[Role], shape: Shape, origin: Origin) -> None:
    """Refuse headings that occur twice, and streamers without one."""
    column_of: dict[str, int] = {}
    for index, name in enumerate(sheet.names):
        if not name or roles[index] == "ignore":
            continue
        if name in column_of:
            raise origin.refuse(
                Message(
                    "heading_twice",
                    file=origin.file,
                    name=name_heading(name),
                    first=column_of[name] + 1,
                    second=index + 1,
                ),
                (index,),
            )
        column_of[name] = index
    if sheet.header and shape == "matrix":
        for index in (index for index, role in enumerate(roles) if role == "ev"):
            if not sheet.names[index]:
                raise origin.refuse(Message("heading_missing", file=origin.file, column=index + 1))


def _warnings(sheet: Sheet, layout: Layout, chosen: Mapping[int, Role]) -> list[Message]:
    warnings = [*sheet.warnings]
    if layout.shape != "matrix":
        return warnings
    streamers = layout.all("ev")
    users = layout.only("user")
    if users is not None and users not in chosen and _sounds_like_a_streamer(sheet, users):
        warnings.append(Message("rising_numbers_as_ids", column=sheet.called(users)))
    if layout.only("wealth") is None and 0 not in chosen and layout.roles[0] == "ev":
        values = _values(sheet, [0])[:, 0]
        if any(sheet.names) and len({*values.tolist()}) == len(values) > 1 and _are_whole(values):
            warnings.append(Message("different_numbers_as_values", column=sheet.called(0)))
    suspects = [
        index for index in streamers if index not in chosen and sounds_wealthy(sheet.names[index])
    ]
    suspects += [
        index for index in _outliers(sheet, streamers) if index not in (*suspects, *chosen)
    ]
    warnings += [
        Message("wealth_as_values", column=sheet.called(index)) for index in suspects[:_MOST_LISTED]
    ]
    return warnings


def _sounds_like_a_streamer(sheet: Sheet, column: int) -> bool:
    name = sheet.names[column]
    return (
        column == 0
        and bool(name)
        and role_of(name) is None
        and not is_unnamed(name)
        and not may_name_ids(name)
        and _are_numbers(sheet, column)
    )


def _are_whole(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    return bool((np.rint(values) == values).all())


def _outliers(sheet: Sheet, streamers: Sequence[int]) -> list[int]:
    """Return streamers whose values are at least `FAR` times those of the median streamer."""
    if len(streamers) < 3:
        return []
    values = np.abs(_values(sheet, streamers)[:_ROWS_COMPARED])
    finite = np.isfinite(values)
    filled = finite.any(axis=0)
    sizes = np.zeros(len(streamers))
    if filled.any():
        sizes[filled] = np.nanmedian(np.where(finite, values, np.nan)[:, filled], axis=0)
    usual = float(np.median(sizes))
    if usual <= 0:
        return []
    return [streamers[index] for index in np.flatnonzero(sizes >= FAR * usual).tolist()]
