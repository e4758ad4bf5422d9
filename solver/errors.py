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
    """

    def __init__(self, field: str, message: str, position: tuple[int, ...] = ()) -> None:
        super().__init__(field, message, position)  # all three, or it could not be unpickled
        self.field = field
        self.message = message
        self.position = position

    def __str__(self) -> str:
        return self.message
