"""POST /allocate: one allocation; and /allocate/curve: what other caps are worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from app import allocation, curve
from app.codecs import from_json, read_body, to_json
from app.schemas import (
    AllocateAnswer,
    AllocateRequest,
    CurveAnswer,
    CurveRequest,
    ProblemDetails,
    checked,
    request_body,
)
from app.settings import Settings
from app.timings import Timings

router = APIRouter(tags=["allocation"])

Known = TypeVar("Known", bound=BaseModel)
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDetails} for status in (400, 413, 422)
}


@router.post(
    "/allocate",
    summary="Allocate whales first, then everybody else",
    response_model=None,
    responses={200: {"model": AllocateAnswer}, **REFUSALS},
    openapi_extra=request_body("AllocateRequest", required=True),
)
async def post_allocate(request: Request) -> Response:
    """Allocate whales exactly, at most k to a streamer; everybody else into the capacity left.

    Streamers can be guaranteed users (`min_users`), further whales at a streamer can cost
    (`whale_penalty`), and users can be shown to several streamers (`max_streamers_per_user`).
    Every answer carries shadow prices and a certificate: an upper bound, computed from the data,
    which no allocation can exceed.
    """
    return await _answered(request, AllocateRequest, allocation.answer)


@router.post(
    "/allocate/curve",
    summary="What the whale tier is worth under every k",
    response_model=None,
    responses={200: {"model": CurveAnswer}, **REFUSALS},
    openapi_extra=request_body("CurveRequest", required=True),
)
async def post_curve(request: Request) -> Response:
    """Work out the whale tier exactly for k = 1, 2, …, `k_max`, the same at every streamer.

    Each value is the whale objective, less penalties, of `POST /allocate` with that k and fill
    none. `slot_gain` prices one more slot at the `k` of the request, which counts for nothing
    else; without it, k is unbounded, and only capacity can make a slot scarce.
    """
    return await _answered(request, CurveRequest, curve.answer)


async def _answered(
    request: Request,
    model: type[Known],
    answer: Callable[[Known, Settings, Timings], dict[str, Any]],
) -> Response:
    settings: Settings = request.app.state.settings
    body = await read_body(request, settings.max_body_bytes)

    def work() -> bytes:
        timings = Timings()
        known = checked(model, from_json(body))
        return to_json(answer(known, settings, timings))

    return Response(await run_in_threadpool(work), media_type="application/json")
