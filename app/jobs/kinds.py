"""Kinds of experiments: what a process does for one seed, and what all seeds amount to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import orjson

from app.allocations import allocation
from app.allocations.requests import AllocateRequest
from app.formats.json import MEDIA_TYPE as JSON
from app.formats.json import to_json
from app.formats.registry import ANSWER_MEDIA_TYPES
from app.http.body import Body
from app.http.respond import Answer, encode_answer
from app.observability.timings import Timings
from app.settings import Settings
from app.studies import matrix_study
from app.studies.gate_search import search
from app.studies.matrix_requests import OwnSweepRequest
from app.studies.study_answer import StudyAnswer
from simulator import Run, Sweep, SweepConfig, run_seed

from .records import Experiment, KindName

Conclude = Callable[[str, str, Sequence[bytes], float], bytes]


@dataclass(frozen=True)
class Kind:
    """What is done for an experiment. Its functions are called in other processes, by name.

    Parameters
    ----------
    seeds : callable
        From the configuration, JSON, to the seeds. What has no seeds of its own has the one 0.
    replay : callable
        From configuration, body, seed and settings to what is kept of the seed: of a sweep its
        rows, a list in JSON.
    conclude : callable
        From id, configuration, what is kept of every seed, and milliseconds that it took, to the
        result.
    runs : callable, optional
        From what is kept of every seed to the rows behind the result, a list in JSON; of sweeps,
        which figures can be drawn from.
    live : bool
        Whether the figures of the seeds that have ended are shown while it runs.
    """

    seeds: Callable[[str], Sequence[int]]
    replay: Callable[[str, bytes | Path | None, int, Settings], bytes]
    conclude: Conclude
    runs: Callable[[Sequence[bytes]], bytes] | None = None
    live: bool = False


def list_seeds(config: str) -> range:
    """Return the seeds of a sweep."""
    return _sweep(config).seeds


def replay_seed(config: str, _body: bytes | Path | None, seed: int, _limits: Settings) -> bytes:
    """Replay one seed of a sweep."""
    return to_json([run.as_mapping() for run in run_seed(_sweep(config), seed)])


def conclude_sweep(id_: str, config: str, rows: Sequence[bytes], took: float) -> bytes:
    """Return the answer of a sweep, without rows."""
    return to_json(_answer(id_, config, rows, took).as_mapping())


def conclude_search(id_: str, config: str, rows: Sequence[bytes], took: float) -> bytes:
    """Return the answer of a sweep and what a search of it found."""
    return to_json(search(_answer(id_, config, rows, took)).as_mapping())


def _sweep(config: str) -> SweepConfig:
    return SweepConfig.from_mapping(orjson.loads(config))


def _answer(id_: str, config: str, rows: Sequence[bytes], took: float) -> StudyAnswer:
    timings = Timings()
    runs = tuple(Run.from_mapping(row) for each in rows for row in orjson.loads(each))
    study = Sweep(_sweep(config), runs).summary()
    timings.record("summary")
    milliseconds = {"replays": round(took, 3), **timings.milliseconds}
    return StudyAnswer(study, milliseconds, id=id_)


def join_rows(rows: Sequence[bytes]) -> bytes:
    """Return the rows of all seeds in one list."""
    return b"[" + b",".join(each[1:-1] for each in rows) + b"]"


def single_seed(_config: str) -> range:
    """Return the only seed of what is done at once."""
    return range(1)


def answer_matrix_study(
    config: str, body: bytes | Path | None, _seed: int, limits: Settings
) -> bytes:
    """Sweep over an own matrix."""
    return encode_answer(
        OwnSweepRequest, matrix_study.answer_json, _body(config, body), limits, Timings()
    ).content


def answer_allocation(
    config: str, body: bytes | Path | None, _seed: int, limits: Settings
) -> bytes:
    """Allocate."""
    answer: Answer[AllocateRequest] = allocation.answer_allocation
    if media_type(config) in ANSWER_MEDIA_TYPES:
        answer = allocation.answer_table
    return encode_answer(AllocateRequest, answer, _body(config, body), limits, Timings()).content


def conclude_matrix_study(id_: str, _config: str, rows: Sequence[bytes], _took: float) -> bytes:
    """Return the answer of a sweep over an own matrix, without rows, under the experiment's id."""
    (answer,) = rows
    result = orjson.loads(answer) | {"id": id_}
    del result["runs"]
    return to_json(result)


def matrix_study_rows(rows: Sequence[bytes]) -> bytes:
    """Return the rows behind a sweep over an own matrix."""
    (answer,) = rows
    return to_json(orjson.loads(answer)["runs"])


def conclude_allocation(id_: str, config: str, rows: Sequence[bytes], _took: float) -> bytes:
    """Return what was worked out at once, JSON under the experiment's id."""
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


KINDS: Mapping[KindName, Kind] = MappingProxyType(
    {
        "whale-sweep": Kind(list_seeds, replay_seed, conclude_sweep, join_rows, live=True),
        "find-gate": Kind(list_seeds, replay_seed, conclude_search, join_rows, live=True),
        "own-sweep": Kind(
            single_seed, answer_matrix_study, conclude_matrix_study, matrix_study_rows
        ),
        "allocation": Kind(single_seed, answer_allocation, conclude_allocation),
    }
)


def add_rows(experiment: Experiment, result: bytes, seeds: Mapping[int, bytes]) -> bytes:
    """Return a result with the rows behind it; one of a kind that has none as it is."""
    runs = KINDS[experiment.kind].runs
    if runs is None:
        return result
    return result[:-1] + b',"runs":' + runs([*seeds.values()]) + b"}"
