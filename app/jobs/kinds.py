"""Kinds of experiments: the work for one seed, and the result of all seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

import orjson

from app.allocations import allocation, frontier
from app.allocations.requests import AllocateRequest, FrontierRequest
from app.formats.json import MEDIA_TYPE as JSON
from app.formats.json import to_json
from app.formats.registry import ANSWER_MEDIA_TYPES
from app.http.body import Body
from app.http.decoding import decode_request
from app.http.respond import Answer, encode_answer
from app.observability.timings import Timings
from app.settings import Settings
from app.studies import matrix_study
from app.studies.matrix_requests import OwnSweepRequest
from app.studies.settings_search import search
from app.studies.study_answer import StudyAnswer
from app.text.members import write_messages
from messages import Message
from simulator import Run, Sweep, SweepConfig, decided_after, list_looks, run_seed

from .records import Experiment, KindName

Conclude = Callable[[str, str, Sequence[bytes], float], bytes]


def no_looks(_config: str) -> Sequence[int]:
    """Return no number of seeds: the experiment needs all of them."""
    return ()


def never_decided(_config: str, _rows: Sequence[bytes]) -> None:
    """Decide nothing from the first seeds."""


@dataclass(frozen=True)
class Kind:
    """The functions of one kind of experiment. Workers call them by name.

    Parameters
    ----------
    list_seeds : callable
        Returns the seeds of a configuration (JSON). Kinds without seeds have the only seed 0,
        those of a frontier are its points.
    replay : callable
        Computes one seed from configuration, body, seed and settings. Returns the stored rows of
        the seed: for a sweep, a list as JSON.
    conclude : callable
        Computes the result from id, configuration, the rows of all seeds and the milliseconds
        that they took.
    join_rows : callable, optional
        For sweeps: returns the rows of all seeds as one JSON list, from which figures are drawn.
    list_looks : callable
        Returns the numbers of seeds after which the experiment may end early; see
        `simulator.list_looks`.
    decided_after : callable
        From configuration and the rows of the first seeds, as many as one of these numbers:
        returns after how many seeds the experiment ends, or None.
    has_seeds : bool
        Whether the experiment consists of many short steps, one per seed. The figures of the
        finished seeds are shown while it runs.
    """

    list_seeds: Callable[[str], Sequence[int]]
    replay: Callable[[str, bytes | Path | None, int, Settings], bytes]
    conclude: Conclude
    join_rows: Callable[[Sequence[bytes]], bytes] | None = None
    list_looks: Callable[[str], Sequence[int]] = no_looks
    decided_after: Callable[[str, Sequence[bytes]], int | None] = never_decided
    has_seeds: bool = False


def list_seeds(config: str) -> range:
    """Return the seeds of a sweep."""
    return _sweep(config).seeds


def replay_seed(config: str, _body: bytes | Path | None, seed: int, _limits: Settings) -> bytes:
    """Replay one seed of a sweep."""
    return to_json([run.as_mapping() for run in run_seed(_sweep(config), seed)])


def list_sweep_looks(config: str) -> list[int]:
    """Return the numbers of seeds after which a sweep may end early."""
    return list_looks(_sweep(config))


def sweep_decided_after(config: str, rows: Sequence[bytes]) -> int | None:
    """Return after how many seeds a sweep ends, given the rows of the first; None if it goes on."""
    return decided_after(_sweep(config), _runs(rows))


def conclude_sweep(id_: str, config: str, rows: Sequence[bytes], milliseconds: float) -> bytes:
    """Return the answer of a sweep, without rows."""
    return to_json(_study_answer(id_, config, rows, milliseconds).as_mapping())


def conclude_search(id_: str, config: str, rows: Sequence[bytes], milliseconds: float) -> bytes:
    """Return the answer of a sweep with the result of the search."""
    return to_json(search(_study_answer(id_, config, rows, milliseconds)).as_mapping())


def _sweep(config: str) -> SweepConfig:
    return SweepConfig.from_mapping(orjson.loads(config))


def _runs(rows: Sequence[bytes]) -> tuple[Run, ...]:
    return tuple(Run.from_mapping(row) for each in rows for row in orjson.loads(each))


def _study_answer(id_: str, config: str, rows: Sequence[bytes], milliseconds: float) -> StudyAnswer:
    timings = Timings()
    study = Sweep(_sweep(config), _runs(rows)).summary()
    timings.record("summary")
    durations = {"replays": round(milliseconds, 3), **timings.milliseconds}
    return StudyAnswer(study, durations, id=id_)


def join_rows(rows: Sequence[bytes]) -> bytes:
    """Return the rows of all seeds in one list."""
    return b"[" + b",".join(each[1:-1] for each in rows) + b"]"


def single_seed(_config: str) -> range:
    """Return the only seed of an experiment that is one step."""
    return range(1)


def answer_matrix_study(
    config: str, body: bytes | Path | None, _seed: int, limits: Settings
) -> bytes:
    """Return the answer of a sweep on the caller's matrix, with its rows."""
    return encode_answer(
        OwnSweepRequest, matrix_study.answer_json, _body(config, body), limits, Timings()
    ).content


