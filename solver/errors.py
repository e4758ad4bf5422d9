"""Errors of the solver: input that it refuses, and guarantees that cannot be met."""

from __future__ import annotations

from itertools import islice
from typing import Literal

from messages import Message

Remedy = Literal["fill", "allow_negative_ev"]

MAX_QUOTE_LENGTH = 60
"""Characters of a value that a message repeats."""

MAX_NAMED_STREAMERS = 8
"""Streamers that a message names."""


def quote(value: object) -> str:
    """Return a value as a message repeats it: as Python writes it, or the beginning of that.

    It takes no longer for a large value than for a small one.
    """
    text = repr(_truncate(value))
    return text if len(text) <= MAX_QUOTE_LENGTH else f"{text[:MAX_QUOTE_LENGTH]}…"


def quote_name(name: object) -> str:
    """Return a name as a message repeats it: without quotes, whole or its beginning."""
    text = str(_truncate(name))
    return text if len(text) <= MAX_QUOTE_LENGTH else f"{text[:MAX_QUOTE_LENGTH]}…"


def _truncate(value: object, depth: int = 4) -> object:
    """Return at least as much of a value as a message repeats."""
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
    """Input that is refused, with the field and the position at fault.

    ``str(error)`` is the message in English; ``messages.render(error.message, language)`` is the
    message in another language. Programs look at `code`, `field`, `position` and `message.code`.

    Parameters
    ----------
    field : str
        Name of the argument at fault, for example ``"ev"``.
    message : Message
        What was expected and what was received.
    position : tuple of int
        Indices of the value at fault in the field, outermost first. Empty if the field as a whole
        is wrong.
    code : str
        Kind of error, such as ``"invalid-value"``.

    Examples
    --------
    >>> from whale_matching import InputError, Problem
    >>> try:
    ...     Problem([[9.0, 1.0]], whale_cap=[1, -1])
    ... except InputError as error:
    ...     print(error.field, error.position, error.message.code)
    ...     print(error)
    whale_cap (1,) streamer_cap_out_of_range
    Expected whale_cap ≥ 0 for every streamer; streamer 1 has -1.
    """

    def __init__(
        self,
        field: str,
        message: Message,
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
    """Guarantees of exposure (`min_users`) that no allocation can meet.

    Parameters
    ----------
    streamers : tuple of int
        Positions of streamers whose guarantees cannot all be met. The set is irreducible: without
        any one of them, the guarantees of the others can be met.
    needed, possible : int
        Users that these streamers are guaranteed in total, and the most that they can get.
    left_negative : bool
        Whether `possible` leaves out pairs of negative EV, which are not made by default.
    remedies : tuple of {"fill", "allow_negative_ev"}
        Options that meet all guarantees, each verified by a solve: ``fill="joint"``,
        ``allow_negative_ev=True``, or both together. Empty if neither helps.

    Examples
    --------
    >>> from whale_matching import Problem, UnmetGuaranteesError, allocate
    >>> problem = Problem([[-5.0, 2.0], [-3.0, 1.0]], whale_cap=2, min_users=[1, 0])
    >>> try:
    ...     allocate(problem)
    ... except UnmetGuaranteesError as error:
    ...     print(error.streamers, error.needed, error.possible, error.remedies)
    (0,) 1 0 ('allow_negative_ev',)
    """

    def __init__(
        self,
        streamers: tuple[int, ...],
        needed: int,
        possible: int,
        left_negative: bool = False,
        remedies: tuple[Remedy, ...] = (),
    ) -> None:
        message = Message(
            "guarantees_infeasible",
            streamers=streamers[:MAX_NAMED_STREAMERS],
            count=len(streamers),
            more=len(streamers) > MAX_NAMED_STREAMERS,
            needed=needed,
            possible=possible,
            left_negative=left_negative,
            remedy="both" if len(remedies) > 1 else "".join(remedies) or "none",
        )
        super().__init__("min_users", message, streamers[:1], code="guarantees-unmet")
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
