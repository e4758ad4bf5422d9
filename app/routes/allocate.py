"""POST /allocate: one allocation; and /allocate/curve: what other caps are worth."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from app import allocation, curve
from app.answering import Answer, Known, answered
from app.codecs import read_body
from app.connection import while_connected
from app.schemas import (
    AllocateAnswer,
    AllocateRequest,
    CurveAnswer,
    CurveRequest,
    ProblemDetails,
    request_body,
)
from app.settings import Settings

router = APIRouter(tags=["allocation"])

REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDetails} for status in (400, 413, 422, 503, 504)
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


async def _answered(request: Request, model: type[Known], answer: Answer[Known]) -> Response:
    state = request.app.state
    settings: Settings = state.settings
    body = await read_body(request, settings.max_body_bytes)
    work = state.pool.run(
        answered, model, answer, body, settings, seconds=settings.max_solve_seconds
    )
    return Response(await while_connected(request, work), media_type="application/json")
