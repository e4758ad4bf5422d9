"""POST /experiments/own-sweep: the sweep across k on the caller's own matrix."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response

from app.access.keys import key_of
from app.http.body import receive_body
from app.http.connection import while_connected
from app.http.decoding import describe_parts
from app.http.prefer import Preferred
from app.jobs.submit import build_submission_with_body, submit
from app.openapi.answers import describe_sweep
from app.openapi.bodies import request_body
from app.settings import Settings
from app.studies.matrix_requests import OwnSweepRequest
from app.studies.matrix_study import expect_answerable
from app.studies.schemas import SweepAnswer

from .experiments import REFUSALS, Include

router = APIRouter(prefix="/experiments", tags=["experiments"])


@router.post(
    "/own-sweep",
    summary="Allocate your own matrix across k and judge whether a cap is worth having",
    response_model=None,
    responses={**describe_sweep("post_own_sweep", SweepAnswer), **REFUSALS},
    openapi_extra=request_body(
        "OwnSweepRequest", required=True, parts=describe_parts(OwnSweepRequest)
    ),
)
async def post_own_sweep(
    request: Request, preferred: Preferred, include: Include = None
) -> Response:
    """Allocate under every whale share and k, and compare with everybody at their best streamer.

    The answer has the shape of a whale sweep's. Each result also has the exact figures: expected
    revenue and its Gini, the optimum with its certificate, the shadow price of each cap, and the
    number and the cost of displaced whales. Intervals come from gifts that are drawn around EV;
    the same users give under every k. With `include=runs`, the answer includes the rows.
    """
    state = request.app.state
    settings: Settings = state.settings
    async with receive_body(request, settings.max_body_bytes) as body:
        check = state.pool.run(
            expect_answerable, body, settings,
            seconds=settings.max_solve_seconds, key=key_of(request),
        )  # fmt: skip
        await while_connected(request, check)
        submission = await asyncio.to_thread(
            build_submission_with_body, "own-sweep", body, "application/json", preferred
        )
        return await submit(request, submission, preferred, runs=include == "runs")
