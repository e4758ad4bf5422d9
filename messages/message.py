"""Messages as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, TypeAlias, Union

Parameter: TypeAlias = Union[str, int, float, bool, "Message", tuple["Parameter", ...]]


@dataclass(frozen=True, init=False)
class Message:
    """A code and its parameters. Its text, `str`, is English; `messages.render` knows others.

    Parameters
    ----------
    code : str
        Name of the message in the catalogues, in snake case. It stays the same in later releases.
    **parameters : str, int, float, bool, Message, or a sequence of these
        Values for the placeholders of the text. NumPy's numbers become Python's; whole numbers
        beyond 64 bits become text. A sequence is written as a list in words ("1, 2 and 5").

    Raises
    ------
    TypeError
        On a parameter of any other type.

    Examples
    --------
    >>> message = Message("expected_at_least", field="k", least=0, received="-1")
    >>> message.code
    'expected_at_least'
    >>> str(message)
    'Expected k ≥ 0; got -1.'
    """

    code: str
    parameters: Mapping[str, Parameter]

    def __init__(self, code: str, /, **parameters: Any) -> None:
        object.__setattr__(self, "code", code)
        converted = {name: _as_parameter(value, name) for name, value in parameters.items()}
        object.__setattr__(self, "parameters", converted)

    __hash__ = None  # type: ignore[assignment] # parameters are a mapping

    def __str__(self) -> str:
        from .catalogue import render

        return render(self)

    def as_mapping(self) -> dict[str, Any]:
        """Return the message as JSON has it: ``{"code": …, "parameters": {…}}``."""
        values = {name: _as_json(value) for name, value in self.parameters.items()}
        return {"code": self.code, "parameters": values}

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Message:
        """Return the message that `as_mapping` has written.

        Raises
        ------
        KeyError
            If `mapping` lacks ``code`` or ``parameters``.
        """
        values = {name: _from_json(value) for name, value in mapping["parameters"].items()}
        return cls(mapping["code"], **values)


def _as_parameter(value: Any, name: str) -> Parameter:
    if isinstance(value, str | bool | Message):
        return value
    if isinstance(value, Integral):
        whole = int(value)
        return whole if -(2**63) <= whole < 2**64 else f"{whole:,}"  # JSON has no larger ones
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return tuple(_as_parameter(each, name) for each in value)
    raise TypeError(f"Expected {name} as text, a number, a message or a list; got {value!r}.")


def _as_json(value: Parameter) -> Any:
    if isinstance(value, Message):
        return value.as_mapping()
    return [_as_json(each) for each in value] if isinstance(value, tuple) else value


def _from_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Message.from_mapping(value)
    return [_from_json(each) for each in value] if isinstance(value, list) else value
