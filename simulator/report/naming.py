"""Names of a study's configurations, made of the settings that vary in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, get_args

from messages import Message
from simulator.policies import POLICIES
from simulator.study.config import Configuration
from simulator.study.result import ConfigurationResult, EffectName
from simulator.study.result_json import SETTINGS
from solver import Algorithm

Namer = Callable[[ConfigurationResult], Message]


def varying(results: Sequence[ConfigurationResult]) -> list[str]:
    """Return the settings that the results differ in, among those that they have.

    The algorithm is left out where all tiered policies use the same one and the policies vary.
    """
    values = {name: {getattr(each.configuration, name) for each in results} for name in SETTINGS}
    if len(values["policy"]) > 1 and len(values["algorithm"] - {None}) == 1:
        del values["algorithm"]
    return [name for name, different in values.items() if len(different) > 1]


def namer(results: Sequence[ConfigurationResult]) -> Namer:
    """Return a function that names a result by the settings that vary in its study, and by k."""
    varying_names = varying(results)
    settings = [name for name in SETTINGS if name == "k" or name in varying_names]

    def name(result: ConfigurationResult) -> Message:
        point = result.configuration
        names = [each for each in settings if getattr(point, each) is not None]
        return join([name_setting(each, getattr(point, each)) for each in names]) or (
            name_setting("policy", point.policy)
        )

    return name


def name_setting(name: str, value: Any) -> Message:
    """Return the name of a setting's value, for example ``top 5 %`` or ``k = 2``."""
    match name:
        case "policy" if value in POLICIES:
            return POLICIES[value].title
        case "algorithm" if value in get_args(Algorithm):
            return Message(f"algorithm_{value.replace('-', '_')}")
        case "policy" | "algorithm":  # of another version
            return Message("stored_text", text=str(value))
        case "whale_share":
            return Message("point_whale_share", percent=100 * value)
    return Message(f"point_{name}", value=value)


def name_ks(results: Sequence[ConfigurationResult]) -> Message:
    """Return for example ``k = 2, 3 and 5``; or the policy, if it has no k."""
    point = results[0].configuration
    if point.k is not None:
        ks = [str(each.k) for each in results]
        return Message("point_k", value=ks[0] if len(ks) == 1 else ks)
    return name_policy(point)


def name_policy(point: Configuration) -> Message:
    """Return the name of a policy without k, with its limit of spend or its weights."""
    policy = name_setting("policy", point.policy)
    if point.spend_cap is not None:
        return Message("point_within_spend", policy=policy, spend_cap=point.spend_cap)
    if point.alpha is not None:
        return Message("point_of_alpha", policy=policy, alpha=point.alpha)
    if point.theta is not None:
        return Message("point_of_theta", policy=policy, theta=point.theta)
    return policy


def name_weights(point: Configuration) -> Message:
    """Return how much equality counts, for example ``α = 0.1``."""
    name = "alpha" if point.theta is None else "theta"
    return name_setting(name, getattr(point, name) or 0.0)


def name_rule_before(effect: EffectName) -> Message:
    """Return the rule that an effect is a change against, of those that verdicts are by."""
    match effect:
        case "cap":
            return Message("against_same_rule")
        case "fairness":
            return Message("against_same_weights")
    return Message("against_greedy")


def name_group(
    result: ConfigurationResult, results: Sequence[ConfigurationResult]
) -> Message | None:
    """Return the name of a result's group of k; None where the study has only one group."""
    point = result.configuration

    def varies(name: str) -> bool:
        return any(getattr(each.configuration, name) != getattr(point, name) for each in results)

    names = [each for each in ("whale_share", "capacity_scale", "users_per_round") if varies(each)]
    if varies("policy") and point.k is not None:
        names.append("policy")
    algorithms = {each.configuration.algorithm for each in results} - {None}
    if point.policy == "tiered" and len(algorithms) > 1:
        names.append("algorithm")
    return join([name_setting(each, getattr(point, each)) for each in names])


def name_shared_setting(
    group: Sequence[ConfigurationResult], results: Sequence[ConfigurationResult]
) -> Message:
    """Return the capacities and users a round of a group, without those that all results share."""
    point = group[0].configuration
    names = ["capacity_scale", "users_per_round"]
    varying_names = [name for name in names if name in varying(results)]
    parts = [name_setting(name, getattr(point, name)) for name in varying_names or names]
    return join(parts) or parts[0]


def join(parts: Sequence[Message]) -> Message | None:
    """Return parts one after the other, with commas; None where there are none."""
    if len(parts) < 2:
        return parts[0] if parts else None
    return Message("point_parts", parts=parts)


def in_group(sentences: Sequence[Message], group: Message | None) -> list[Message]:
    """Return sentences, each after the name of the group of results that it is on, if any."""
    if group is None:
        return list(sentences)
    return [Message("finding_of_group", group=group, finding=each) for each in sentences]


def join_sentences(sentences: Sequence[Message]) -> Message:
    """Return sentences one after the other, as one message."""
    return sentences[0] if len(sentences) == 1 else Message("sentences", parts=sentences)


def settings_of(point: Configuration) -> tuple[Any, ...]:
    """Return the settings of a configuration, in the order of `SETTINGS`."""
    return tuple(getattr(point, name) for name in SETTINGS)
