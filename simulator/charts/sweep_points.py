"""What the figures read of a sweep's result: its points, and what to call them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from simulator.inference.power import ALPHA
from simulator.report.naming import CONFIGURATION

NO_K = "no k"
"""Where a policy without a whale cap stands on an axis of k."""

_SETTING = ("capacity_scale", "users_per_round")
"""What a result has in common with its baseline, and nothing else."""


@dataclass(frozen=True, eq=False)
class SweepPoint:
    """One result of a sweep.

    Parameters
    ----------
    result, baseline : mapping
        As `summarise` reports them; the baseline is that of the same setting.
    series : str
        Policy or algorithm, whichever tells the sweep's results apart.
    panel : str
        Whale share, capacities and users per round, as far as they vary in the sweep.
    name : str
        For sentences: series, k and panel, as far as they vary.
    """

    result: Mapping[str, Any]
    baseline: Mapping[str, Any]
    series: str
    panel: str
    name: str

    @property
    def k(self) -> int | None:
        """Whale cap; None for a policy without one."""
        k: int | None = self.result.get("k")
        return k

    @property
    def k_label(self) -> str:
        """Where the point stands on an axis of k."""
        return NO_K if self.k is None else str(self.k)

    def change(self, metric: str) -> Mapping[str, Any] | None:
        """Return mean and interval of the paired difference; None where there is none."""
        delta: Mapping[str, Any] | None = self.result.get("delta", {}).get(metric)
        return delta if delta is not None and delta["mean"] is not None else None

    def level(self, metric: str) -> Mapping[str, Any] | None:
        """Return mean and interval of a metric; None where it was not measured."""
        level: Mapping[str, Any] | None = self.result.get("metrics", {}).get(metric)
        return level if level is not None and level["mean"] is not None else None


@dataclass(frozen=True, eq=False)
class SweepPoints:
    """The points of a sweep in its order, and the rows behind them.

    Parameters
    ----------
    points : tuple of SweepPoint
    baselines : sequence of mapping
    runs : sequence of mapping
        Rows, one for each replay; empty where the result came without.
    simulations : int
    """

    points: tuple[SweepPoint, ...]
    baselines: Sequence[Mapping[str, Any]]
    runs: Sequence[Mapping[str, Any]]
    simulations: int

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> SweepPoints:
        """Return the points of a result as `Sweep.as_mapping` writes it."""
        results = result["results"]
        baselines = result.get("baselines") or [result["baseline"]]
        by_setting = {_setting(baseline): baseline for baseline in baselines}
        names = _Names.of(results)
        several_series = len({names.series(each) for each in results}) > 1
        points = [
            SweepPoint(
                each,
                by_setting.get(_setting(each), baselines[0]),
                series=names.series(each),
                panel=", ".join(names.panel(each)),
                name=names.full(each, several_series),
            )
            for each in results
        ]
        simulations = result.get("config", {}).get("simulations", 1)
        return cls(tuple(points), baselines, result.get("runs") or (), simulations)

    @property
    def series(self) -> list[str]:
        """The different series, in order."""
        return list(dict.fromkeys(point.series for point in self.points))

    @property
    def panels(self) -> list[str]:
        """The different panels, in order."""
        return list(dict.fromkeys(point.panel for point in self.points))

    @property
    def k_labels(self) -> list[str]:
        """Where points stand on an axis of k, smallest first, those without k last."""
        ks = sorted({point.k for point in self.points if point.k is not None})
        without = [NO_K] if any(point.k is None for point in self.points) else []
        return [*map(str, ks), *without]

    @property
    def of_own_matrix(self) -> bool:
        """Whether simulations are draws of the gifts on one matrix, rather than replays."""
        return any("expected" in point.result for point in self.points)

    def by_tests(self, metric: str) -> bool:
        """Return whether tests tell which changes stand: where several were corrected for it."""
        changes = [point.change(metric) for point in self.points]
        return len(changes) > 1 and all(
            change is None or change.get("p_holm") is not None for change in changes
        )

    def direction(self, point: SweepPoint, metric: str) -> int:
        """Return 1 where a metric rises for sure, -1 where it falls, 0 where neither is sure.

        Of several configurations, those changes are sure whose corrected p is small; a single one
        is read by its interval.
        """
        change = point.change(metric)
        if change is None:
            return 0
        p: float | None = change.get("p_holm")
        if len(self.points) > 1 and p is not None:
            mean: float = change["mean"]
            return int(p <= ALPHA) * ((mean > 0) - (mean < 0))
        low, high = change["ci95"]
        return int(low > 0) - int(high < 0)

    def capped(self) -> SweepPoints:
        """Return the points that have a k."""
        kept = tuple(point for point in self.points if point.k is not None)
        return SweepPoints(kept, self.baselines, self.runs, self.simulations)

    def in_panel(self, panel: str) -> list[SweepPoint]:
        """Return the points of one panel."""
        return [point for point in self.points if point.panel == panel]

    def steps_of_k(self) -> Iterator[tuple[SweepPoint, SweepPoint]]:
        """Yield the points of each series and panel in pairs: a k and the next larger one."""
        for panel in self.panels:
            for series in self.series:
                line = [each for each in self.in_panel(panel) if each.series == series]
                line = sorted((each for each in line if each.k is not None), key=lambda e: e.k or 0)
                yield from pairwise(line)


def _setting(result: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(result.get(name) for name in _SETTING)


@dataclass(frozen=True)
class _Names:
    """What to call the results of a sweep, by the settings that vary in it.

    Parameters
    ----------
    several : frozenset of str
        Settings with more than one value.
    several_algorithms : bool
        Whether tiered policies have more than one.
    """

    several: frozenset[str]
    several_algorithms: bool

    @classmethod
    def of(cls, results: Sequence[Mapping[str, Any]]) -> _Names:
        values = {name: {each.get(name) for each in results} for name in CONFIGURATION}
        several = frozenset(name for name, different in values.items() if len(different) > 1)
        return cls(several, len(values["algorithm"] - {None}) > 1)

    def series(self, result: Mapping[str, Any]) -> str:
        policy, algorithm = result.get("policy") or "tiered", result.get("algorithm")
        if policy == "spend-cap" and result.get("spend_cap") is not None:
            return f"spend-cap {result['spend_cap']:,g}"
        if policy != "tiered" or algorithm is None:
            return str(policy)
        if "policy" not in self.several:
            return str(algorithm)
        return f"tiered, {algorithm}" if self.several_algorithms else "tiered"

    def panel(self, result: Mapping[str, Any]) -> list[str]:
        parts = []
        if "whale_share" in self.several:
            parts.append(f"top {100 * result['whale_share']:g} %")
        if "capacity_scale" in self.several:
            parts.append(f"capacity × {result['capacity_scale']:g}")
        if "users_per_round" in self.several:
            parts.append(f"{result['users_per_round']:,} users a round")
        return parts

    def full(self, result: Mapping[str, Any], several_series: bool) -> str:
        named = several_series or result.get("k") is None
        parts = [self.series(result)] if named else []
        if result.get("k") is not None:
            parts.append(f"k = {result['k']}")
        return ", ".join([*parts, *self.panel(result)])
