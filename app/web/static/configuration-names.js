// Names of the configurations of a sweep.

import { count, percent, plain, t } from "./page.js";

export const SETTINGS = ["policy", "algorithm", "k", "whale_share", "capacity_scale", "users_per_round", "spend_cap", "alpha", "theta"];

const POLICIES = JSON.parse(document.body.dataset.study).policies;
export const policyName = (name) => POLICIES[name] ?? name;

const NAMES = {
  policy: policyName,
  k: (value) => `k = ${value}`,
  whale_share: (value) => t("name.whale_share", { share: percent(value) }),
  capacity_scale: (value) => t("name.capacity_scale", { scale: plain(value) }),
  users_per_round: (value) => t("name.users_per_round", { users: count(value) }),
  alpha: (value) => `α = ${plain(value)}`,
  theta: (value) => `θ = ${plain(value)}`,
  spend_cap: (value) => t("name.spend_cap", { cap: plain(value) }),
};

// The settings that differ among the configurations of a sweep, and k where it is always set.
export function differingSettings(results) {
  return SETTINGS.filter((name) => {
    const values = new Set(results.map((each) => each[name] ?? null));
    return values.size > 1 || (name === "k" && !values.has(null));
  });
}

// A function that names each configuration of a result.
export function configurationNamer(result) {
  const names = differingSettings(result.results);
  return (each) => names.filter((name) => each[name] !== null && each[name] !== undefined)
    .map((name) => (NAMES[name] ?? String)(each[name])).join(", ") || policyName(each.policy);
}
