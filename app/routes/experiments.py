"""POST /experiments/whale-sweep and find-gate: replays across a grid, with a verdict."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from app.formats.json import parse_json, to_json
from app.http.body import Body, receive_body
from app.http.prefer import Preferences, Preferred
from app.jobs.records import KindName, Submission
from app.jobs.submit import build_submission, submit
from app.openapi.answers import describe_sweep
from app.openapi.bodies import request_body
from app.openapi.errors import describe_errors
from app.settings import Settings
from app.studies.schemas import FindGateAnswer, SweepAnswer
from app.studies.whale_sweep import sweep_config

router = APIRouter(prefix="/experiments", tags=["experiments"])

REFUSALS = describe_errors(400, 409, 413, 415, 422, 500, 503, 504)
Include = Annotated[
    Literal["runs"] | None, Query(description="the rows behind the result", examples=["runs"])
]


@router.post(
    "/whale-sweep",
    summary="Replay the policy across k and judge whether a cap is worth having",
    response_model=None,
    responses={**describe_sweep("post_whale_sweep", SweepAnswer), **REFUSALS},
    openapi_extra=request_body("SweepRequest", required=False),
)
async def post_whale_sweep(
    request: Request, preferred: Preferred, include: Include = None
) -> Response:
    """Run a sweep and return its summary; `{}` replays the reference experiment in full.

    Every setting is optional. With `include=runs`, the answer includes the rows of the summary.

    With `Prefer: respond-async`, the answer is 202 with the address of the experiment in
    `Location`, which leads to its events, result and figures. Without it, the sweep is cancelled
    if the client disconnects. With an `Idempotency-Key`, the same request then continues it.
    """
    return await _submit_sweep(request, "whale-sweep", preferred, include)


@router.post(
    "/find-gate",
    summary="Search a grid for the cheapest configurations that meet all criteria",
    response_model=None,
    responses={**describe_sweep("post_find_gate", FindGateAnswer), **REFUSALS},
    openapi_extra=request_body("SweepRequest", required=False),
)
async def post_find_gate(
    request: Request, preferred: Preferred, include: Include = None
) -> Response:
    """Run a sweep and search it. Body and preferences are those of a whale sweep.

    `search` has the configurations that pass, cheapest first; the Pareto front of revenue against
    Gini and overload; and if none passes, the nearest miss, with the criteria that it fails.
    """
    return await _submit_sweep(request, "find-gate", preferred, include)


async def _submit_sweep(
    request: Request, kind: KindName, preferred: Preferences, include: str | None
) -> Response:
    settings: Settings = request.app.state.settings
    async with receive_body(request, settings.max_body_bytes, parts=False) as body:
        submission = await asyncio.to_thread(_read_submission, kind, body, preferred, settings)
    return await submit(request, submission, preferred, runs=include == "runs")


def _read_submission(
    kind: KindName, body: Body, preferred: Preferences, settings: Settings
) -> Submission:
    with body.open() as content:
        text = bytes(content)
    config = sweep_config(parse_json(text) if text.strip() else {}, settings)
    return build_submission(kind, to_json(config.as_mapping()).decode(), preferred)
