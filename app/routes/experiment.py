"""GET and DELETE /experiments/…: experiments, their progress and their results."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.access.keys import key_of
from app.access.root_path import root_of
from app.errors.problem_details import RefusalError
from app.fields.strict_model import validate
from app.formats import arrow
from app.formats.json import MEDIA_TYPE as JSON
from app.formats.json import parse_json, to_json
from app.http.body import receive_body
from app.http.connection import while_connected
from app.jobs.descriptions import experiment_json, full_experiment_json
from app.jobs.events import stream_events
from app.jobs.kinds import KINDS
from app.jobs.labels import LabelsRequest
from app.jobs.partial_results import partial_figure
from app.jobs.queue import ExperimentQueue
from app.jobs.records import Experiment
from app.jobs.schemas import ExperimentAnswer, ExperimentsAnswer
from app.jobs.submit import answer_result, find_viewer, read_result
from app.observability.readiness import Readiness
from app.openapi.answers import describe_answer
from app.openapi.bodies import request_body
from app.openapi.errors import describe_errors
from app.settings import Settings
from app.studies.config_file import as_yaml
from app.studies.pictures import figure_of, figures_of, report_of
from app.studies.report_style import REPORT_HEADERS
from app.text.language import VARY, language_of
from app.workers.pool import SolveTimeoutError
from messages import Message

from .experiments import Include

router = APIRouter(prefix="/experiments", tags=["experiments"])

Data = TypeVar("Data")

NOT_FOUND = describe_errors(404, 422, 503)
NOT_FINISHED = describe_errors(409, 500, 504)

MOST_LABEL_BYTES = 20_000
"""Most bytes of a body with labels."""

UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
ID = "82482845-26f8-45f8-a0f6-85f7228391db"
FORMATS = {"svg": "image/svg+xml", "png": "image/png", "json": JSON}
BYTES = "application/octet-stream"
PICTURES = {  # generated clients choose the first type that they support: bytes before JSON
    "image/svg+xml": {"schema": {"type": "string"}, "example": "<svg>…</svg>"},
    "image/png": {"schema": {"type": "string", "format": "binary"}},
    BYTES: {"schema": {"type": "string", "format": "binary"}},
    JSON: {"schema": {"type": "object"}, "example": {"mark": "line"}},
}
YAML = "application/yaml"
TEXT = "text/plain"
CONFIG = {
    YAML: {"schema": {"type": "object"}, "example": {"simulations": 50}},
    TEXT: {"schema": {"type": "string"}, "example": "simulations: 50\n"},
}
PAGE = {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}}
EVENT = {
    "type": "object",
    "required": ["id", "event", "data"],
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+$"},
        "event": {"enum": ["state", "seed"]},
        "data": {
            "type": "string",
            "contentMediaType": JSON,
            "contentSchema": {"$ref": "#/components/schemas/EventAnswer"},
        },
    },
}
EVENTS = """id: 2
event: seed
data: {"state":"running","at":1764115200.5,"seeds_done":1,"seeds":2,"fraction":0.5,\
"seconds_left":0.4,"seed":42}

id: 4
event: state
data: {"state":"done","at":1764115201.0,"seeds_done":2,"seeds":2,"fraction":1.0,"seconds_left":0.0}