def answer_allocation(
    config: str, body: bytes | Path | None, _seed: int, limits: Settings
) -> bytes:
    """Return the answer of an allocation, JSON or an Arrow table."""
    answer: Answer[AllocateRequest] = allocation.answer_allocation
    if media_type(config) in ANSWER_MEDIA_TYPES:
        answer = allocation.answer_table
    return encode_answer(AllocateRequest, answer, _body(config, body), limits, Timings()).content


def count_points(body: Body, limits: Settings) -> int:
    """Check a body; return the number of points that it asks for.

    Raises
    ------
    RefusalError
        400 if the body does not match its Content-Type.
    solver.InputError
        With the field and the position at fault.
    """
    request, _ = decode_request(FrontierRequest, body, limits)
    frontier.read_problem(request, limits)
    return request.points


def list_points(config: str) -> range:
    """Return the numbers of the points of a frontier."""
    return range(orjson.loads(config)["points"])


def answer_point(config: str, body: bytes | Path | None, index: int, limits: Settings) -> bytes:
    """Return one point of a frontier."""
    answer: Answer[FrontierRequest] = partial(frontier.answer_point, index=index)
    return encode_answer(FrontierRequest, answer, _body(config, body), limits, Timings()).content


def conclude_frontier(id_: str, _config: str, rows: Sequence[bytes], milliseconds: float) -> bytes:
    """Return the answer of all points, with the id of the experiment."""
    points = [orjson.loads(each) for each in rows]
    warnings = [Message.from_mapping(each) for each in points[0].get("note_messages", ())]
    for point in points:
        for name in ("notes", "note_messages", "timings_ms"):
            point.pop(name, None)
    answer = frontier.join_points(points)
    written = write_messages(answer | {"notes": [*answer["notes"], *warnings]})
    return to_json(written | {"timings_ms": {"points": round(milliseconds, 3)}, "id": id_})


def conclude_matrix_study(
    id_: str, _config: str, rows: Sequence[bytes], _milliseconds: float
) -> bytes:
    """Return the answer of a sweep on the caller's matrix, without its rows, with the id."""
    (answer,) = rows
    result = orjson.loads(answer) | {"id": id_}
    del result["runs"]
    return to_json(result)


def matrix_study_rows(rows: Sequence[bytes]) -> bytes:
    """Return the rows of a sweep on the caller's matrix."""
    (answer,) = rows
    return to_json(orjson.loads(answer)["runs"])


def conclude_allocation(
    id_: str, config: str, rows: Sequence[bytes], _milliseconds: float
) -> bytes:
    """Return the answer of an allocation. JSON also has the id of the experiment."""
    (answer,) = rows
    if media_type(config) != JSON:
        return answer
    return to_json(orjson.loads(answer) | {"id": id_})


def media_type(config: str) -> str:
    """Return the type of an experiment's result."""
    accepted: str = orjson.loads(config).get("accept", JSON)
    return accepted


def _body(config: str, body: bytes | Path | None) -> Body:
    return Body(body or b"", orjson.loads(config)["content_type"])


def _seeded(conclude: Conclude) -> Kind:
    """Return a kind of experiment that is a sweep over seeds."""
    return Kind(
        list_seeds,
        replay_seed,
        conclude,
        join_rows,
        list_sweep_looks,
        sweep_decided_after,
        has_seeds=True,
    )


KINDS: Mapping[KindName, Kind] = MappingProxyType(
    {
        "whale-sweep": _seeded(conclude_sweep),
        "find-settings": _seeded(conclude_search),
        "find-gate": _seeded(conclude_search),  # the kind's name in version 0.1
        "own-sweep": Kind(
            single_seed, answer_matrix_study, conclude_matrix_study, matrix_study_rows
        ),
        "allocation": Kind(single_seed, answer_allocation, conclude_allocation),
        "frontier": Kind(list_points, answer_point, conclude_frontier),
    }
)


def add_rows(experiment: Experiment, result: bytes, seeds: Mapping[int, bytes]) -> bytes:
    """Return the result of a sweep with its rows. Other results are returned unchanged."""
    join = KINDS[experiment.kind].join_rows
    if join is None:
        return result
    return result[:-1] + b',"runs":' + join([*seeds.values()]) + b"}"
