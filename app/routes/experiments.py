"""POST /experiments/whale-sweep: replays of the policy across k, with a verdict."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response

from app.body import received
from app.codecs import from_json, to_json
from app.connection import while_connected
from app.experiments import answer_in, sweep_config
from app.schemas import ProblemDetails, SweepAnswer, request_body
from app.timings import server_timing

router = APIRouter(prefix="/experiments", tags=["experiments"])


@router.post(
    "/whale-sweep",
    summary="Replay the policy across k and judge whether a cap is worth having",
    response_model=None,
    responses={
        200: {"model": SweepAnswer},
        **{status: {"model": ProblemDetails} for status in (400, 413, 422)},
    },
    openapi_extra=request_body("SweepRequest", required=False),
)
async def post_whale_sweep(request: Request, include: Literal["runs"] | None = None) -> Response:
    """Run a sweep and return its summary; `{}` replays the reference experiment in full.

    Every setting is optional. With `include=runs`, the rows behind the summary come along.
    """
    state = request.app.state
    async with received(request, state.settings.max_body_bytes) as given:
        with given.opened() as opened:
            body = bytes(opened)
    config = sweep_config(from_json(body) if body.strip() else {}, state.settings)
    result = await while_connected(request, answer_in(state.background, config))
    if include is None:
        del result["runs"]
    return Response(
        to_json(result),
        headers={"Server-Timing": server_timing(result["timings_ms"])},
        media_type="application/json",
    )
