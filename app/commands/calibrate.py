"""whale-matching calibrate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
import yaml
from rich.cells import cell_len

from app.files import expect_writable, write_atomically
from app.studies.gift_log import read_gifts
from app.text.language import render_for_command
from messages import Message
from simulator import Calibration
from simulator import calibrate as calibrated
from simulator.calibration.calibrate import GIFT_RATE, STEPS
from solver import InputError

from .progress import progress

_COLUMNS = ("figure", "target", "fitted", "off")
_WIDTHS = (12, 12, 9)

WELL = 0.1
"""Relative error of a fitted figure up to which it has no mark."""


def calibrate(
    gifts: Annotated[
        Path,
        typer.Option(),
    ],
    output: Annotated[Path, typer.Option()],
    interactions: Annotated[int | None, typer.Option(min=1)] = None,
    gift_rate: float | None = None,
    users: int | None = None,
    streamers: int | None = None,
    seed: int = 42,
) -> None:
    """Fit the simulated world to a log of gifts."""
    if interactions is not None and gift_rate is not None:
        raise InputError("gift_rate", Message("gift_rate_twice"))
    expect_writable(output)
    log, free, understood = read_gifts(gifts)
    print(render_for_command(understood), file=sys.stderr)
    rate = GIFT_RATE if gift_rate is None else gift_rate
    if interactions is not None:
        if interactions < len(log.amounts):
            message = Message(
                "interactions_below_gifts", gifts=len(log.amounts), received=interactions
            )
            raise InputError("interactions", message)
        rate = len(log.amounts) / interactions
    with progress(Message("progress_steps"), STEPS) as on_step:
        fit = calibrated(log, rate, users, streamers, seed, on_step)
    write_atomically(output, _written(gifts, fit).encode())
    if free:
        print(render_for_command(Message("free_gifts", rows=free)))
    for line in _table(fit):
        print(line)
    done = Message("calibrated", gifts=len(log.amounts), output=str(output))
    print(render_for_command(done))


def _written(gifts: Path, fit: Calibration) -> str:
    """Return the configuration as YAML, with the table as a comment."""
    heading = render_for_command(Message("calibration_heading", file=gifts.name))
    notes = [heading, *_table(fit)]
    comment = "".join(f"# {note}\n" for note in notes)
    return comment + yaml.safe_dump(fit.config.as_mapping(), sort_keys=False)


def _table(fit: Calibration) -> list[str]:
    """Return a line per figure: target, fitted and error, with a mark if it is above a tenth."""
    lines = [_line(*(_text(f"calibration_{name}") for name in _COLUMNS))]
    for name, target, fitted in fit.table():
        off = mark = ""
        if target is not None and fitted is not None:
            error = fitted / target - 1 if target else 0.0
            off = f"{100 * error:+.1f} %"
            mark = "" if abs(error) <= WELL else f"  {_text('beyond_tenth')}"
        line = _line(_text(f"calibration_of_{name}"), _figure(target), _figure(fitted), off)
        lines.append(line.rstrip() + mark)
    return lines


def _line(name: str, *cells: str) -> str:
    """Return a line of the table; a Chinese character takes two columns of a terminal."""
    padded = (
        " " * (width - cell_len(each)) + each for each, width in zip(cells, _WIDTHS, strict=True)
    )
    return name + " " * (17 - cell_len(name)) + "".join(padded)


def _text(code: str) -> str:
    return render_for_command(Message(code))


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
