"""POST /experiments/whale-sweep and find-settings: replays across a grid, with an answer."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from app.access.root_path import root_of
from app.formats.json import parse_json, to_json
from app.http.body import Body, receive_body
from app.http.prefer import Preferences, Preferred
from app.jobs.records import KindName, Submission
from app.jobs.submit import build_submission, submit
from app.openapi.answers import describe_sweep
from app.openapi.bodies import request_body
from app.openapi.errors import describe_errors
from app.settings import Settings
from app.studies.schemas import FindSettingsAnswer, SweepAnswer
from app.studies.whale_sweep import sweep_config

router = APIRouter(prefix="/experiments", tags=["experiments"])

REFUSALS = describe_errors(400, 409, 413, 415, 422, 500, 503, 504)
_NEW_PATH = "/experiments/find-settings"
_DEPRECATED_SINCE = "@1795824000"
"""28 November 2026, as RFC 9745 writes it."""

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
    "/find-settings",
    summary="Search a grid for the cheapest settings that are worth having",
    response_model=None,
    responses={**describe_sweep("post_find_settings", FindSettingsAnswer), **REFUSALS},
    openapi_extra=request_body("SweepRequest", required=False),
)
async def post_find_settings(
    request: Request, preferred: Preferred, include: Include = None
) -> Response:
    """Run a sweep and search it. Body and preferences are those of a whale sweep.

    `search` has the configurations that are worth having, cheapest first; the Pareto front of
    expected revenue against its Gini and overload; and if none is worth having, the nearest miss,
    with what it lacks. `compared_by` says by what they are compared.
    """
    return await _submit_sweep(request, "find-settings", preferred, include)


@router.post(
    "/find-gate",
    summary="The name of find-settings in version 0.1",
    response_model=None,
    responses={**describe_sweep("post_find_gate", FindSettingsAnswer), **REFUSALS},
    openapi_extra=request_body("SweepRequest", required=False),
    deprecated=True,
)
async def post_find_gate(
    request: Request, preferred: Preferred, include: Include = None
) -> Response:
    """Do what `find-settings` does; responses have the headers `Deprecation` and `Link`.

    The header `Link` has the new address.
    """
    response = await _submit_sweep(request, "find-settings", preferred, include)
    response.headers["Deprecation"] = _DEPRECATED_SINCE
    response.headers.append("Link", f'<{root_of(request)}{_NEW_PATH}>; rel="successor-version"')
    return response


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
