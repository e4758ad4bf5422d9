"""A request's body to its answer's, in a worker: the event loop sees bytes only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pyarrow as pa
from fastapi import Request, Response
from pydantic import BaseModel

from app.access.keys import key_of
from app.formats import arrow
from app.formats.json import to_json
from app.observability.timings import Timings, server_timing
from app.settings import Settings
from app.text.language import VARY, language_of
from app.text.members import translate, write_messages
from app.workers.pool import Pool
from messages import DEFAULT_LANGUAGE

from .body import Body, receive_body
from .connection import while_connected
from .decoding import decode_request

Known = TypeVar("Known", bound=BaseModel)
Answer = Callable[[Known, Settings, Timings], "dict[str, Any] | pa.Table"]


@dataclass(frozen=True)
class Encoded:
    """An answer as it goes out.

    Parameters
    ----------
    content : bytes
    media_type : str
    milliseconds : mapping of str to float
        What took how long.
    figures : mapping of str to float
        Of an allocation, for whoever watches the service: `certified_gap` as a share of the
        objective, and the `arcs` and `contested_arcs` of its screening.
    """

    content: bytes
    media_type: str
    milliseconds: Mapping[str, float]
    figures: Mapping[str, float]


async def respond(
    request: Request,
    model: type[Known],
    answer: Answer[Known],
    pool: Pool,
    seconds: float | None = None,
) -> Response:
    """Answer a request out of a pool, for as long as its client waits.

    Parameters
    ----------
    request : Request
    model : type
        What its body states.
    answer : callable
        Known by name in its module: it is called in a worker.
    pool : Pool
    seconds : float, optional
        Most that it may take there.
    """
    return await _respond(request, pool, seconds, encode_answer, model, answer)


async def respond_to(
    request: Request,
    work: Callable[[Body, Settings, Timings], dict[str, Any]],
    pool: Pool,
    seconds: float | None = None,
) -> Response:
    """Answer a request whose body is of no model; see `respond`.

    Parameters
    ----------
    request : Request
    work : callable
        Returns the answer to a body. Known by name in its module: it is called in a worker.
    pool : Pool
    seconds : float, optional
        Most that it may take there.
    """
    return await _respond(request, pool, seconds, _worked, work)


async def _respond(
    request: Request,
    pool: Pool,
    seconds: float | None,
    work: Callable[..., Encoded],
    *arguments: Any,
) -> Response:
    settings: Settings = request.app.state.settings
    timings = Timings()
    async with receive_body(request, settings.max_body_bytes) as body:
        timings.record("receive")
        call = pool.run(
            work,
            *arguments,
            body,
            settings,
            timings,
            language_of(request.scope),
            seconds=seconds,
            key=key_of(request),
        )
        encoded = await while_connected(request, call)
    request.state.figures = encoded.figures
    return Response(
        encoded.content,
        headers={"Server-Timing": server_timing(encoded.milliseconds), "Vary": VARY},
        media_type=encoded.media_type,
    )


def _worked(
    work: Callable[[Body, Settings, Timings], dict[str, Any]],
    body: Body,
    settings: Settings,
    timings: Timings,
    language: str,
) -> Encoded:
    timings.record("queue")
    return _as_json(work(body, settings, timings), timings, language)


def _as_json(answer: dict[str, Any], timings: Timings, language: str) -> Encoded:
    answer.pop("timings_ms", None)
    content = to_json(write_messages(answer, language))
    timings.record("encode")
    total = timings.total()
    # Last, so that it can say how long the rest took to encode.
    content = content[:-1] + b',"timings_ms":' + to_json(total) + b"}"
    return Encoded(content, "application/json", total, _figures(answer))


def encode_answer(
    model: type[Known],
    answer: Answer[Known],
    body: Body,
    settings: Settings,
    timings: Timings,
    language: str = DEFAULT_LANGUAGE,
) -> Encoded:
    """Return the answer to a body, with its messages in a language.

    Raises
    ------
    RefusalError
        400 where the body is not what its type says.
    solver.InputError
        With the field and the position at fault.
    """
    timings.record("queue")
    parsed, warnings = decode_request(model, body, settings)
    result = answer(parsed, settings, timings)
    if isinstance(result, dict):
        for texts in ("notes", "findings"):
            if texts in result:
                result[texts] = [*result[texts], *warnings]
        return _as_json(result, timings, language)
    timings.record("encode")
    rest = arrow.metadata(result)
    if language != DEFAULT_LANGUAGE:
        rest = translate(rest, language)
    content = arrow.to_stream(arrow.with_metadata(result, rest | {"timings_ms": timings.total()}))
    figures = _figures(rest)
    return Encoded(content, arrow.MEDIA_TYPE, timings.total(), figures)


def _figures(answer: Mapping[str, Any]) -> dict[str, float]:
    if "certificate" not in answer:
        return {}
    certificate = answer["certificate"]
    gap = certificate["gap"] and certificate["gap"] / abs(certificate["upper_bound"] or 1.0)
    return {"certified_gap": gap, **answer["screening"]}
