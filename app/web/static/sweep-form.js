// The form of a sweep: checked as it is typed, sent with what it says, wrong fields named.

import { call, explain, get, refusal } from "./api.js";
import { boundsOf, faultOf, numbers } from "./bounds.js";
import { $, count, mark, ROOT, t } from "./page.js";

const form = $("sweep-form");
const presets = JSON.parse(form.dataset.presets);
const NUMBERS = ["simulations", "rounds", "seed", "world.n_users", "world.n_streamers"];
// The schema of each setting, from which its default and its bounds are.
const SETTINGS = JSON.parse(form.dataset.settings);
const BOUNDS = boundsOf(SETTINGS);
const GRIDS = JSON.parse(form.dataset.policies); // the settings of which each policy has a point for each value
const TICKS = ["algorithms", "policies"];
const SHOWN = ["k_values", "whale_shares", "capacity_scales", "users_per_round", "simulations", "rounds", "seed", "spend_caps", "alphas", "thetas", "until_decided", ...TICKS];
const WORLD = ["n_users", "n_streamers"];
const defaults = (names, prefix = "") => Object.fromEntries(names.map((name) => [name, SETTINGS[prefix + name].default]));
const DEFAULTS = { ...defaults(SHOWN), world: defaults(WORLD, "world.") };
// Settings that the form does not show, of a sweep that is to be changed.
let unshown = {};

const input = (name) => $(`field-${name}`);
const ticked = (name) => [...form.elements[name]].filter((tick) => tick.checked).map((tick) => tick.value);

function fill(config) {
  const whole = { ...DEFAULTS, ...config, world: { ...DEFAULTS.world, ...config.world } };
  input("k_values").value = whole.k_values.join(", ");
  input("whale_shares").value = whole.whale_shares.map((share) => +(100 * share).toPrecision(10)).join(", ");
  input("capacity_scales").value = whole.capacity_scales.join(", ");
  input("users_per_round").value = [whole.users_per_round].flat().join(", ");
  for (const name of ["simulations", "rounds", "seed"]) input(name).value = whole[name];
  for (const name of ["n_users", "n_streamers"]) input(`world.${name}`).value = whole.world[name];
  for (const name of ["spend_caps", "alphas", "thetas"]) input(name).value = whole[name].join(", ");
  for (const name of TICKS) for (const tick of form.elements[name]) tick.checked = whole[name].includes(tick.value);
  input("until_decided").checked = whole.until_decided;
  unshown = Object.fromEntries(Object.entries(config).filter(([name]) => !(name in DEFAULTS)));
  unshown.world = config.world ?? {};
  check();
}

function body() {
  const users = numbers(input("users_per_round").value);
  return {
    ...unshown,
    k_values: numbers(input("k_values").value),
    whale_shares: numbers(input("whale_shares").value).map((share) => +(share / 100).toPrecision(12)),
    capacity_scales: numbers(input("capacity_scales").value),
    users_per_round: users.length === 1 ? users[0] : users,
    simulations: Number(input("simulations").value), rounds: Number(input("rounds").value),
    seed: Number(input("seed").value),
    spend_caps: numbers(input("spend_caps").value), alphas: numbers(input("alphas").value), thetas: numbers(input("thetas").value),
    ...Object.fromEntries(TICKS.map((name) => [name, ticked(name)])),
    until_decided: input("until_decided").checked,
    world: { ...unshown.world, n_users: Number(input("world.n_users").value), n_streamers: Number(input("world.n_streamers").value) },
  };
}

const CHECKED = [...SHOWN.filter((name) => name !== "until_decided" && !TICKS.includes(name)), ...WORLD.map((name) => `world.${name}`)];

function wrong(name) {
  const text = input(name).value;
  if (name === "spend_caps" && text.trim() === "") return ticked("policies").includes("spend-cap") ? t("wrong.empty") : "";
  const fault = faultOf(text, BOUNDS[name], { single: NUMBERS.includes(name), percent: name === "whale_shares" });
  if (fault) return fault;
  const crowded = name === "users_per_round" && Math.max(...numbers(text)) > Number(input("world.n_users").value);
  return crowded ? t("wrong.crowd") : "";
}

function check() {
  const faults = CHECKED.filter((name) => {
    const text = wrong(name);
    mark(name, text);
    return text !== "";
  });
  for (const name of TICKS) {
    const text = ticked(name).length ? "" : t(`wrong.${name}`);
    mark(name, text);
    if (text) faults.push(name);
  }
  $("size").textContent = faults.length ? "" : size();
  $("wrong").textContent = "";
  return faults;
}

function size() {
  const sweep = body();
  const lists = { k: sweep.k_values, algorithm: sweep.algorithms, spend_cap: sweep.spend_caps, alpha: sweep.alphas, theta: sweep.thetas, whale_share: sweep.whale_shares };
  const points = (policy) => GRIDS[policy].reduce((product, name) => product * lists[name].length, 1);
  const settings = sweep.capacity_scales.length * [sweep.users_per_round].flat().length;
  const configurations = settings * sweep.policies.reduce((sum, policy) => sum + points(policy), 0);
  return t(sweep.until_decided ? "form.size_most" : "form.size", { configurations: count(configurations), simulations: count(sweep.simulations) });
}

function show(faults) {
  const first = input(faults[0]);
  first.closest("details")?.setAttribute("open", "");
  first.focus();
}

async function send(event) {
  event.preventDefault();
  const faults = check();
  if (faults.length) { show(faults); return; }
  const button = form.querySelector("button.main");
  button.disabled = true;
  try {
    const response = await call(`${ROOT}/experiments/whale-sweep`, {
      method: "POST", body: JSON.stringify(body()),
      headers: { "Content-Type": "application/json", Prefer: "respond-async" },
    });
    if (!response.ok) throw await refusal(response);
    const { id } = await response.json();
    location.assign(`${ROOT}/sweeps/${id}`);
  } catch (error) {
    if (error.field && mark(error.field, error.message)) show([error.field]);
    else explain($("wrong"), error);
  } finally {
    button.disabled = false;
  }
}

form.addEventListener("submit", send);
form.addEventListener("input", (event) => {
  if (event.target.name === "preset") fill(presets[event.target.value]);
  else check();
});

const from = new URLSearchParams(location.search).get("from");
try {
  if (from === null) {
    fill(presets[form.elements.preset.value] ?? {});
  } else {
    for (const choice of form.elements.preset) choice.checked = false;
    fill((await get(`${ROOT}/experiments/${encodeURIComponent(from)}`)).config);
  }
} catch (error) {
  explain($("wrong"), error);
}
