"""A request's body to its answer's, in a worker: the event loop sees bytes only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel

from .codecs import from_json, to_json
from .schemas import checked
from .settings import Settings
from .timings import Timings

Known = TypeVar("Known", bound=BaseModel)
Answer = Callable[[Known, Settings, Timings], dict[str, Any]]


def answered(model: type[Known], answer: Answer[Known], body: bytes, settings: Settings) -> bytes:
    """Return the answer to a body, both JSON.

    Raises
    ------
    HTTPException
        400 where the body is not JSON.
    solver.InputError
        With the field and the position at fault.
    """
    timings = Timings()
    return to_json(answer(checked(model, from_json(body)), settings, timings))
