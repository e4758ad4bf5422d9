"""Results of studies as JSON: written here, and read back here. Their keys are the HTTP API's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from messages import DEFAULT_LANGUAGE, Message, read_message, render

from .config import Configuration
from .result import (
    BaselineResult,
    CapBinding,
    Concentration,
    ConfigurationResult,
    Criterion,
    CriterionResult,
    Difference,
    DisplacedTier,
    Effect,
    EffectCriterion,
    EffectVerdict,
    Estimate,
    ExactFigures,
    ExpectedFigures,
    IntervalVerdict,
    Luck,
    NeededSimulations,
    Power,
    StudyResult,
)

SETTINGS = tuple(each.name for each in fields(Configuration))
"""Settings of a result."""

MATRIX_SETTINGS = ("policy", "algorithm", "k", "whale_share", "capacity_scale")
"""Settings of a result of a study on the caller's own matrix."""

_MATRIX_CONFIG = "gift_probability"
"""A setting that only studies on a matrix have."""

EARLIER_REASONS = {
    "one simulation has no interval": "one_simulation",
    "the interval straddles the threshold": "interval_straddles_threshold",
    "too few simulations to tell it from chance": "too_few_simulations",
}
"""Reasons as version 0.1 stored them."""


def study_json(study: StudyResult, language: str = DEFAULT_LANGUAGE) -> dict[str, Any]:
    """Return a result as JSON has it, without NaN or infinity and without its rows.

    Parameters
    ----------
    study : StudyResult
    language : str
        Of `findings`, texts; `finding_messages` are the same as codes and parameters.
    """
    matrix = study.of_matrix
    baselines = [_baseline_json(each, matrix) for each in study.baselines]
    verdict = study.gate
    return {
        "config": dict(study.config),
        "baseline": baselines[0],
        "baselines": baselines,
        "results": [_result_json(each, matrix) for each in study.results],
        "answer": answer_json(study.answer, language),
        "stopping": message_json(study.stopping, language),
        "luck": None if study.luck is None else _luck_json(study.luck),
        "published_rule": study.published_rule,
        "gate_5c": study.published_rule,
        "gate": {"verdict": verdict.verdict, **verdict.counts},
        "best": _result_json(study.best, matrix),
        "best_by": message_json(study.best_by, language),
        "criteria": [criterion_json(each) for each in study.criteria],
        **messages_json("finding", study.findings, language),
        **messages_json("conclusion", study.conclusions, language),
    }


def messages_json(
    name: str, messages: Sequence[Message], language: str = DEFAULT_LANGUAGE
) -> dict[str, Any]:
    """Return messages as JSON has them: texts under ``<name>s``, data under ``<name>_messages``."""
    return {
        f"{name}s": [render(each, language) for each in messages],
        f"{name}_messages": [each.as_mapping() for each in messages],
    }


def message_json(
    message: Message | None, language: str = DEFAULT_LANGUAGE
) -> dict[str, Any] | None:
    """Return a message as JSON has it, with its text in a language."""
    if message is None:
        return None
    return message.as_mapping() | {"text": render(message, language)}


def answer_json(message: Message | None, language: str = DEFAULT_LANGUAGE) -> dict[str, Any] | None:
    """Return the answer of a study as JSON has it, with the text of each setting's answer."""
    if message is None:
        return None
    texts = [render(each, language) for each in split_answer(message)]
    return message.as_mapping() | {
        "text": render(message, language),
        "parts": texts if len(texts) > 1 else [],
    }


def split_answer(message: Message) -> list[Message]:
    """Return the answers of all settings of capacities and users a round.

    The answer itself, where it is of a single one, and where there are so many that it only counts
    them.
    """
    parts = message.parameters.get("answers")
    if not isinstance(parts, tuple):
        return [message]
    return [each for each in parts if isinstance(each, Message)]


def _read_message(mapping: Mapping[str, Any] | None) -> Message | None:
    if mapping is None:
        return None
    return read_message(mapping, mapping["text"])


