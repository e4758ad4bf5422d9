"""The one error of the solver: data that cannot be a problem."""

from __future__ import annotations


class InputError(ValueError):
    """Input that is refused, with the place at fault. Its text is the message.

    Parameters
    ----------
    field : str
        Name of the argument at fault, for example ``"ev"``.
    message : str
        One sentence: what was expected and what came.
    position : tuple of int
        Where in the field, outermost index first; empty for the field as a whole.
    code : str
        The kind of fault, for programs: stable, while the message may change.
    """

    def __init__(
        self,
        field: str,
        message: str,
        position: tuple[int, ...] = (),
        code: str = "invalid-value",
    ) -> None:
        super().__init__(field, message, position, code)  # all, or it could not be unpickled
        self.field = field
        self.message = message
        self.position = position
        self.code = code

    def __str__(self) -> str:
        return self.message


class UnmetGuaranteesError(InputError):
    """Guarantees of exposure that no allocation can meet.

    Parameters
    ----------
    streamers : tuple of int
        Positions of streamers that cannot all be shown to as many users as guaranteed; without
        any one of them, the others can.
    needed, possible : int
        How many users they are guaranteed in all, and how many at most can be shown to them.
    """

    def __init__(self, streamers: tuple[int, ...], needed: int, possible: int) -> None:
        one = len(streamers) == 1
        names = ", ".join(map(str, streamers[:8])) + (", …" if len(streamers) > 8 else "")
        super().__init__(
            "min_users",
            f"Expected guarantees that can be met; {'streamer' if one else 'streamers'} {names} "
            f"{'is' if one else 'together are'} guaranteed {needed:,} users, and at most "
            f"{possible:,} can be shown to {'it' if one else 'them'}.",
            streamers[:1],
            code="guarantees-unmet",
        )
        self.streamers = streamers
        self.needed = needed
        self.possible = possible

    def __reduce__(self) -> tuple[type, tuple[tuple[int, ...], int, int]]:
        return type(self), (self.streamers, self.needed, self.possible)