"""
RESULT = describe_answer("get_result", "sweep", headers=("Content-Location",))
RESULT["content"] = {
    JSON: {**RESULT["content"][JSON], "schema": {"type": "object"}},
    arrow.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}},
}


def _queue(request: Request) -> ExperimentQueue:
    queue: ExperimentQueue = request.app.state.experiments
    return queue


async def _get_experiment(
    request: Request,
    experiment_id: Annotated[UUID, Path(description="as `Location` ends", examples=[ID])],
) -> Experiment:
    return await _queue(request).get(str(experiment_id), find_viewer(request))


ExperimentOfPath = Annotated[Experiment, Depends(_get_experiment)]


@router.get(
    "",
    summary="List experiments, newest first",
    response_model=None,
    responses={
        200: describe_answer("get_experiments", "list", model=ExperimentsAnswer),
        **NOT_FOUND,
    },
)
async def get_experiments(
    request: Request,
    limit: Annotated[
        int, Query(ge=1, le=200, description="most that are listed", examples=[20])
    ] = 50,
    before: Annotated[
        str | None, Query(description="id; only older ones", pattern=UUID_PATTERN, examples=[ID])
    ] = None,
) -> Response:
    """Return experiments without configuration and result; `next` leads to the older ones.

    If the service has keys, experiments belong to the key that submitted them. Those of other keys
    are not listed and are answered with 404. Keys of `WHALE_ADMIN_KEYS` see and delete all of them.
    """
    queue = _queue(request)
    viewer = find_viewer(request)
    older = None if before is None else (await queue.get(before, viewer)).number
    page = await queue.call(queue.store.list_newest, limit + 1, older, viewer)
    root = root_of(request)
    experiments = page[:limit]
    next_page = None
    if len(page) > limit:
        next_page = f"{root}/experiments?limit={limit}&before={experiments[-1].id}"
    language = language_of(request.scope)
    entries = [experiment_json(each, root=root, language=language) for each in experiments]
    content = to_json({"experiments": entries, "next": next_page})
    return Response(content, headers={"Vary": VARY}, media_type=JSON)


@router.get(
    "/{experiment_id:uuid}",
    summary="One experiment: how far it is, and its result once it is done",
    response_model=None,
    responses={200: describe_answer("get_experiment", "done", model=ExperimentAnswer), **NOT_FOUND},
)
async def get_experiment(
    request: Request, experiment: ExperimentOfPath, include: Include = None
) -> Response:
    """Return state, progress and times; `result` once it is done, `error` if it failed.

    With `include=runs`, the result of a sweep includes its rows.
    """
    queue = _queue(request)
    last = await queue.call(queue.store.read_events, experiment.number, experiment.last_event - 1)
    seconds_left = last[0].seconds_left if last else None
    language = language_of(request.scope)
    result = await read_result(queue, experiment, runs=include == "runs", language=language)
    if experiment.media_type != JSON:
        result = None
    content = full_experiment_json(
        experiment, result, seconds_left, root=root_of(request), language=language
    )
    return Response(to_json(content), headers={"Vary": VARY}, media_type=JSON)


@router.get(
    "/{experiment_id:uuid}/result",
    summary="The result alone, as the synchronous request would have answered it",
    response_model=None,
    responses={200: RESULT, **NOT_FOUND, **NOT_FINISHED},
)
async def get_result(
    request: Request, experiment: ExperimentOfPath, include: Include = None
) -> Response:
    """Return the result, or the problem document and status of an experiment that failed."""
    queue = _queue(request)
    return await answer_result(
        queue, experiment, runs=include == "runs", language=language_of(request.scope)
    )


@router.get(
    "/{experiment_id:uuid}/events",
    summary="Follow an experiment: server-sent events, to its end",
    response_class=Response,
    response_model=None,
    responses={
        200: {
            "description": "Events `seed` and `state`, each with an `id` and the data of "
            "`EventAnswer`",
            "content": {
                "text/event-stream": {
                    "schema": {},
                    "itemSchema": EVENT,
                    "example": EVENTS,
                }
            },
        },
        204: {"description": "All events have been seen: do not ask again"},
        **NOT_FOUND,
    },
)
async def get_events(
    request: Request,
    experiment: ExperimentOfPath,
    last_event_id: Annotated[
        int | None,
        Header(
            ge=0,
            le=2**31 - 1,
            description="id of the last event that has been seen",
            examples=[0],
        ),
    ] = None,
) -> Response:
    """Send all events, past and future: `state` for each change, `seed` for each ended seed.

    The data are JSON: state, seeds done, fraction, seconds left and, for the seeds of a sweep, the
    figures of every configuration over the seeds that have ended. The stream ends with the final
    state. With `Last-Event-ID`, which browsers send when they reconnect, it continues after that
    event.
    """
    queue = _queue(request)
    after = last_event_id or 0
    if experiment.is_final and after >= experiment.last_event:
        return Response(status_code=204)
    readiness: Readiness = request.app.state.readiness
    stream = stream_events(queue, experiment, after, lambda: readiness.draining)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, headers=headers, media_type="text/event-stream")


@router.get(
    "/{experiment_id:uuid}/figures",
    summary="Names of the figures that a sweep's result has the data for",
    response_model=None,
    responses={
        200: describe_answer("get_figures", "names", model=list[str]),
        **NOT_FOUND,
        **NOT_FINISHED,
    },
)
async def get_figures(request: Request, experiment: ExperimentOfPath) -> Response:
    """Return the names, in the order of a report."""
    names = await _draw(request, experiment, figures_of)
    return Response(to_json(names), media_type=JSON)


@router.get(
    "/{experiment_id:uuid}/figures/{name}.{extension}",
    summary="A figure of a sweep",
    response_class=Response,
    response_model=None,
    responses={
        200: {"content": PICTURES},
        **NOT_FOUND,
        **NOT_FINISHED,
    },
)
async def get_figure(
    request: Request,
    experiment: ExperimentOfPath,
    name: Annotated[str, Path(description="as `figures` lists it", examples=["overload-by-k"])],
    extension: Annotated[
        Literal["svg", "png", "json"], Path(description="format", examples=["svg"])
    ],
    configuration: Annotated[
        int | None,
        Query(
            ge=0,
            description="position in `results` of the one that `chain-of-effects` is drawn of; "
            "by default the one that the answer names. Other figures are of all of them",
            examples=[0],
        ),
    ] = None,
) -> Response:
    """Draw a figure. As JSON, it is the Vega-Lite specification of the picture.

    With `Accept: application/octet-stream`, browsers save the file instead of showing it. While a
    sweep is running, the specification covers the seeds that have ended.
    """
    if extension == "json" and KINDS[experiment.kind].has_seeds and experiment.state != "done":
        figure = await _draw_partial(request, experiment, name)
    else:
        language = language_of(request.scope)
        figure = await _draw(
            request, experiment, figure_of, name, extension, language, configuration
        )
    if figure is None:
        raise RefusalError("unknown-figure", Message("unknown_figure", name=name[:60]))
    media_type = _choose_media_type(request, BYTES, FORMATS[extension])
    return Response(figure, headers={"Vary": VARY}, media_type=media_type)


@router.get(
    "/{experiment_id:uuid}/config.yaml",
    summary="The configuration of a sweep, as whale-matching sweep --config reads it",
    response_class=Response,
    response_model=None,
    responses={200: {"content": CONFIG}, **NOT_FOUND},
)
async def get_config(request: Request, experiment: ExperimentOfPath) -> Response:
    """Return the configuration of a sweep of drawn worlds, from which it can be run again.

    With `Accept: text/plain`, browsers show the text instead of saving it.
    """
    if not KINDS[experiment.kind].has_seeds:
        raise RefusalError("not-a-sweep", Message("drawn_sweep_expected", kind=experiment.kind))
    text = as_yaml(orjson.loads(experiment.config))
    return Response(text, media_type=_choose_media_type(request, TEXT, YAML))


@router.get(
    "/{experiment_id:uuid}/report",
    summary="The report of a sweep: one HTML page that needs nothing beside it",
    response_class=Response,
    response_model=None,
    responses={200: {"content": PAGE}, **NOT_FOUND, **NOT_FINISHED},
)
async def get_report(request: Request, experiment: ExperimentOfPath) -> Response:
    """Return the report."""
    language = language_of(request.scope)
    page = await _draw(request, experiment, report_of, language)
    headers = {**REPORT_HEADERS, "Vary": VARY, "Content-Language": language}
    return Response(page, headers=headers, media_type="text/html")


@router.patch(
    "/{experiment_id:uuid}",
    summary="Name an experiment, or note something about it",
    response_model=None,
    responses={
        200: describe_answer("patch_experiment", "labelled", model=ExperimentAnswer),
        **describe_errors(400, 404, 413, 415, 422, 503),
    },
    openapi_extra=request_body("LabelsRequest", required=True),
)
async def patch_experiment(request: Request, experiment: ExperimentOfPath) -> Response:
    """Change name or note; what the body does not have stays as it is. Nothing is computed anew."""
    async with receive_body(request, MOST_LABEL_BYTES, parts=False) as body:
        with body.open() as content:
            labels = validate(LabelsRequest, parse_json(bytes(content)))
    labelled = await _queue(request).label(experiment, labels.changes())
    language = language_of(request.scope)
    content_of_answer = experiment_json(labelled, root=root_of(request), language=language)
    return Response(to_json(content_of_answer), headers={"Vary": VARY}, media_type=JSON)


@router.delete(
    "/{experiment_id:uuid}",
    summary="Cancel an experiment; delete one that has ended",
    response_model=None,
    responses={
        200: describe_answer(
            "delete_experiment",
            "cancelled",
            model=ExperimentAnswer,
            description="It was under way, and is cancelled",
        ),
        204: {"description": "It had ended, and is deleted"},
        **NOT_FOUND,
    },
)
async def delete_experiment(request: Request, experiment: ExperimentOfPath) -> Response:
    """Cancel an experiment that is queued or running, within a second. It keeps seeds and events.

    An experiment that has ended is deleted with all its data.
    """
    queue = _queue(request)
    if await queue.cancel(experiment):
        cancelled = experiment_json(await queue.get(experiment.id), root=root_of(request))
        return Response(to_json(cancelled), media_type=JSON)
    await queue.delete(experiment)
    return Response(status_code=204)


async def _draw(
    request: Request, experiment: Experiment, draw: Any, *arguments: str | int | None
) -> Any:
    """Draw a sweep's result, with its rows, by a function in a worker."""
    _expect_finished_sweep(experiment)

    async def read() -> bytes | None:
        return await read_result(_queue(request), experiment, runs=True)

    return await _run_in_worker(request, read, lambda result: (draw, result, *arguments))


