"""The points of a study as figures show them, with their names in a language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from messages import DEFAULT_LANGUAGE, Message, render
from simulator.inference.power import ALPHA
from simulator.report.naming import join, name_policy, name_setting, varying
from simulator.study.config import Configuration
from simulator.study.result import (
    BaselineResult,
    ConfigurationResult,
    Difference,
    Estimate,
    StudyResult,
)

_PANEL = ("whale_share", "capacity_scale", "users_per_round")
"""Settings that figures show in panels of their own."""


@dataclass(frozen=True, eq=False)
class SweepPoint:
    """One result of a study.

    Parameters
    ----------
    result : ConfigurationResult
    baseline : BaselineResult
        That of the same setting.
    series : str
        Policy or algorithm, whichever varies in the study.
    panel : str
        Whale share, capacities and users per round, as far as they vary in the study.
    name : Message
        For sentences: series, k and panel, as far as they vary.
    k_label : str
        Where the point stands on an axis of k.
    """

    result: ConfigurationResult
    baseline: BaselineResult
    series: str
    panel: str
    name: Message
    k_label: str

    @property
    def k(self) -> int | None:
        """Whale cap; None for a policy without one."""
        return self.result.k

    def change(self, metric: str) -> Difference | None:
        """Return mean and interval of the paired difference; None where there is none."""
        delta = self.result.delta.get(metric)
        return delta if delta is not None and delta.mean is not None else None

    def level(self, metric: str) -> Estimate | None:
        """Return mean and interval of a metric; None where it was not measured."""
        level = self.result.metrics.get(metric)
        return level if level is not None and level.mean is not None else None

    def baseline_level(self, metric: str) -> float | None:
        """Return the baseline's mean of a metric; None where it was not measured."""
        level = self.baseline.metrics.get(metric)
        return None if level is None else level.mean


@dataclass(frozen=True, eq=False)
class SweepPoints:
    """The points of a study in its order.

    Parameters
    ----------
    study : StudyResult
    points : tuple of SweepPoint
    language : str
    """

    study: StudyResult
    points: tuple[SweepPoint, ...]
    language: str

    @classmethod
    def of(cls, study: StudyResult, language: str = DEFAULT_LANGUAGE) -> SweepPoints:
        """Return the points of a study, their names in a language."""
        names = _Names.of(study.results)
        series = [render(names.series(each.configuration), language) for each in study.results]
        several = len(set(series)) > 1
        points = []
        for result, series_name in zip(study.results, series, strict=True):
            point = result.configuration
            panel = join(names.panel(point))
            k = Message("chart_no_k") if point.k is None else Message("chart_k", k=point.k)
            points.append(
                SweepPoint(
                    result,
                    study.baseline_of(result),
                    series=series_name,
                    panel="" if panel is None else render(panel, language),
                    name=names.full(point, several),
                    k_label=render(k, language),
                )
            )
        return cls(study, tuple(points), language)

    def say(self, code: str, **parameters: Any) -> str:
        """Return the text of a message in the figures' language."""
        return render(Message(code, **parameters), self.language)

    @property
    def greedy(self) -> str:
        """The baseline, as a series."""
        return self.say("policy_greedy")

    @property
    def no_k(self) -> str:
        """Where a policy without a whale cap stands on an axis of k."""
        return self.say("chart_no_k")

    @property
    def simulations(self) -> int:
        """How many simulations there are."""
        return self.study.simulations

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
        ordered = sorted(self.points, key=lambda point: (point.k is None, point.k))
        return list(dict.fromkeys(point.k_label for point in ordered))

    def by_tests(self, metric: str) -> bool:
        """Return whether tests tell which changes stand: where several were corrected for it."""
        changes = [point.change(metric) for point in self.points]
        return len(changes) > 1 and all(
            change is None or change.p_holm is not None for change in changes
        )

    def direction(self, point: SweepPoint, metric: str) -> int:
        """Return 1 where a metric rises significantly, -1 where it falls, 0 where it does neither.

        Of several configurations, changes whose corrected p is small are significant; a single one
        is read by its interval.
        """
        change = point.change(metric)
        if change is None:
            return 0
        if len(self.points) > 1 and change.p_holm is not None:
            return int(change.p_holm <= ALPHA) * ((change.value > 0) - (change.value < 0))
        low, high = change.bounds
        return int(low > 0) - int(high < 0)

    def capped(self) -> SweepPoints:
        """Return the points that have a k."""
        return replace(self, points=tuple(point for point in self.points if point.k is not None))

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


@dataclass(frozen=True)
class _Names:
    """Names of the results of a study, by the settings that vary in it.

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
    def of(cls, results: Sequence[ConfigurationResult]) -> _Names:
        algorithms = {each.configuration.algorithm for each in results} - {None}
        return cls(frozenset(varying(results)), len(algorithms) > 1)

    def series(self, point: Configuration) -> Message:
        if point.spend_cap is not None:
            policy = name_setting("policy", point.policy)
            return Message("chart_spend_cap", policy=policy, spend_cap=point.spend_cap)
        if (point.alpha is not None and "alpha" in self.several) or (
            point.theta is not None and "theta" in self.several
        ):
            return name_policy(point)
        if point.policy != "tiered" or point.algorithm is None:
            return name_setting("policy", point.policy)
        algorithm = name_setting("algorithm", point.algorithm)
        if "policy" not in self.several:
            return algorithm
        policy = name_setting("policy", point.policy)
        return (
            Message("point_parts", parts=[policy, algorithm]) if self.several_algorithms else policy
        )

    def panel(self, point: Configuration) -> list[Message]:
        return [name_setting(name, getattr(point, name)) for name in _PANEL if name in self.several]

    def full(self, point: Configuration, several_series: bool) -> Message:
        parts = [self.series(point)] if several_series or point.k is None else []
        if point.k is not None:
            parts.append(name_setting("k", point.k))
        parts += self.panel(point)
        return parts[0] if len(parts) == 1 else Message("point_parts", parts=parts)
