"""Answers that are computed in workers: the event loop handles only bytes."""

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

Model = TypeVar("Model", bound=BaseModel)
Answer = Callable[[Model, Settings, Timings], "dict[str, Any] | pa.Table"]


@dataclass(frozen=True)
class EncodedAnswer:
    """An answer as bytes.

    Parameters
    ----------
    content : bytes
    media_type : str
    milliseconds : mapping of str to float
        Durations of the steps.
    figures : mapping of str to float
        Metrics of an allocation: `certified_gap` relative to the objective, `arcs` and
        `contested_arcs`.
    """

    content: bytes
    media_type: str
    milliseconds: Mapping[str, float]
    figures: Mapping[str, float]


async def respond(request: Request, model: type[Model], answer: Answer[Model]) -> Response:
    """Answer a request in a worker; cancel the call if the client disconnects.

    Parameters
    ----------
    request : Request
    model : type
        Model of the body.
    answer : callable
        A function of a module, which is called in a worker.
    """
    return await _run_and_respond(request, encode_answer, model, answer)


async def respond_to_body(
    request: Request, answer: Callable[[Body, Settings, Timings], dict[str, Any]]
) -> Response:
    """Answer a request whose body has no model; see `respond`."""
    return await _run_and_respond(request, _encode_answer_to_body, answer)


async def _run_and_respond(
    request: Request, encode: Callable[..., EncodedAnswer], *arguments: Any
) -> Response:
    pool: Pool = request.app.state.pool
    settings: Settings = request.app.state.settings
    timings = Timings()
    async with receive_body(request, settings.max_body_bytes) as body:
        timings.record("receive")
        call = pool.run(
            encode,
            *arguments,
            body,
            settings,
            timings,
            language_of(request.scope),
            seconds=settings.max_solve_seconds,
            key=key_of(request),
        )
        encoded = await while_connected(request, call)
    request.state.figures = encoded.figures
    return Response(
        encoded.content,
        headers={"Server-Timing": server_timing(encoded.milliseconds), "Vary": VARY},
        media_type=encoded.media_type,
    )


def _encode_answer_to_body(
    answer: Callable[[Body, Settings, Timings], dict[str, Any]],
    body: Body,
    settings: Settings,
    timings: Timings,
    language: str,
) -> EncodedAnswer:
    timings.record("queue")
    return _encode_json(answer(body, settings, timings), timings, language)


def _encode_json(answer: dict[str, Any], timings: Timings, language: str) -> EncodedAnswer:
    answer.pop("timings_ms", None)
    content = to_json(write_messages(answer, language))
    timings.record("encode")
    total = timings.total()
    # The timings come last, so that they include the encoding of all else.
    content = content[:-1] + b',"timings_ms":' + to_json(total) + b"}"
    return EncodedAnswer(content, "application/json", total, _figures(answer))


def encode_answer(
    model: type[Model],
    answer: Answer[Model],
    body: Body,
    settings: Settings,
    timings: Timings,
    language: str = DEFAULT_LANGUAGE,
) -> EncodedAnswer:
    """Return the answer to a body, with its messages in a language.

    Raises
    ------
    RefusalError
        400 if the body does not match its Content-Type.
    solver.InputError
        With the field and the position at fault.
    """
    timings.record("queue")
    decoded_request, warnings = decode_request(model, body, settings)
    result = answer(decoded_request, settings, timings)
    if isinstance(result, dict):
        for member in ("notes", "findings"):
            if member in result:
                result[member] = [*result[member], *warnings]
        return _encode_json(result, timings, language)
    timings.record("encode")
    metadata = arrow.metadata(result)
    if language != DEFAULT_LANGUAGE:
        metadata = translate(metadata, language)
    total = timings.total()
    content = arrow.to_stream(arrow.with_metadata(result, metadata | {"timings_ms": total}))
    return EncodedAnswer(content, arrow.MEDIA_TYPE, timings.total(), _figures(metadata))


def _figures(answer: Mapping[str, Any]) -> dict[str, float]:
    if not {"certificate", "screening"} <= answer.keys():
        return {}
    certificate, bound = answer["certificate"], "upper_bound"
    if "fairness" in answer:  # the gap to the optimum is what equality costs
        certificate, bound = answer["fairness"]["certificate"], "welfare_bound"
    gap = certificate["gap"] and certificate["gap"] / abs(certificate[bound] or 1.0)
    return {"certified_gap": gap, **answer["screening"]}
