// The form of a sweep: checked as it is typed, sent with what it says, wrong fields named.

import { call, explain, get, refusal } from "./api.js";
import { boundsOf, isWithin } from "./bounds.js";
import { $, count, mark, plain, ROOT, t } from "./page.js";

const form = $("sweep-form");
const presets = JSON.parse(form.dataset.presets);
const NUMBERS = ["simulations", "rounds", "seed", "world.n_users", "world.n_streamers"];
// The schema of each setting, from which its default and its bounds are.
const SETTINGS = JSON.parse(form.dataset.settings);
const BOUNDS = boundsOf(SETTINGS);
const SHOWN = ["k_values", "whale_shares", "capacity_scales", "users_per_round", "simulations", "rounds", "seed", "algorithms"];
const WORLD = ["n_users", "n_streamers"];
const defaults = (names, prefix = "") => Object.fromEntries(names.map((name) => [name, SETTINGS[prefix + name].default]));
const DEFAULTS = { ...defaults(SHOWN), world: defaults(WORLD, "world.") };
// Settings that the form does not show, of a sweep that is to be changed.
let unshown = {};

const input = (name) => $(`field-${name}`);
const numbers = (text) => text.split(/[,，;\s]+/).filter((each) => each !== "").map(Number);

function fill(config) {
  const whole = { ...DEFAULTS, ...config, world: { ...DEFAULTS.world, ...config.world } };
  input("k_values").value = whole.k_values.join(", ");
  input("whale_shares").value = whole.whale_shares.map((share) => +(100 * share).toPrecision(10)).join(", ");
  input("capacity_scales").value = whole.capacity_scales.join(", ");
  input("users_per_round").value = [whole.users_per_round].flat().join(", ");
  for (const name of ["simulations", "rounds", "seed"]) input(name).value = whole[name];
  for (const name of ["n_users", "n_streamers"]) input(`world.${name}`).value = whole.world[name];
  for (const tick of form.elements.algorithms) tick.checked = whole.algorithms.includes(tick.value);
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
    algorithms: [...form.elements.algorithms].filter((tick) => tick.checked).map((tick) => tick.value),
    world: { ...unshown.world, n_users: Number(input("world.n_users").value), n_streamers: Number(input("world.n_streamers").value) },
  };
}

const CHECKED = [...SHOWN.filter((name) => name !== "algorithms"), ...WORLD.map((name) => `world.${name}`)];

const factor = (name) => (name === "whale_shares" ? 100 : 1);

function expected(name) {
  const { type, minimum, exclusiveMinimum, maximum } = BOUNDS[name];
  const [low, high] = [minimum ?? exclusiveMinimum, maximum].map((bound) => plain(factor(name) * bound));
  if (type === "integer") return t(NUMBERS.includes(name) ? "wrong.whole" : "wrong.wholes", { low, high });
  return t(factor(name) === 1 ? "wrong.numbers" : "wrong.percentages", { low, high });
}

function wrong(name) {
  const text = input(name).value.trim();
  if (text === "") return t("wrong.empty");
  const values = NUMBERS.includes(name) ? [Number(text)] : numbers(text);
  if (!values.every((value) => isWithin(BOUNDS[name], value / factor(name)))) return expected(name);
  if (new Set(values).size < values.length) return t("wrong.twice");
  if (name === "users_per_round" && Math.max(...values) > Number(input("world.n_users").value)) return t("wrong.crowd");
  return "";
}

function check() {
  const faults = CHECKED.filter((name) => {
    const text = wrong(name);
    mark(name, text);
    return text !== "";
  });
  const algorithms = [...form.elements.algorithms].some((tick) => tick.checked);
  mark("algorithms", algorithms ? "" : t("wrong.algorithms"));
  if (!algorithms) faults.push("algorithms");
  $("size").textContent = faults.length ? "" : size();
  $("wrong").textContent = "";
  return faults;
}

function size() {
  const sweep = body();
  const lists = [sweep.k_values, sweep.whale_shares, sweep.capacity_scales, sweep.algorithms, [sweep.users_per_round].flat()];
  const configurations = lists.reduce((product, each) => product * each.length, 1);
  return t("form.size", { configurations: count(configurations), simulations: count(sweep.simulations), replays: count(configurations * sweep.simulations) });
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
document.body.dataset.ready = "true";
