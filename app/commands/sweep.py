"""whale-matching sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

from app.files import expect_writable, read_yaml
from app.observability.timings import Timings
from app.settings import Settings
from app.studies import whale_sweep as experiments
from app.studies.study_answer import StudyAnswer
from app.text.language import command_language
from app.workers.pool import fork_pool
from messages import Message, load_catalogues
from solver import InputError

from .answer_tables import report_answer, write_answer
from .destination import Destination
from .problem import OutputFile, parse_caps
from .progress import progress
from .tables import Header, parse_options, read_problem_files


def sweep(
    output: OutputFile,
    config: Path | None = None,
    table: Path | None = None,
    columns: str | None = None,
    header: Header = None,
    ev: Path | None = None,
    candidates: Path | None = None,
    wealth: Path | None = None,
    capacity: str | None = None,
    k: str | None = None,
    whale_share: str | None = None,
    simulations: int | None = None,
    seed: int | None = None,
    gift_probability: float | None = None,
    amount_sigma: float | None = None,
    minimum_revenue_pct: float | None = None,
    minimum_gini: float | None = None,
    figures: Path | None = None,
    report: Path | None = None,
    scheduler: str | None = None,
    until_decided: bool = False,
) -> None:
    """Sweep over k, in simulated markets or on an own matrix, and judge whether a cap helps."""
    members: dict[str, Any] = {
        "table": table,
        "columns": columns,
        "header": header,
        "ev": ev,
        "candidates": candidates,
        "wealth": wealth,
        "capacity": capacity,
        "k_values": k,
        "whale_shares": whale_share,
        "simulations": simulations,
        "seed": seed,
        "gift_probability": gift_probability,
        "amount_sigma": amount_sigma,
        "minimum_revenue_pct": minimum_revenue_pct,
        "minimum_gini": minimum_gini,
    }
    own = {name: value for name, value in members.items() if value is not None}
    pictures = () if figures is None else (figures / "overload-by-k.svg",)
    to = Destination.parse(output)
    for path in (*pictures, *([] if report is None else [report])):
        expect_writable(path)
    if ev is None and candidates is None and table is None:
        answer = _sweep_worlds(config, own, scheduler, until_decided)
    elif scheduler is not None:
        raise InputError("scheduler", Message("scheduler_without_config"))
    elif until_decided:
        raise InputError("until_decided", Message("until_decided_without_config"))
    else:
        answer = _sweep_matrix(config, own)
    write_answer(answer, to)
    if figures is not None or report is not None:
        from app.studies.pictures import write_figures, write_report

        language = command_language.get()
        if figures is not None:
            write_figures(answer.study, figures, language)
        if report is not None:
            write_report(answer.study, answer.id, report, language)
    report_answer(answer, answer.study.findings, to)


def _sweep_worlds(
    config: Path | None, own: Mapping[str, Any], scheduler: str | None, until_decided: bool
) -> StudyAnswer:
    """Return the sweep of simulated markets that a file describes."""
    if config is None:
        raise InputError("config", Message("sweep_without_input"))
    for name in own:
        option = f"--{_OPTION.get(name, name).replace('_', '-')}"
        raise InputError(name, Message("sweep_option_of_matrix", option=option))
    settings = Settings()
    known = experiments.sweep_config(read_yaml(config), settings)
    if until_decided:
        known = replace(known, until_decided=True)
    with (
        _replaying(scheduler, settings.processes) as pool,
        progress(Message("progress_seeds"), known.simulations) as on_seed,
    ):
        Thread(target=load_catalogues, daemon=True).start()  # while the processes replay
        return experiments.answer(known, pool, on_seed)


@contextmanager
def _replaying(scheduler: str | None, processes: int) -> Iterator[Executor]:
    """Yield the executor of replays: processes on this machine, or workers of a scheduler."""
    if scheduler is None:
        with fork_pool(processes) as pool:
            yield pool
        return
    from app.batch.distributed.cluster import connect_client

    with connect_client(scheduler, None) as client, client.get_executor() as executor:
        yield executor


def _sweep_matrix(config: Path | None, own: dict[str, Any]) -> StudyAnswer:
    """Return the study on the caller's own matrix or candidates."""
    from app.fields.strict_model import validate
    from app.studies import matrix_study
    from app.studies.matrix_requests import OwnSweepRequest

    if config is not None:
        raise InputError("config", Message("sweep_config_and_matrix"))
    timings = Timings()
    how = parse_options(own.pop("columns", None), own.pop("header", None))
    members = read_problem_files(
        table=own.pop("table", None),
        ev=own.pop("ev", None),
        candidates=own.pop("candidates", None),
        wealth=own.pop("wealth", None),
        how=how,
    )
    if members.get("wealth") is None:
        raise InputError("wealth", Message("sweep_without_wealth"))
    read: dict[str, Callable[[Any], Any]] = {
        "capacity": lambda value: parse_caps(value, "capacity"),
        "k_values": lambda text: _numbers(text, "k", int),
        "whale_shares": lambda text: _numbers(text, "whale_share", float),
    }
    minimum = {name: own.pop(option) for name, option in _MINIMUM_EFFECT.items() if option in own}
    fields = members | {name: read.get(name, _as_is)(value) for name, value in own.items()}
    fields |= {"minimum_effect": minimum}
    request = validate(OwnSweepRequest, fields)
    points = len(request.k_values) * len(request.whale_shares)
    with progress(Message("progress_configurations"), points) as on_point:
        return matrix_study.answer(request, Settings(), timings, on_point)


_MINIMUM_EFFECT = {"revenue_pct": "minimum_revenue_pct", "streamer_gini": "minimum_gini"}
"""Options of the smallest effects that matter."""

_OPTION = {"k_values": "k", "whale_shares": "whale-share"}


def _as_is(value: Any) -> Any:
    return value


def _numbers(text: str, option: str, kind: type[int] | type[float]) -> list[Any]:
    """Return the numbers of a list such as 1,2,5."""
    try:
        return [kind(part) for part in text.split(",")]
    except ValueError:
        message = Message("numbers_expected", field=option, whole=kind is int, received=text)
        raise InputError(option, message) from None