async def _draw_partial(request: Request, experiment: Experiment, name: str) -> bytes | None:
    """Return a figure's specification over the seeds that have ended."""
    language = language_of(request.scope)

    async def read_rows() -> list[bytes]:
        seeds = await _queue(request).call(_queue(request).store.read_seeds, experiment.number)
        if not seeds:
            raise RefusalError("not-finished", Message("no_seed_ended"))
        return [*seeds.values()]

    figure: bytes | None = await _run_in_worker(
        request, read_rows, lambda rows: (partial_figure, experiment.config, rows, name, language)
    )
    return figure


async def _run_in_worker(
    request: Request,
    read: Callable[[], Coroutine[Any, Any, Data]],
    call: Callable[[Data], tuple[Any, ...]],
) -> Any:
    """Read data and draw them in a worker, while the client is connected.

    Parameters
    ----------
    request : Request
    read : coroutine function
        Returns the data. Called once there is a place for the drawing.
    call : callable
        Returns the function and the arguments of the call in the worker.
    """
    state = request.app.state
    settings: Settings = state.settings

    async def draw() -> Any:
        async with state.drawing.acquire(key_of(request)):
            function, *arguments = call(await read())
            try:
                return await state.pool.run(
                    function, *arguments,
                    seconds=settings.max_report_seconds, key=key_of(request),
                )  # fmt: skip
            except SolveTimeoutError as error:
                raise SolveTimeoutError(
                    Message("drawing_too_slow", seconds=settings.max_report_seconds)
                ) from error

    return await while_connected(request, draw())


def _choose_media_type(request: Request, other: str, default: str) -> str:
    """Return `other` if the client accepts it and not the default."""
    accept = request.headers.get("accept", "")
    return other if other in accept and default not in accept else default


def _expect_finished_sweep(experiment: Experiment) -> None:
    """Refuse an experiment that has no figures, or not yet."""
    if KINDS[experiment.kind].join_rows is None:
        raise RefusalError("not-a-sweep", Message("sweep_expected", kind=experiment.kind))
    if experiment.state != "done":
        raise RefusalError(
            "without-result" if experiment.is_final else "not-finished",
            Message("experiment_not_done", state=experiment.state),
        )
