"""What a figure shows, in a sentence whose every number is computed."""

from __future__ import annotations

from .style import plain, signed
from .sweep_points import SweepPoint, SweepPoints


def change_sentence(points: SweepPoints, metric: str, what: str, factor: float, unit: str) -> str:
    """Say where a metric falls, rises, or cannot be told from the baseline's.

    Parameters
    ----------
    points : SweepPoints
    metric : str
        One of the paired differences.
    what : str
        The metric in words, lower case.
    factor, unit : float, str
        What the difference is multiplied by to be said in the unit.

    Returns
    -------
    str
        One sentence that ends in a full stop.
    """
    measured = [(point, change) for point in points.points if (change := point.change(metric))]
    changes = {point: factor * change["mean"] for point, change in measured}
    base = _baseline(points, metric, factor, unit)
    start = what[0].upper() + what[1:]
    if not changes:
        return f"The change of {what} cannot be told."
    if points.simulations == 1:
        return f"{start} changes by {_range(list(changes.values()), unit)}, in one simulation only."
    falls = [point for point, _ in measured if points.direction(point, metric) < 0]
    rises = [point for point, _ in measured if points.direction(point, metric) > 0]
    level = len(measured) - len(falls) - len(rises)
    every = "at every k" if _only_k_differs(points) else "in every configuration"
    if level == len(measured):
        who = "k" if _only_k_differs(points) else "configuration"
        if not any(changes.values()):
            return f"No {who} changes {what} at all: it is the baseline's {every}."
        if points.by_tests(metric):
            return (
                f"No {who} changes {what} for sure: no change from {base} stands after Holm's "
                "correction."
            )
        return f"No {who} changes {what} for sure: every interval contains {base}."
    for group, verb in ((falls, "falls"), (rises, "rises")):
        if len(group) == len(measured):
            by = _range([abs(changes[point]) for point in group], unit)
            return f"{start} {verb} {every}, by {by}."
    parts = [
        f"{verb} in {len(group)} of {len(measured)} (most: {_most(group, changes, unit)})"
        for group, verb in ((falls, "falls"), (rises, "rises"))
        if group
    ]
    return f"{start} {' and '.join(parts)}{_rest(level, base, points.by_tests(metric))}."


def _rest(level: int, base: str, by_tests: bool) -> str:
    """Say how many configurations cannot be told from the baseline."""
    if level == 0:
        return ""
    if by_tests:
        return f"; {level} cannot be told from {base} (Holm)"
    return (
        f"; one interval contains {base}" if level == 1 else f"; {level} intervals contain {base}"
    )


def _only_k_differs(points: SweepPoints) -> bool:
    return len(points.series) == len(points.panels) == 1 and None not in {
        point.k for point in points.points
    }


def _baseline(points: SweepPoints, metric: str, factor: float, unit: str) -> str:
    """Return the baseline's figure in words; without a number where there are several."""
    levels = {point.baseline["metrics"].get(metric, {}).get("mean") for point in points.points}
    if len(levels) > 1 or None in levels:
        return "the baseline's"
    level = factor * levels.pop()
    return f"the baseline's {plain(level)} %" if unit else f"the baseline's {level:.4f}"


def _most(group: list[SweepPoint], changes: dict[SweepPoint, float], unit: str) -> str:
    point = max(group, key=lambda each: abs(changes[each]))
    return f"{point.name}, {_with_unit(signed(changes[point]), unit)}"


def _range(values: list[float], unit: str) -> str:
    low, high = plain(min(values)), plain(max(values))
    return _with_unit(low if low == high else f"{low} to {high}", unit)


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}" if unit else text
