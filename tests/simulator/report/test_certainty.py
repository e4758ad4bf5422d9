"""Findings on certainty say what the figures say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from scipy import stats

from simulator import Sweep, run_sweep, summarise
from simulator.report.certainty import STUDENT, by_intervals, counts_of_tests, needed, of_all
from tests.simulator.conftest import details


@pytest.fixture(scope="module")
def six(small_sweep: Sweep) -> Sweep:
    """The least number of simulations that can tell anything from chance."""
    return run_sweep(replace(small_sweep.config, simulations=6, k_values=(1, 40)))


def crowded(finished: Sweep, shares: list[float], **figures: float) -> dict[str, Any]:
    """The summary, had every cap bound, the tiered runs these figures, and each seed this share."""
    changes: dict[str, Any] = {"binding_rounds": 1, **figures}
    runs = [
        run
        if run.k is None
        else replace(run, overcrowded_share=shares[run.seed - finished.config.seed], **changes)
        for run in finished.runs
    ]
    return summarise(finished.config, runs)


def test_findings_name_the_criteria_that_intervals_leave_open(six: Sweep) -> None:
    summary = crowded(six, [0.05, 0.05, 0.05, 0.05, 0.05, 0.25], streamer_gini=0.0, revenue=1e6)
    gate = summary["results"][0]["gate"]
    low, high = gate["criteria"]["H5C-1"]["ci95"]

    assert summary["results"][0]["gate_5c"] == "PASS"
    assert (gate["verdict"], summary["gate"]["verdict"]) == ("inconclusive", "inconclusive")
    assert low == pytest.approx(0.05)
    assert high > 0.1
    assert by_intervals("k = 1", summary["results"][0], 6) == (
        "By the 95 % intervals, Gate-5C is inconclusive for k = 1: "
        f"H5C-1 is open, with an overcrowded share of 5 to {100 * high:.3g} %, limit 10 %."
    )
    assert (
        "By the 95 % intervals, of 8 configurations 0 pass Gate-5C, 0 fail and 8 are inconclusive."
    ) in summary["findings"]


def test_findings_say_that_a_gate_passes_for_sure_and_whether_it_survives_holm(
    six: Sweep,
) -> None:
    summary = crowded(six, [0.05] * 6, streamer_gini=0.0, revenue=1e6)

    assert (summary["gate"]["verdict"], summary["gate"]["pass"]) == ("pass", 8)
    said = "\n".join(summary["findings"])
    first = by_intervals("k = 1", summary["results"][0], 6)
    assert "Gate-5C passes for k = 1: each is on the right side" in first
    # Six pairs of one sign have p = 1/32; eight of them, 1/4.
    assert "Of those that pass, 0 have a fall of the Gini that stands after Holm's" in said


def test_so_few_simulations_that_chance_could_do_it_leave_the_gate_open(
    small_sweep: Sweep,
) -> None:
    summary = crowded(small_sweep, [0.05] * 4, streamer_gini=0.0, revenue=1e6)
    first = summary["results"][0]

    assert (first["gate_5c"], first["gate"]["verdict"]) == ("PASS", "inconclusive")
    assert first["gate"]["criteria"]["H5C-1"]["verdict"] == "pass"  # it does not vary
    assert first["delta"]["streamer_gini"]["p"] == 0.125
    assert "from too few simulations" in by_intervals("k = 1", first, 4)
    assert (summary["gate"]["verdict"], summary["gate"]["inconclusive"]) == ("inconclusive", 12)


def test_findings_say_that_one_simulation_leaves_the_gate_open(small_sweep: Sweep) -> None:
    alone = run_sweep(replace(small_sweep.config, simulations=1, k_values=(1,)))
    summary = alone.summary()

    assert all(result["gate"]["verdict"] == "inconclusive" for result in summary["results"])
    assert any(
        line.endswith("Gate-5C is inconclusive for k = 1: one simulation has no interval.")
        for line in details(summary, alone.runs)
    )
    assert not any("Simulations needed" in line for line in summary["findings"])


def test_findings_say_how_many_simulations_it_takes(small_sweep: Sweep) -> None:
    summary = small_sweep.summary()
    power = summary["results"][0]["power"]

    (line,) = needed("k = 1", summary["results"][0], 4)

    revenue, crowding = power["revenue_pct"], power["overcrowded_share"]
    assert line == (
        "Simulations needed for k = 1, two-sided at 5 % with a power of 80 %, where this sweep "
        f"has 4: {revenue['asked']['simulations']:,} to see a ΔRevenue of 5 %; "
        f"{crowding['asked']['simulations']:,} to tell the overcrowded share from 10 %; to see the "
        f"changes observed, {revenue['observed']['simulations']:,} for revenue, "
        f"{power['streamer_gini']['observed']['simulations']:,} for the streamer Gini and "
        f"{crowding['observed']['simulations']:,} for the overcrowded share."
    )


def test_what_does_not_vary_needs_no_number_of_simulations() -> None:
    constant = {"difference": 0.0, "std": 0.0, "simulations": None}
    power = {
        "revenue_pct": {"asked": constant, "observed": constant},
        "streamer_gini": {"asked": None, "observed": constant},
        "overcrowded_share": {"asked": constant, "observed": constant},
    }

    assert list(needed("k = 1", {"power": power}, 50)) == []


def test_findings_say_what_few_simulations_cannot_show(small_sweep: Sweep) -> None:
    said = small_sweep.summary()["findings"]

    assert any("4 simulations are few: bootstrap intervals are about 0.53 times" in s for s in said)
    assert any("no test can give p ≤ 0.05: the least it can give is 0.125." in s for s in said)
    assert not any("Sign-flip" in line for line in said)


def of_tests(*tests: tuple[float, float]) -> list[dict[str, Any]]:
    """Results with these p and corrected p of every difference; the gate passes for all."""
    names = ("revenue_pct", "streamer_gini", "overcrowded_share")
    return [
        {
            "delta": {name: {"p": p, "p_holm": p_holm} for name in names},
            "gate": {"verdict": "pass"},
        }
        for p, p_holm in tests
    ]


def test_findings_count_what_is_left_after_correction() -> None:
    said = of_all(of_tests((0.01, 0.03), (0.03, 0.06), (0.9, 0.9)), 50)

    assert said[0] == (
        "Sign-flip tests, paired by seed: revenue differs from the baseline's at p ≤ 0.05 in 2 of "
        "3 configurations, each tested alone, and in 1 after Holm's correction for testing 3; the "
        "least corrected p is 0.03."
    )
    assert said[-1].endswith(
        "Of those that pass, 1 has a fall of the Gini that stands after Holm's correction."
    )


def test_findings_say_where_correction_leaves_no_test_a_chance() -> None:
    """2^-5 for each of two tests is beyond 0.05; 2^-7 is not."""
    pair = of_tests((0.02, 0.04), (0.03, 0.04))

    assert counts_of_tests(pair, 8).endswith("the overcrowded share in 2 of 2.")
    assert counts_of_tests(pair, 6).endswith(
        " None of 2 could: the least p that 6 simulations give is 0.031."
    )


def test_a_single_configuration_needs_no_correction() -> None:
    assert of_all(of_tests((0.02, 0.02)), 50)[0] == (
        "Sign-flip test, paired by seed: the change of revenue has p = 0.02."
    )


def test_every_criterion_that_does_not_pass_is_given_with_its_interval() -> None:
    criteria = {
        "H5C-1": {"ci95": [0.2, 0.3], "threshold": 0.1, "verdict": "fail", "reason": None},
        "H5C-2": {"ci95": [-0.1, 0.2], "threshold": 0.0, "verdict": "inconclusive", "reason": None},
        "H5C-3": {"ci95": [-9.0, -6.0], "threshold": -5.0, "verdict": "fail", "reason": None},
    }

    said = by_intervals("k = 2 and 3", {"gate": {"verdict": "fail", "criteria": criteria}}, 50)

    assert said == (
        "By the 95 % intervals, Gate-5C fails for k = 2 and 3: H5C-1 fails, with an overcrowded "
        "share of 20 to 30 %, limit 10 %; H5C-2 is open, with a Gini changed by -0.1 to +0.2, "
        "limit 0; H5C-3 fails, with a ΔRevenue of -9 to -6 %, limit -5 %."
    )


def test_students_quantiles_are_scipys() -> None:
    for n, quantile in STUDENT.items():
        assert quantile == pytest.approx(stats.t.ppf(0.975, n - 1), abs=6e-4)
