"""Experiments over HTTP: submit them, and answer with their results."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

import orjson
from fastapi import Request, Response
from python_multipart.multipart import parse_options_header

from app.access.root_path import root_of
from app.errors.problem_details import ProblemResponse, problem
from app.formats import arrow
from app.formats.json import MEDIA_TYPE as JSON
from app.formats.json import to_json
from app.formats.multipart import is_multipart
from app.http.body import Body
from app.http.connection import ClientGoneError, while_connected
from app.http.prefer import Preferences
from app.settings import Settings
from app.text.language import VARY, language_of
from app.text.members import translate
from messages import DEFAULT_LANGUAGE, Message

from .descriptions import experiment_json, experiment_path
from .kinds import KINDS, add_rows
from .queue import ExperimentQueue
from .records import Experiment, KindName, Submission, Viewer


def build_submission(kind: KindName, config: str, preferred: Preferences) -> Submission:
    """Return the submission of a request that has only a configuration."""
    return Submission(
        kind=kind,
        config=config,
        total=len(KINDS[kind].list_seeds(config)),
        fingerprint=_fingerprint(kind, config),
        attended=not preferred.respond_async,
        idempotency_key=preferred.idempotency_key,
    )


def build_submission_with_body(
    kind: KindName, body: Body, accept: str, preferred: Preferences, **members: int
) -> Submission:
    """Return the submission of a request with its body. Reads the body: call it in a thread.

    Parameters
    ----------
    kind : str
    body : Body
    accept : str
        Media type of the answer.
    preferred : Preferences
    **members : int
        Further members of the configuration.
    """
    config = to_json({"content_type": body.content_type, "accept": accept, **members}).decode()
    boundary = b""
    if is_multipart(body.content_type):  # repeated requests have different boundaries
        boundary = parse_options_header(body.content_type)[1].get(b"boundary", b"")
    media_type = body.content_type.partition(";")[0]
    return replace(
        build_submission(kind, config, preferred),
        fingerprint=_fingerprint(kind, media_type, accept, body=body, boundary=boundary),
        body=body.content,
    )


def _fingerprint(*parts: str, body: Body | None = None, boundary: bytes = b"") -> str:
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    if body is not None:
        size = sum(map(len, remove_text(boundary, body.chunks())))
        digest.update(size.to_bytes(8, "big"))
        for piece in remove_text(boundary, body.chunks()):
            digest.update(piece)
    return digest.hexdigest()


def remove_text(text: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of chunks without the occurrences of a text, also across chunks."""
    if not text:
        yield from chunks
        return
    tail = b""
    overlap = len(text) - 1  # the next chunk may complete a text that begins here
    for chunk in chunks:
        *pieces, tail = (tail + chunk).split(text)
        yield from pieces
        if len(tail) > overlap:
            yield tail[: len(tail) - overlap]
            tail = tail[len(tail) - overlap :]
    yield tail


async def submit(
    request: Request, submission: Submission, preferred: Preferences, *, runs: bool = False
) -> Response:
    """Submit an experiment and answer with its result, or with 202 if the client prefers that.

    Parameters
    ----------
    request : Request
        Its body has been read.
    submission : Submission
    preferred : Preferences
    runs : bool
        Whether the result includes its rows.

    Raises
    ------
    RefusalError
        503 if the queue is full.
    solver.InputError
        If the idempotency key was used for another request.
    connection.ClientGoneError
        If the client disconnects. The experiment is cancelled unless another client waits for it.
    """
    queue: ExperimentQueue = request.app.state.experiments
    submission = _assign_to_key(request, submission)
    experiment = await queue.submit(submission)
    language = language_of(request.scope)
    seconds = preferred.wait if preferred.respond_async else None
    if seconds != 0:
        try:
            async with asyncio.timeout(seconds):
                end = queue.wait_for_end(submission, experiment)
                final = await while_connected(request, end)
            return await answer_result(queue, final, runs=runs, language=language)
        except ClientGoneError:
            await queue.cancel(experiment, only_attended=True)
            raise
        except TimeoutError:
            pass
    headers = {"Location": experiment_path(experiment), "Preference-Applied": preferred.applied}
    content = experiment_json(experiment, root=root_of(request), language=language)
    return Response(to_json(content), 202, headers, "application/json")


def find_viewer(request: Request) -> Viewer:
    """Return the sender of a request, who sees the experiments of one key or of all."""
    settings: Settings = request.app.state.settings
    owner: str | None = getattr(request.state, "owner", None)
    if owner is None:
        return Viewer(sees_all=not settings.keys.digests)
    return Viewer(owner, sees_all=bytes.fromhex(owner) in settings.admins.digests)


def _assign_to_key(request: Request, submission: Submission) -> Submission:
    """Return a submission that belongs to the key of a request, as does its idempotency key."""
    owner: str | None = getattr(request.state, "owner", None)
    if owner is None:
        return submission
    key = submission.idempotency_key
    key = None if key is None else _fingerprint(owner, key)
    return replace(submission, api_key=owner, idempotency_key=key)


async def answer_result(
    queue: ExperimentQueue, experiment: Experiment, *, runs: bool, language: str
) -> Response:
    """Answer with the result of an experiment, or with the reason why it has none."""
    headers = {"Content-Location": experiment_path(experiment)}
    if experiment.state == "done":
        result = await read_result(queue, experiment, runs=runs, language=language)
        return Response(result, 200, {**headers, "Vary": VARY}, experiment.media_type)
    if experiment.error is not None:
        return ProblemResponse(orjson.loads(experiment.error), headers)
    message = Message("experiment_not_done", state=experiment.state)
    return problem("without-result" if experiment.is_final else "not-finished", message, headers)


def translate_result(result: bytes, media_type: str, language: str) -> bytes:
    """Return a stored result with its texts in a language."""
    if media_type == arrow.MEDIA_TYPE:
        table = arrow.from_stream(result)
        return arrow.to_stream(
            arrow.with_metadata(table, translate(arrow.metadata(table), language))
        )
    return to_json(translate(orjson.loads(result), language))


async def read_result(
    queue: ExperimentQueue,
    experiment: Experiment,
    *,
    runs: bool,
    language: str = DEFAULT_LANGUAGE,
) -> bytes | None:
    """Return the result of an experiment in a language, with its rows if `runs`.

    Results are stored in English, with their messages as data.
    """
    result = await queue.call(queue.store.read_result, experiment.number)
    if result is not None and language != DEFAULT_LANGUAGE:
        result = await asyncio.to_thread(
            translate_result, result, experiment.media_type or JSON, language
        )
    if result is None or not runs:
        return result
    seeds = await queue.call(queue.store.read_seeds, experiment.number)
    return await asyncio.to_thread(add_rows, experiment, result, seeds)
