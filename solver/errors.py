"""The one error of the solver: data that cannot be a problem."""

from __future__ import annotations

from itertools import islice
from typing import Literal

from messages import Message

Remedy = Literal["fill", "allow_negative_ev"]

_REMEDIES: dict[Remedy, str] = {
    "fill": 'fill="joint"',
    "allow_negative_ev": "allow_negative_ev=True",
}


MAX_QUOTE_LENGTH = 60
"""Characters of a value that a sentence repeats."""


def quote(value: object) -> str:
    """Return a value as a sentence repeats it: as Python writes it, or the beginning of that.

    It takes no longer for a large value than for a small one.
    """
    text = repr(_truncate(value))
    return text if len(text) <= MAX_QUOTE_LENGTH else f"{text[:MAX_QUOTE_LENGTH]}…"


def quote_name(name: object) -> str:
    """Return a name as a sentence repeats it: without quotes, whole or its beginning."""
    text = str(_truncate(name))
    return text if len(text) <= MAX_QUOTE_LENGTH else f"{text[:MAX_QUOTE_LENGTH]}…"


def _truncate(value: object, depth: int = 4) -> object:
    """Return at least as much of a value as a sentence repeats."""
    if isinstance(value, str | bytes):
        return value[: MAX_QUOTE_LENGTH + 1]
    if isinstance(value, list | tuple):
        inner = [_truncate(each, depth - 1) for each in value[:MAX_QUOTE_LENGTH]] if depth else []
        return type(value)(inner) if type(value) in (list, tuple) else inner
    if isinstance(value, dict):
        first = islice(value.items(), MAX_QUOTE_LENGTH if depth else 0)
        return {_truncate(name): _truncate(each, depth - 1) for name, each in first}
    return value


class InputError(ValueError):
    """Input that is refused, with the place at fault. Its text is the message.

    Parameters
    ----------
    field : str
        Name of the argument at fault, for example ``"ev"``.
    message : Message or str
        One sentence: what was expected and what was received.
    position : tuple of int
        Where in the field, outermost index first; empty for the field as a whole.
    code : str
        The kind of fault, for programs: stable, while the message may change.
    """

    def __init__(
        self,
        field: str,
        message: Message | str,
        position: tuple[int, ...] = (),
        code: str = "invalid-value",
    ) -> None:
        super().__init__(field, message, position, code)  # all, or it could not be unpickled
        self.field = field
        self.message = message
        self.position = position
        self.code = code

    def __str__(self) -> str:
        return str(self.message)


class UnmetGuaranteesError(InputError):
    """Guarantees of exposure that no allocation can meet.

    Parameters
    ----------
    streamers : tuple of int
        Positions of streamers that cannot all be shown to as many users as guaranteed; without
        any one of them, the others can.
    needed, possible : int
        How many users they are guaranteed in all, and how many at most can be shown to them.
    left_negative : bool
        Whether pairs of negative EV, which are not made, were left out of that.
    remedies : tuple of {"fill", "allow_negative_ev"}
        What meets all guarantees, tried before it is named: ``fill="joint"``,
        ``allow_negative_ev=True``, or both together; empty where neither does.
    """

    def __init__(
        self,
        streamers: tuple[int, ...],
        needed: int,
        possible: int,
        left_negative: bool = False,
        remedies: tuple[Remedy, ...] = (),
    ) -> None:
        one = len(streamers) == 1
        users = "user" if needed == 1 else "users"
        names = ", ".join(map(str, streamers[:8])) + (", …" if len(streamers) > 8 else "")
        at_least = " at an EV of 0 or more" if left_negative else ""
        way = " with ".join(_REMEDIES[each] for each in remedies)
        instead = f"; {way} meets all guarantees" if way else ""
        super().__init__(
            "min_users",
            f"Expected guarantees that can be met; {'streamer' if one else 'streamers'} {names} "
            f"{'is' if one else 'together are'} guaranteed {needed:,} {users}, and at most "
            f"{possible:,} can be shown to {'it' if one else 'them'}{at_least}{instead}.",
            streamers[:1],
            code="guarantees-unmet",
        )
        self.streamers = streamers
        self.needed = needed
        self.possible = possible
        self.left_negative = left_negative
        self.remedies = remedies

    def with_remedies(self, remedies: tuple[Remedy, ...]) -> UnmetGuaranteesError:
        """Return the same error with other remedies."""
        return type(self)(self.streamers, self.needed, self.possible, self.left_negative, remedies)

    def __reduce__(
        self,
    ) -> tuple[type, tuple[tuple[int, ...], int, int, bool, tuple[Remedy, ...]]]:
        return type(self), (
            self.streamers,
            self.needed,
            self.possible,
            self.left_negative,
            self.remedies,
        )