def read_messages(mapping: Mapping[str, Any], name: str) -> tuple[Message, ...]:
    """Return the messages that `messages_json` has written; earlier versions wrote texts alone."""
    stored = mapping.get(f"{name}_messages")
    if stored is not None:
        return tuple(map(read_message, stored, mapping[f"{name}s"]))
    return tuple(Message("stored_text", text=text) for text in mapping.get(f"{name}s", ()))


def criterion_json(criterion: Criterion) -> dict[str, Any]:
    """Return a criterion as JSON has it, with the message that is its name."""
    return asdict(criterion) | {"title": criterion.title.as_mapping()}


def configuration_json(configuration: Configuration, matrix: bool = False) -> dict[str, Any]:
    """Return the settings of a configuration."""
    names = MATRIX_SETTINGS if matrix else SETTINGS
    return {name: getattr(configuration, name) for name in names}


def estimate_json(estimate: Estimate) -> dict[str, Any]:
    """Return mean, standard deviation and interval; and the tests of a difference or an effect."""
    mean = estimate.mean
    no_interval = (mean, mean) if estimate.n == 1 else (None, None)
    values = {"mean": mean, "std": estimate.std, "ci95": list(estimate.ci95 or no_interval)}
    if isinstance(estimate, Difference):
        values |= {"p": estimate.p, "p_holm": estimate.p_holm}
    if isinstance(estimate, Effect):
        values |= {
            "p": estimate.p,
            "p_corrected": estimate.p_corrected,
            "simulations_needed": estimate.simulations_needed,
        }
    return values


def _estimates_json(estimates: Mapping[str, Estimate]) -> dict[str, Any]:
    return {name: estimate_json(each) for name, each in estimates.items()}


def _baseline_json(baseline: BaselineResult, matrix: bool) -> dict[str, Any]:
    configuration, metrics = baseline.configuration, _estimates_json(baseline.metrics)
    if matrix:
        settings = configuration_json(configuration, matrix)
        return {**settings, "metrics": metrics, "expected": _expected_json(baseline.expected)}
    return {
        "capacity_scale": configuration.capacity_scale,
        "users_per_round": configuration.users_per_round,
        "whale_share": configuration.whale_share,
        "metrics": metrics,
        "whale_histogram": list(baseline.whale_histogram),
    }


def _result_json(result: ConfigurationResult, matrix: bool) -> dict[str, Any]:
    values = {
        **configuration_json(result.configuration, matrix),
        "metrics": _estimates_json(result.metrics),
        "delta": _estimates_json(result.delta),
        "hypotheses": dict(result.criteria_met),
        "published_rule": result.published_rule,
        "gate_5c": result.published_rule,
        "power": {name: _power_json(each) for name, each in result.power.items()},
    }
    if result.by_intervals is not None:
        values["gate"] = {
            "verdict": result.gate,
            "criteria": {
                code: vars(each) | {"ci95": list(each.ci95 or (None, None))}
                for code, each in result.by_intervals.criteria.items()
            },
        }
    if result.by_effects is not None:
        values["effects"] = {
            effect: {metric: estimate_json(each) for metric, each in changes.items()}
            for effect, changes in result.effects.items()
        }
        values["verdict"] = result.by_effects.verdict
        values["criteria"] = {
            metric: vars(each) | {"ci95": list(each.ci95 or (None, None))}
            for metric, each in result.by_effects.criteria.items()
        }
    if result.binding is not None:
        values["binding"] = _without_none(vars(result.binding))
    if result.exact is not None:
        values |= asdict(result.exact) | {"expected": _expected_json(result.exact.expected)}
    else:
        values["whale_histogram"] = list(result.whale_histogram)
    return values


