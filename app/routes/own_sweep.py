"""POST /experiments/own-sweep: the sweep across k on the caller's own matrix."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.codecs import from_json, read_body, to_json
from app.own_requests import OwnSweepRequest
from app.own_sweep import answer
from app.schemas import ProblemDetails, SweepAnswer, checked, request_body
from app.settings import Settings
from app.timings import Timings

router = APIRouter(prefix="/experiments", tags=["experiments"])


@router.post(
    "/own-sweep",
    summary="Allocate an own matrix across k and judge whether a cap is worth having",
    response_model=None,
    responses={
        200: {"model": SweepAnswer},
        **{status: {"model": ProblemDetails} for status in (400, 413, 422)},
    },
    openapi_extra=request_body("OwnSweepRequest", required=True),
)
async def post_own_sweep(request: Request, include: Literal["runs"] | None = None) -> Response:
    """Allocate under every whale share and k; compare with everybody at their best streamer.

    The answer has the shape of a whale sweep's. Each result says besides what is exact: expected
    revenue and its Gini, the optimum with its certificate, the price of each cap, and how many
    whales are displaced at what cost. Intervals come from gifts drawn around EV, the same users
    giving under every k. With `include=runs`, the rows behind the figures come along.
    """
    settings: Settings = request.app.state.settings
    body = await read_body(request, settings.max_body_bytes)

    def work() -> bytes:
        timings = Timings()
        result = answer(checked(OwnSweepRequest, from_json(body)), settings, timings)
        if include is None:
            del result["runs"]
        return to_json(result)

    return Response(await run_in_threadpool(work), media_type="application/json")
