"""Figures, looked at as they are rendered: their marks, their words and what they leave out."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import StudyResult, Sweep, read_study
from simulator.charts import configuration_names, figures, render_png, render_svg
from simulator.charts.conclusions import change_sentence
from simulator.charts.price import price_of_the_cap
from simulator.charts.sweep_points import SweepPoints
from simulator.charts.tradeoff import list_front
from simulator.charts.whales import whale_distribution

Result = dict[str, Any]

ALWAYS = ["overload-by-k", "gini-by-k", "revenue-by-k", "gini-revenue-tradeoff"]
ALWAYS += ["where-k-binds", "whale-distribution", "price-of-the-cap"]


def spread(mean: float, low: float, high: float) -> Result:
    return {"mean": mean, "std": 0.0, "ci95": [low, high]}


def one(k: int | None, change: Result, **what: Any) -> Result:
    """A result that has `change` in every difference."""
    return {
        "policy": "tiered", "algorithm": "min-cost-flow", "k": k, "whale_share": 0.01,
        "capacity_scale": 1.0, "users_per_round": 200, "spend_cap": None,
        "metrics": {"overcrowded_share": spread(0.0028, 0.002, 0.003)},
        "delta": dict.fromkeys(("overcrowded_share", "streamer_gini", "revenue_pct"), change),
    } | what  # fmt: skip


def swept(*results: Result, simulations: int = 30, **more: Any) -> StudyResult:
    return read_study(stored_study(*results, simulations=simulations, **more))


def stored_study(*results: Result, simulations: int = 30, **more: Any) -> Result:
    metrics = {
        "overcrowded_share": spread(0.00275, 0.002, 0.003),
        "streamer_gini": spread(0.9124181, 0.9, 0.92),
    }
    setting = {"capacity_scale": 1.0, "users_per_round": 200, "whale_share": 0.01}
    base = {**setting, "metrics": metrics}
    return {
        "config": {"simulations": simulations},
        "baseline": base,
        "baselines": [base],
        "results": list(results),
    } | more


def marks(svg: str, kind: str) -> int:
    return svg.count(f'aria-roledescription="{kind}"')


def words(svg: str) -> str:
    """All text of a picture; lines of one text are told apart by nothing but a space."""
    texts = (text.strip() for text in ElementTree.fromstring(svg).itertext())  # noqa: S314
    return " ".join(text for text in texts if text).replace("\u00a0", " ")


@pytest.fixture(scope="module")
def drawn(small_sweep: Sweep) -> dict[str, str]:
    """The figures of 3 k × 2 capacity scales × 2 algorithms, as SVG."""
    return {
        name: render_svg(each)
        for name, each in figures(read_study(small_sweep.as_mapping())).items()
    }


def test_every_figure_that_the_sweep_has_data_for_is_drawn(drawn: dict[str, str]) -> None:
    assert list(drawn) == ["chain-of-effects", *ALWAYS, "algorithm-heat-map", "luck-by-rounds"]


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("overload-by-k", "point", 12),
        ("gini-by-k", "point", 12),
        ("revenue-by-k", "point", 12),
        ("gini-revenue-tradeoff", "point", 12 + 2),  # and greedy, once for each scale
        ("where-k-binds", "bar", 12),
        ("price-of-the-cap", "point", 8),  # 1 → 40 and 40 → 50
    ],
)
def test_a_figure_has_a_mark_for_every_result(
    drawn: dict[str, str], name: str, kind: str, count: int
) -> None:
    assert marks(drawn[name], kind) == count


def test_the_heat_map_has_a_cell_and_a_number_for_every_result(drawn: dict[str, str]) -> None:
    svg = drawn["algorithm-heat-map"]

    assert marks(svg, "rect mark") == 12
    assert marks(svg, "text mark") == 12


@pytest.mark.parametrize("name", ["overload-by-k", "gini-by-k", "revenue-by-k"])
def test_every_interval_is_drawn_and_the_baseline_of_every_panel(
    drawn: dict[str, str], name: str
) -> None:
    limits = 2 if 'stroke-dasharray="2,3"' in drawn[name] else 0

    assert marks(drawn[name], "rule mark") == 12 + 2 + limits


def test_the_whale_distribution_has_a_bar_for_each_number_of_whales(
    drawn: dict[str, str], small_sweep: Sweep
) -> None:
    result = small_sweep.as_mapping()
    expected = 0
    for base in result["baselines"]:
        here = [
            each
            for each in result["results"]
            if each["capacity_scale"] == base["capacity_scale"]
            and each["algorithm"] == "min-cost-flow"
        ]
        expected += 4 * max(len(each["whale_histogram"]) for each in (base, *here))

    assert marks(drawn["whale-distribution"], "bar") == expected


AXES = {
    "overload-by-k": ("Whale cap k, whales per streamer", "Overcrowded share of"),
    "gini-by-k": ("Whale cap k, whales per streamer", "Change of streamer Gini"),
    "revenue-by-k": ("Whale cap k, whales per streamer", "ΔRevenue against greedy, %"),
    "gini-revenue-tradeoff": ("Change of streamer Gini against greedy", "ΔRevenue against greedy"),
    "where-k-binds": ("Whale cap k, whales per streamer", "Rounds in which k binds, %"),
    "whale-distribution": ("Whales at one streamer in one round", "Share of the whales placed, %"),
    "price-of-the-cap": ("Raising the whale cap k", "currency units a replay"),
    "algorithm-heat-map": ("Whale cap k, whales per streamer", "ΔRevenue against greedy, %"),
}


@pytest.mark.parametrize("name", AXES)
def test_axes_are_named_with_their_units_and_the_conclusion_is_written(
    drawn: dict[str, str], small_sweep: Sweep, name: str
) -> None:
    said = words(drawn[name])
    heading = figures(read_study(small_sweep.as_mapping()))[name].to_dict()["title"]

    for title in (*AXES[name], heading["text"], "capacity × 3"):
        assert title in said
    for line in heading["subtitle"]:
        assert line.replace("\u00a0", " ") in said


def test_a_picture_refers_to_nothing_outside_itself(drawn: dict[str, str]) -> None:
    for svg in drawn.values():
        assert "href" not in svg
        assert svg.count("http") == svg.count("http://www.w3.org/")


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert zlib.crc32(kind + body) == check
        yield kind, body
        at += 12 + length


def test_a_png_decodes_and_is_not_blank(small_sweep: Sweep) -> None:
    png = render_png(figures(read_study(small_sweep.as_mapping()))["overload-by-k"])
    parts = list(chunks(png))
    width, height, depth, colours = struct.unpack(">IIBB", parts[0][1][:10])
    pixels = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    stride = 1 + width * {2: 3, 6: 4}[colours]
    lines = [pixels[at : at + stride] for at in range(0, len(pixels), stride)]

    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert depth == 8
    assert width > 800
    assert len(lines) == height
    assert len(set(lines)) > height / 4  # a blank picture has the same line again and again


def test_figures_that_would_be_empty_are_left_out(small_sweep: Sweep) -> None:
    result = small_sweep.as_mapping()
    del result["runs"], result["luck"]
    result["results"] = [each for each in result["results"] if each["algorithm"] == "min-cost-flow"]

    left = figures(read_study(result))

    assert {"price-of-the-cap", "algorithm-heat-map", "threshold-sensitivity"}.isdisjoint(left)
    assert list(left) == ["chain-of-effects", *ALWAYS[:-1]]


def test_thresholds_are_compared_where_there_are_several() -> None:
    change = spread(-0.5, -1.0, 0.5)
    result = swept(
        *(one(k, change, whale_share=share) for share in (0.001, 0.01, 0.05) for k in (1, 2))
    )

    svg = render_svg(figures(result)["threshold-sensitivity"])

    assert marks(svg, "point") == 3 * 3 * 2
    assert "Whales: wealthiest users, %" in words(svg)
    assert "From the top 0.1 % to the top 5 % under k = 1" in words(svg)


def test_a_policy_without_k_stands_beside_the_values_of_k() -> None:
    change = spread(2.0, 1.0, 3.0)
    result = swept(
        one(1, change),
        one(2, change),
        one(None, change, policy="random", algorithm=None),
        one(None, change, policy="spend-cap", algorithm=None, spend_cap=1000.0),
    )
    svg = render_svg(figures(result)["revenue-by-k"])

    assert SweepPoints.of(result).k_labels == ["1", "2", "no k"]
    assert marks(svg, "point") == 4
    assert [str(each) for each in configuration_names(result)[2:]] == ["random", "spend-cap 1,000"]
    for name in ("tiered", "random", "spend-cap 1,000", "no k"):
        assert name in words(svg)


@pytest.mark.parametrize("name", AXES)
def test_a_figure_in_chinese_has_no_english_words(small_sweep: Sweep, name: str) -> None:
    figure = figures(read_study(small_sweep.as_mapping()), "zh")[name]

    text = json.dumps(figure.to_dict()["title"], ensure_ascii=False) + words(render_svg(figure))
    english = {"Whale", "whales", "Revenue", "configuration", "the", "against", "greedy", "rounds"}
    assert not english & set(re.findall(r"[A-Za-z]+", words(render_svg(figure)))) - {"greedy"}
    assert "容量 × 3" in text


CONCLUSIONS = [
    (
        [spread(0.001, -0.01, 0.01), spread(-0.001, -0.01, 0.01)],
        "No k changes overload significantly: every interval contains the baseline's 0.275 %.",
    ),
    (
        [spread(0.0, 0.0, 0.0), spread(0.0, 0.0, 0.0)],
        "No k changes overload at all: it is the baseline's at every k.",
    ),
    (
        [spread(-0.02, -0.03, -0.01), spread(-0.01, -0.02, -0.005)],
        "Overload falls at every k, by 1 to 2 points.",
    ),
    (
        [spread(-0.02, -0.03, -0.01), spread(0.001, -0.01, 0.01)],
        "Overload falls in 1 of 2 (most: k = 1, −2 points); one interval contains the "
        "baseline's 0.275 %.",
    ),
    (
        [spread(-0.02, -0.03, -0.01), spread(0.04, 0.01, 0.05)],
        "Overload falls in 1 of 2 (most: k = 1, −2 points) and rises in 1 of 2 (most: k = 2, "
        "+4 points).",
    ),
]


@pytest.mark.parametrize(("changes", "sentence"), CONCLUSIONS)
def test_the_conclusion_follows_from_the_intervals(changes: list[Result], sentence: str) -> None:
    points = SweepPoints.of(swept(*(one(k, change) for k, change in enumerate(changes, start=1))))

    assert str(change_sentence(points, "overcrowded_share", "share")) == sentence


TESTED = [
    (
        [(-0.02, 0.2), (-0.01, 0.3)],  # intervals clear of 0, which chance does not rule out
        "No k changes overload significantly: no change from the baseline's 0.275 % stands after "
        "Holm's correction.",
    ),
    ([(-0.02, 0.01), (-0.01, 0.05)], "Overload falls at every k, by 1 to 2 points."),
    (
        [(0.02, 0.01), (-0.01, 0.2)],
        "Overload rises in 1 of 2 (most: k = 1, +2 points); 1 cannot be told from the baseline's "
        "0.275 % (Holm).",
    ),
]


@pytest.mark.parametrize(("changes", "sentence"), TESTED)
def test_of_several_configurations_corrected_tests_decide(
    changes: list[tuple[float, float]], sentence: str
) -> None:
    results = [
        one(k, spread(mean, mean - 0.005, mean + 0.005) | {"p": p / 2, "p_holm": p})
        for k, (mean, p) in enumerate(changes, start=1)
    ]

    points = SweepPoints.of(swept(*results))

    assert str(change_sentence(points, "overcrowded_share", "share")) == sentence


def test_one_simulation_is_said_to_be_one() -> None:
    points = SweepPoints.of(swept(one(1, spread(2.0, 2.0, 2.0)), simulations=1))

    assert str(change_sentence(points, "revenue_pct", "percent")) == (
        "Revenue changes by 2 %, in one simulation only."
    )


def test_a_baseline_without_revenue_leaves_its_figures_out() -> None:
    nothing = {"mean": None, "std": None, "ci95": [None, None]}

    assert "revenue-by-k" not in figures(swept(one(1, nothing), one(2, nothing)))


def test_the_price_of_the_cap_is_the_paired_gain_per_unit_of_k() -> None:
    change = spread(0.0, 0.0, 0.0)
    results = [one(1, change), one(3, change)]
    runs = [
        {**result, "seed": seed, "revenue": revenue}
        for result, revenues in zip(results, ([10.0, 20.0], [14.0, 24.0]), strict=True)
        for seed, revenue in enumerate(revenues)
    ]
    figure = price_of_the_cap(SweepPoints.of(swept(*results, simulations=2, runs=runs)))

    assert figure is not None
    (rows,) = figure.to_dict()["datasets"].values()
    (row,) = rows
    assert (row["step"], row["mean"], row["low"], row["high"]) == ("1 → 3", 2.0, 2.0, 2.0)


def test_the_gains_of_several_steps_are_corrected_for_their_number() -> None:
    """6 gains of one sign have p = 1/32: enough for one step of k, too much for two."""
    change = spread(0.0, 0.0, 0.0)

    def conclusion(ks: tuple[int, ...]) -> str:
        results = [one(k, change) for k in ks]
        runs = [
            {**each, "seed": seed, "revenue": 100.0 * each["k"] + seed * each["k"] ** 2}
            for each in results
            for seed in range(6)
        ]
        figure = price_of_the_cap(SweepPoints.of(swept(*results, simulations=6, runs=runs)))
        assert figure is not None
        return " ".join(figure.to_dict()["title"]["subtitle"]).replace("\u00a0", " ")

    assert conclusion((1, 2)).startswith("1 of 1 steps gain revenue significantly and 0 lose")
    assert "none has p ≤ 0.05 after Holm's correction" in conclusion((1, 2, 3))


def test_whales_are_counted_by_how_many_sit_together() -> None:
    """4 whales alone and 3 pairs: 6 of 10 whales share."""
    result = stored_study(one(1, spread(0, 0, 0), whale_histogram=[10]))
    result["baselines"][0]["whale_histogram"] = [4, 3]

    figure = whale_distribution(SweepPoints.of(read_study(result)))

    assert figure is not None
    spec = figure.to_dict()
    assert "60\u00a0% of whales share their streamer under greedy" in spec["title"]["subtitle"][0]


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=1, max_size=12))
def test_the_front_is_what_no_other_point_beats(at: list[tuple[int, int]]) -> None:
    def beaten(point: tuple[int, int]) -> bool:
        return any(other != point and other[0] <= point[0] and other[1] >= point[1] for other in at)

    assert list_front(at) == sorted({point for point in at if not beaten(point)})