def _luck_json(luck: Luck) -> dict[str, Any]:
    return {
        "configuration": configuration_json(luck.configuration),
        "checkpoints": [
            {
                name: estimate_json(value) if isinstance(value, Estimate) else value
                for name, value in vars(each).items()
            }
            for each in luck.checkpoints
        ],
        "rounds_needed": luck.rounds_needed,
    }


def _expected_json(expected: ExpectedFigures | None) -> dict[str, Any] | None:
    """Return expected figures; the baseline's have no changes."""
    if expected is None:
        return None
    values = asdict(expected)
    if expected.streamer_gini_change is None:
        del values["revenue_pct"], values["streamer_gini_change"]
    return values


def _power_json(power: Power) -> dict[str, Any]:
    asked = None if power.asked is None else dict(vars(power.asked))
    return {"asked": asked, "observed": dict(vars(power.observed))}


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def read_study(mapping: Mapping[str, Any]) -> StudyResult:
    """Return the result that `study_json` has written, or an earlier version of it.

    Parameters
    ----------
    mapping : mapping
        Rows may be under `runs`. What early versions lack is left empty.
    """
    config = mapping.get("config", {})
    matrix = _MATRIX_CONFIG in config or any("expected" in each for each in mapping["results"])
    stopping = mapping.get("stopping")
    n = config.get("simulations", 1) if stopping is None else stopping["parameters"]["simulations"]
    baselines = mapping.get("baselines") or [mapping["baseline"]]
    results = [_read_result(each, n) for each in mapping["results"]]
    best = mapping.get("best")
    at = mapping["results"].index(best) if best in mapping["results"] else 0
    return StudyResult(
        config,
        n,
        config.get("seed", 0),
        tuple(_read_baseline(each, n) for each in baselines),
        tuple(results),
        results[at],
        tuple(_read_criterion(each) for each in mapping.get("criteria", ())),
        read_messages(mapping, "finding"),
        read_messages(mapping, "conclusion"),
        matrix,
        _read_message(mapping.get("best_by")),
        _read_message(mapping.get("answer")),
        _read_message(stopping),
        _read_luck(mapping.get("luck"), n),
        mapping.get("runs") or (),
    )


def read_configuration(mapping: Mapping[str, Any]) -> Configuration:
    """Return the configuration that a result, or a row, is of."""
    return Configuration(
        k=mapping.get("k"),
        whale_share=mapping.get("whale_share", 0.01),
        capacity_scale=mapping.get("capacity_scale", 1.0),
        algorithm=mapping.get("algorithm"),
        policy=mapping.get("policy", "tiered"),
        users_per_round=mapping.get("users_per_round", 0),
        spend_cap=mapping.get("spend_cap"),
        alpha=mapping.get("alpha"),
        theta=mapping.get("theta"),
    )


def revenue_by_seed(rows: Sequence[Mapping[str, Any]]) -> dict[Configuration, dict[int, float]]:
    """Return the revenue of every configuration and seed of a result's rows."""
    revenues: dict[Configuration, dict[int, float]] = {}
    for row in rows:
        revenues.setdefault(read_configuration(row), {})[row["seed"]] = row["revenue"]
    return revenues


def _read_criterion(mapping: Mapping[str, Any]) -> Criterion:
    return Criterion(**{each.name: mapping[each.name] for each in fields(Criterion)})


def _read_baseline(mapping: Mapping[str, Any], n: int) -> BaselineResult:
    expected = mapping.get("expected")
    return BaselineResult(
        read_configuration({"policy": "greedy", **mapping}),
        _read_estimates(mapping["metrics"], n),
        tuple(mapping.get("whale_histogram", ())),
        None if expected is None else ExpectedFigures(**expected),
    )


