"""Verification finds what was changed after the fact, and names it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from simulator import METRICS, PUBLISHED, Run, Sweep, first_difference, study_json, summarise
from simulator.study.published import rounds_to
from simulator.study.result_json import EARLIER_REASONS
from simulator.study.run import LATER_COLUMNS, LATER_METRICS

Result = dict[str, Any]

ADDED_COLUMNS = (*LATER_METRICS, *LATER_COLUMNS)


def test_an_untouched_result_has_no_difference(stored: Result) -> None:
    stored = {"id": "some id", **stored, "timings_ms": {"total": 3}}

    assert first_difference(stored) is None
    assert first_difference(json.loads(json.dumps(stored))) is None


def add(amount: float, *path: Any) -> Callable[[Result], None]:
    """Return a change of the figure at a path."""

    def change(result: Any) -> None:
        for step in path[:-1]:
            result = result[step]
        result[path[-1]] += amount

    return change


TAMPERED: list[tuple[Callable[[Result], Any], str]] = [
    # figures of the summary
    (add(1e-4, "baseline", "metrics", "revenue", "mean"), "baseline.metrics.revenue.mean: "),
    (add(1e-6, "baselines", 1, "metrics", "gifts", "std"), "baselines[1].metrics.gifts.std: "),
    (
        add(1e-6, "results", 1, "delta", "streamer_gini", "ci95", 0),
        "results[1].delta.streamer_gini.ci95[0]: ",
    ),
    (add(-1, "results", 0, "binding", "binding_rounds"), "results[0].binding.binding_rounds: "),
    # a hypothesis, the gates, the best, a finding
    (
        lambda r: r["results"][0]["hypotheses"].update({"H5C-2": "yes"}),
        "results[0].hypotheses.H5C-2: ",
    ),
    (lambda r: r["results"][2].update(gate_5c="MAYBE"), "results[2].gate_5c: "),
    (lambda r: r.update(gate_5c="MAYBE"), "gate_5c: "),
    (lambda r: r.update(best={**r["best"], "k": 2}), "best.k: "),
    (lambda r: r["findings"].append("All is well."), "findings: expected "),
    (lambda r: r["findings"].__setitem__(0, "All is well."), "findings[0]: "),
    (lambda r: r["results"].pop(), "results: expected 12 entries, stored 11."),
    (lambda r: r.pop("baseline"), "baseline: expected "),
    # tests, the gate by intervals, power
    (add(0.01, "results", 0, "delta", "streamer_gini", "p"), "results[0].delta.streamer_gini.p: "),
    (
        add(0.01, "results", 3, "delta", "revenue_pct", "p_holm"),
        "results[3].delta.revenue_pct.p_holm: ",
    ),
    (lambda r: r["results"][1]["gate"].update(verdict="sure"), "results[1].gate.verdict: "),
    (
        add(0.01, "results", 1, "gate", "criteria", "H5C-1", "threshold"),
        "results[1].gate.criteria.H5C-1.threshold: ",
    ),
    (
        add(1, "results", 0, "power", "revenue_pct", "asked", "simulations"),
        "results[0].power.revenue_pct.asked.simulations: ",
    ),
    (lambda r: r["gate"].update({"pass": 99}), "gate.pass: "),
    # rows
    (add(1, "runs", 0, "revenue"), "baseline.metrics.revenue.mean: "),
    (lambda r: r["runs"].pop(3), "runs: expected top 20 %, "),
    (lambda r: r["runs"].append(r["runs"][3]), "runs[80]: expected each run once, "),
    (lambda r: r["runs"][5].update(k=7), "runs[5]: expected a run of the configuration, "),
    (lambda r: r["runs"][5].update(rounds=7), "runs[5].rounds: expected 6, stored 7."),
    (lambda r: r["runs"][5].pop("gifts"), "runs[5].gifts: "),
    (lambda r: r["runs"][5].update(gifts="many"), "runs[5].gifts: "),
    (lambda r: r["runs"][5].update(revenue=float("nan")), "runs[5].revenue: "),
    (lambda r: r["runs"].__setitem__(5, None), "runs[5].runs: "),
    # the configuration
    (add(1, "config", "simulations"), "runs: expected "),
    (lambda r: r["config"].update(world={"n_users": "all"}), "world.n_users: "),
    # parts that are not there
    (lambda r: r.pop("runs"), "runs: Expected runs in the result; got None."),
    (lambda r: r.pop("config"), "config: Expected config in the result; got None."),
]


@pytest.mark.parametrize(("tamper", "named"), TAMPERED)
def test_a_tampered_result_is_named(
    stored: Result, tamper: Callable[[Result], Any], named: str
) -> None:
    result = json.loads(json.dumps(stored))
    tamper(result)

    difference = first_difference(result)

    assert difference is not None
    assert str(difference).startswith(named)


def test_a_difference_gives_what_should_be_and_what_is(stored: Result) -> None:
    right = stored["results"][0]["metrics"]["revenue"]["mean"]
    result = json.loads(json.dumps(stored))
    result["results"][0]["metrics"]["revenue"]["mean"] = 3.5

    assert str(first_difference(result)) == (
        f"results[0].metrics.revenue.mean: expected {right!r}, stored 3.5."
    )


def earlier(result: Result) -> Result:
    """A result as version 0.1 stored it: sentences alone, and no criteria."""
    reasons = {code: text for text, code in EARLIER_REASONS.items()}
    for each in (result["best"], *result["results"]):
        for criterion in each["gate"]["criteria"].values():
            criterion["reason"] = reasons.get(criterion["reason"], criterion["reason"])
    for each in ("criteria", "finding_messages", "answer", "best_by", "published_rule", "luck"):
        del result[each]
    for name in ("whales_respect_capacity", "minimum_effect", "checkpoints"):
        del result["config"][name]
    grid = [(each["policy"], each["k"], each["algorithm"]) for each in result["results"]]
    for each in result["results"]:
        for name in ("effects", "verdict", "published_rule"):
            del each[name]
    result["runs"] = [
        {name: value for name, value in row.items() if name not in ADDED_COLUMNS}
        for row in result["runs"]
        if row["policy"] == "greedy" or (row["policy"], row["k"], row["algorithm"]) in grid
    ]
    result["findings"] = ["Gate-5C: pass."]
    return result


def test_a_result_of_version_0_1_is_verified_but_for_its_sentences(stored: Result) -> None:
    old = earlier(json.loads(json.dumps(stored)))

    assert first_difference(old) is None
    old["results"][0]["metrics"]["revenue"]["mean"] += 1
    assert first_difference(old) is not None


def test_findings_are_verified_in_whichever_language_they_were_written(
    small_sweep: Sweep,
) -> None:
    stored = small_sweep.as_mapping("zh")

    assert first_difference(stored) is None
    stored["finding_messages"][-1]["code"] = "any_k"
    assert first_difference(stored) is not None


@pytest.mark.parametrize("respected", [False, True])
def test_a_published_result_has_to_be_the_published_table(respected: bool) -> None:
    """Rows that agree with their summary, under the published configuration, but made up.

    In version 0.1, capacities limited whales there.
    """
    binding = ("binding_rounds", "whales_seen", "max_whales_wanted")
    nothing = dict.fromkeys((*METRICS, *binding), 0)
    policies = [
        ("greedy", None, None),
        ("capacity-greedy", None, None),
        *(("tiered", "greedy-edges", k) for k in (None, 1, 2, 3, 5)),
    ]
    rows = [
        {"policy": policy, "algorithm": algorithm, "k": k, "seed": seed, **nothing}
        | {"whale_share": 0.01, "capacity_scale": 1.0, "rounds": 50}
        | {"users_per_round": 200, "spend_cap": None, "whale_histogram": []}
        for seed in PUBLISHED.seeds
        for policy, algorithm, k in policies
    ]
    config = replace(PUBLISHED, whales_respect_capacity=respected)
    study = summarise(config, [Run.from_mapping(row) for row in rows])

    difference = first_difference({**study_json(study), "runs": rows})

    assert difference is not None
    assert difference.code == "verify_unpublished"
    assert difference.parameters["place"] == "baseline.metrics.overcrowded_share.mean"
    assert difference.parameters["expected"] == "0.00275"


def test_a_figure_agrees_with_a_printed_one_to_its_last_digit() -> None:
    assert rounds_to(0.91241806, "0.9124181")
    assert not rounds_to(0.91241804, "0.9124181")
    assert rounds_to(0, "0")
