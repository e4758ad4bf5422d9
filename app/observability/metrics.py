"""Metrics of the service for Prometheus."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

_STAGE = re.compile(r"([a-z_]+);dur=([0-9.]+)")
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_ARCS = (0, *(10**power for power in range(1, 10)))
_GAPS = (0.0, 1e-12, 1e-9, 1e-6, 1e-4, 1e-2, 1.0)


class Metrics:
    """The metrics of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = self._add(
            Counter, "requests", "Requests answered.", ("route", "method", "status")
        )
        self._latency = self._add(
            Histogram, "request_seconds", "From a request's first byte to its answer's last.",
            ("route", "method"), buckets=_SECONDS,
        )  # fmt: skip
        self._stages = self._add(
            Histogram, "stage_seconds", "What a computed answer spent its time on.",
            ("route", "stage"), buckets=_SECONDS,
        )  # fmt: skip
        self._gap = self._add(
            Histogram, "certified_gap", "Certified gap of allocations, relative to the objective.",
            (), buckets=_GAPS,
        )  # fmt: skip
        self._arcs = self._add(
            Histogram, "arcs", "Arcs of an allocation's exact tier, before and after screening.",
            ("screening",), buckets=_ARCS,
        )  # fmt: skip

    def _add(
        self, kind: Any, name: str, meaning: str, labels: tuple[str, ...], **options: Any
    ) -> Any:
        return kind(f"whale_{name}", meaning, labels, registry=self.registry, **options)

    def count_request(
        self, route: str, method: str, status: int, seconds: float, server_timing: str
    ) -> None:
        """Count a request and the durations in its ``Server-Timing``."""
        self._requests.labels(route, method, str(status)).inc()
        self._latency.labels(route, method).observe(seconds)
        for stage, milliseconds in _STAGE.findall(server_timing):
            self._stages.labels(route, stage).observe(float(milliseconds) / 1000)

    def count_allocation(self, certified_gap: float, arcs: float, contested_arcs: float) -> None:
        """Count an allocation.

        Parameters
        ----------
        certified_gap : float
            Gap of its certificate, relative to the objective.
        arcs, contested_arcs : float
            Candidate pairs of its exact tier, before and after screening.
        """
        self._gap.observe(certified_gap)
        self._arcs.labels("before").observe(arcs)
        self._arcs.labels("after").observe(contested_arcs)

    def add_gauge(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """Add a gauge. Its value is read at each scrape."""
        self._add(Gauge, name, meaning, ()).set_function(read)

    def add_gauges(
        self, name: str, meaning: str, label: str, read: Callable[[], Mapping[str, float]]
    ) -> None:
        """Add a gauge with one value per value of `label`, read at each scrape."""
        self.registry.register(_LabelledGauge(f"whale_{name}", meaning, label, read))

    def as_text(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        return generate_latest(self.registry)


class _LabelledGauge(Collector):
    def __init__(
        self, name: str, meaning: str, label: str, read: Callable[[], Mapping[str, float]]
    ) -> None:
        self._name, self._meaning, self._label = name, meaning, label
        self._read = read

    def collect(self) -> list[GaugeMetricFamily]:
        """Return the gauge with its present values, without values if they cannot be read."""
        (family,) = self.describe()
        with suppress(Exception):
            for label, value in self._read().items():
                family.add_metric([label], value)
        return [family]

    def describe(self) -> list[GaugeMetricFamily]:
        """Return the gauge without values: the database may not be there yet."""
        return [GaugeMetricFamily(self._name, self._meaning, labels=[self._label])]
