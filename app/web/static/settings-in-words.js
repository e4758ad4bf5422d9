// The settings of an experiment that differ from the default, in words.

import { policyName } from "./configuration-names.js";
import { count, has, percent, plain, t } from "./page.js";

const SHOWN = 6; // of several, those that matter most; the experiment's page has all

const WRITE = {
  whale_shares: percent, capacity_scales: plain, users_per_round: count, simulations: count, rounds: count, seed: String,
  policies: policyName, k_values: count, spend_caps: plain, alphas: plain, thetas: plain, min_users: count, checkpoints: count, gift_probability: percent, amount_sigma: plain,
};

function inWords([name, value]) {
  const write = WRITE[name] ?? ((each) => (typeof each === "number" ? plain(each) : String(each)));
  const values = [value].flat().map((each) => write(each)).join(t("list.gap"));
  const text = `setting.${name}`;
  return has(text) ? t(text, { values }) : `${name} = ${values}`;
}

// settings: by name, as lists of experiments have them.
export function settingsInWords({ settings }) {
  if (!settings) return "";
  const { n_users: users, n_streamers: streamers, ...others } = settings;
  const words = Object.entries(others).map(inWords);
  if (users !== undefined) words.unshift(t("file.matrix", { users: count(users), streamers: count(streamers) }));
  if (!words.length) return t("settings.default");
  const rest = words.splice(SHOWN).length;
  return [...words, rest ? t("settings.more", { count: count(rest) }) : null].filter(Boolean).join(" · ");
}
