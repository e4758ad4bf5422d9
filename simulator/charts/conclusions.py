"""Conclusions of figures: sentences whose numbers are computed."""

from __future__ import annotations

from messages import Message
from simulator.study.result import Unit

from .style import plain, signed
from .sweep_points import SweepPoint, SweepPoints


def change_sentence(points: SweepPoints, metric: str, unit: Unit) -> Message:
    """State where a metric falls, rises, or cannot be told from the baseline's.

    Parameters
    ----------
    points : SweepPoints
    metric : str
        One of the paired differences.
    unit : {"share", "percent", "number"}
    """
    changed_points = [
        (point, change) for point in points.points if (change := point.change(metric))
    ]
    factor = 100.0 if unit == "share" else 1.0
    changes = {point: factor * change.value for point, change in changed_points}
    subject = {
        "metric": Message(f"chart_metric_{metric}", first=False),
        "metric_first": Message(f"chart_metric_{metric}", first=True),
        "only_k": _only_k_differs(points),
    }
    if not changes:
        return Message("chart_change_unknown", **subject)
    if points.simulations == 1:
        return Message("chart_change_once", **subject, amount=_range([*changes.values()], unit))
    falls = [point for point, _ in changed_points if points.direction(point, metric) < 0]
    rises = [point for point, _ in changed_points if points.direction(point, metric) > 0]
    level = len(changed_points) - len(falls) - len(rises)
    by_tests, base = points.by_tests(metric), _baseline(points, metric, factor, unit)
    if level == len(changed_points):
        if not any(changes.values()):
            return Message("chart_change_none", **subject)
        return Message("chart_change_unsure", **subject, by_tests=by_tests, base=base)
    for group, falling in ((falls, True), (rises, False)):
        if len(group) == len(changed_points):
            amount = _range([abs(changes[point]) for point in group], unit)
            return Message("chart_change_everywhere", **subject, falls=falling, amount=amount)
    turns = [
        Message(
            "chart_turn",
            falls=falling,
            count=len(group),
            total=len(changed_points),
            **_largest_change(group, changes, unit),
        )
        for group, falling in ((falls, True), (rises, False))
        if group
    ]
    return Message(
        "chart_change_somewhere", **subject, turns=turns, level=level, by_tests=by_tests, base=base
    )


def _only_k_differs(points: SweepPoints) -> bool:
    return len(points.series) == len(points.panels) == 1 and None not in {
        point.k for point in points.points
    }


def _baseline(points: SweepPoints, metric: str, factor: float, unit: Unit) -> Message:
    """Return the baseline's figure; without a number where there are several."""
    levels = {point.baseline_level(metric) for point in points.points}
    if len(levels) > 1 or None in levels:
        return Message("chart_baseline")
    level = factor * (levels.pop() or 0.0)
    value = f"{level:.4f}" if unit == "number" else f"{plain(level)} %"
    return Message("chart_baseline_level", value=value)


def _largest_change(
    group: list[SweepPoint], changes: dict[SweepPoint, float], unit: Unit
) -> dict[str, Message]:
    point = max(group, key=lambda each: abs(changes[each]))
    return {"who": point.name, "amount": _amount(unit, signed(changes[point]))}


def _range(values: list[float], unit: Unit) -> Message:
    low, high = plain(min(values)), plain(max(values))
    return _amount(unit, low) if low == high else _amount(unit, low, high)


def _amount(unit: Unit, low: str, high: str = "") -> Message:
    """Return an amount with its unit, or a range of amounts."""
    return Message(f"chart_amount_{unit}", low=low, high=high, is_range=bool(high))
