"""POST /allocate: one allocation; and /allocate/curve: what other caps are worth."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from app import allocation, arrow, curve, plans
from app.answering import Answer, respond
from app.decoding import parts_of
from app.schemas import (
    AllocateAnswer,
    AllocateRequest,
    CurveAnswer,
    CurveRequest,
    PlanAnswer,
    ProblemDetails,
    request_body,
)

router = APIRouter(tags=["allocation"])

BINARY = {"schema": {"type": "string", "format": "binary"}}
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDetails} for status in (400, 413, 422, 503, 504)
}


@router.post(
    "/allocate",
    summary="Allocate whales first, then everybody else",
    response_model=None,
    responses={
        200: {"model": AllocateAnswer | PlanAnswer, "content": {arrow.MEDIA_TYPE: BINARY}},
        **REFUSALS,
    },
    openapi_extra=request_body("AllocateRequest", required=True, parts=parts_of(AllocateRequest)),
)
async def post_allocate(request: Request, validate_only: bool = False) -> Response:
    """Allocate whales exactly, at most k to a streamer; everybody else into the capacity left.

    Streamers can be guaranteed users (`min_users`), further whales at a streamer can cost
    (`whale_penalty`), and users can be shown to several streamers (`max_streamers_per_user`).
    Every answer carries shadow prices and a certificate: an upper bound, computed from the data,
    which no allocation can exceed.

    Large inputs come as `multipart/form-data`, without JSON. With `Accept:
    application/vnd.apache.arrow.stream` the allocation is an Arrow table of user, streamer, tier
    and ev, and the rest of the answer JSON in its schema's metadata. With `validate_only`, a
    request is checked and its size told, and nothing is solved.
    """
    answer: Answer[AllocateRequest] = allocation.answer
    if validate_only:
        answer = plans.answer
    elif arrow.MEDIA_TYPE in request.headers.get("accept", ""):
        answer = allocation.table_answer
    state = request.app.state
    return await respond(
        request, AllocateRequest, answer, state.pool, state.settings.max_solve_seconds
    )


@router.post(
    "/allocate/curve",
    summary="What the whale tier is worth under every k",
    response_model=None,
    responses={200: {"model": CurveAnswer}, **REFUSALS},
    openapi_extra=request_body("CurveRequest", required=True, parts=parts_of(CurveRequest)),
)
async def post_curve(request: Request) -> Response:
    """Work out the whale tier exactly for k = 1, 2, …, `k_max`, the same at every streamer.

    Each value is the whale objective, less penalties, of `POST /allocate` with that k and fill
    none. `slot_gain` prices one more slot at the `k` of the request, which counts for nothing
    else; without it, k is unbounded, and only capacity can make a slot scarce.
    """
    state = request.app.state
    return await respond(
        request, CurveRequest, curve.answer, state.pool, state.settings.max_solve_seconds
    )