def _read_result(mapping: Mapping[str, Any], n: int) -> ConfigurationResult:
    gate, binding = mapping.get("gate"), mapping.get("binding")
    return ConfigurationResult(
        metrics=_read_estimates(mapping["metrics"], n),
        delta={name: _read_difference(each, n) for name, each in mapping["delta"].items()},
        criteria_met=mapping.get("hypotheses", {}),
        by_intervals=None if gate is None else _read_verdict(gate),
        power={name: _read_power(each) for name, each in mapping.get("power", {}).items()},
        configuration=read_configuration(mapping),
        binding=CapBinding(**binding) if binding else None,
        whale_histogram=tuple(mapping.get("whale_histogram", ())),
        exact=_read_exact(mapping) if "objective" in mapping else None,
        effects={
            effect: {metric: _read_effect(each, n) for metric, each in changes.items()}
            for effect, changes in mapping.get("effects", {}).items()
        },
        by_effects=_read_effect_verdict(mapping) if mapping.get("verdict") else None,
    )


def _read_luck(mapping: Mapping[str, Any] | None, n: int) -> Luck | None:
    if mapping is None:
        return None
    checkpoints = []
    for each in mapping["checkpoints"]:
        values: dict[str, Any] = {
            name: _read_estimate(value, n) if isinstance(value, Mapping) else value
            for name, value in each.items()
        }
        checkpoints.append(Concentration(**values))
    configuration = read_configuration(mapping["configuration"])
    return Luck(configuration, tuple(checkpoints), mapping["rounds_needed"])


def _read_effect(mapping: Mapping[str, Any], n: int) -> Effect:
    is_exact = mapping["p"] is None and mapping["mean"] is not None  # whatever the simulations
    interval = tuple(mapping["ci95"]) if is_exact else _read_interval(mapping, n)
    tests = (mapping[name] for name in ("p", "p_corrected", "simulations_needed"))
    return Effect(mapping["mean"], mapping["std"], interval, n, *tests)


def _read_effect_verdict(mapping: Mapping[str, Any]) -> EffectVerdict:
    criteria = {
        metric: EffectCriterion(**each | {"ci95": None if low is None else (low, high)})
        for metric, each in mapping["criteria"].items()
        for low, high in [each["ci95"]]
    }
    return EffectVerdict(mapping["verdict"], criteria)


def _read_estimates(mapping: Mapping[str, Any], n: int) -> dict[str, Estimate]:
    return {name: _read_estimate(each, n) for name, each in mapping.items()}


def _read_estimate(mapping: Mapping[str, Any], n: int) -> Estimate:
    return Estimate(mapping["mean"], mapping.get("std"), _read_interval(mapping, n), n)


def _read_difference(mapping: Mapping[str, Any], n: int) -> Difference:
    interval = _read_interval(mapping, n)
    p, p_holm = mapping.get("p"), mapping.get("p_holm")
    return Difference(mapping["mean"], mapping.get("std"), interval, n, p, p_holm)


def _read_interval(mapping: Mapping[str, Any], n: int) -> tuple[float, float] | None:
    low, high = mapping.get("ci95") or (None, None)
    return None if low is None or high is None or n == 1 else (low, high)


def _read_verdict(mapping: Mapping[str, Any]) -> IntervalVerdict:
    criteria = {}
    for code, each in mapping.get("criteria", {}).items():
        low, high = each["ci95"]
        reason = each.get("reason")
        criteria[code] = CriterionResult(
            each.get("metric", ""),
            each["estimate"],
            None if low is None else (low, high),
            each["threshold"],
            each["verdict"],
            EARLIER_REASONS.get(reason, reason),
        )
    return IntervalVerdict(criteria)


def _read_power(mapping: Mapping[str, Any]) -> Power:
    asked, observed = mapping["asked"], mapping["observed"]
    return Power(
        None if asked is None else NeededSimulations(**asked), NeededSimulations(**observed)
    )


def _read_exact(mapping: Mapping[str, Any]) -> ExactFigures:
    return ExactFigures(
        ExpectedFigures(**mapping["expected"]),
        mapping["objective"],
        mapping["certificate"],
        mapping["shadow_prices"],
        {tier: DisplacedTier(**each) for tier, each in mapping["displaced"].items()},
    )
