"""POST /experiments/whale-sweep and find-gate: replays across a grid, with a verdict."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app import gate_search
from app.codecs import from_json, read_body, to_json
from app.experiments import answer, sweep_config
from app.schemas import FindGateAnswer, ProblemDetails, SweepAnswer, request_body

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
    body = await read_body(request, state.settings.max_body_bytes)
    config = sweep_config(from_json(body) if body.strip() else {}, state.settings)
    result = await run_in_threadpool(answer, config, state.pool)
    if include is None:
        del result["runs"]
    return Response(to_json(result), media_type="application/json")


@router.post(
    "/find-gate",
    summary="Search a grid for the cheapest configurations that pass Gate-5C",
    response_model=None,
    responses={
        200: {"model": FindGateAnswer},
        **{status: {"model": ProblemDetails} for status in (400, 413, 422)},
    },
    openapi_extra=request_body("SweepRequest", required=False),
)
async def post_find_gate(request: Request) -> Response:
    """Run a sweep and search it; the body is that of a whale sweep.

    `search` has what passes, from the cheapest; the Pareto front of revenue against Gini and
    overload; and where nothing passes, the nearest miss, with what fails and by how much.
    """
    state = request.app.state
    body = await read_body(request, state.settings.max_body_bytes)
    config = sweep_config(from_json(body) if body.strip() else {}, state.settings)
    result = await run_in_threadpool(gate_search.answer, config, state.pool)
    return Response(to_json(result), media_type="application/json")
