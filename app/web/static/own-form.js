// The form of a sweep on one's own table.

import { body, request } from "./allocation-request.js";
import { call, explain, refusal } from "./api.js";
import { boundsOf, faultOf, numbers } from "./bounds.js";
import { hasWealth } from "./files.js";
import { $, mark, ROOT, t } from "./page.js";
import { given, onFiles } from "./table-input.js";

const form = $("own-form");
const BOUNDS = boundsOf(JSON.parse(form.dataset.settings));
const LISTS = ["k_values", "whale_shares"];
const PERCENT = ["whale_shares", "gift_probability"];
const MINIMUM = ["revenue_pct", "streamer_gini"];
const NUMBERS = ["simulations", "seed", "gift_probability", "amount_sigma", ...MINIMUM.map((name) => `minimum_effect.${name}`)];
const SHARE = { usual: "1", ofExample: "25" }; // the example has too few users for 1 %

let exemplary = false;

const input = (name) => $(`field-own.${name}`);

function values(name) {
  const factor = PERCENT.includes(name) ? 100 : 1;
  return numbers(input(name).value).map((value) => +(value / factor).toPrecision(12));
}

function wrong(name) {
  return faultOf(input(name).value, BOUNDS[name], { single: NUMBERS.includes(name), percent: PERCENT.includes(name) });
}

function wrongCapacity() {
  const text = input("capacity").value.trim();
  const fault = text === "" ? "" : [...new Set(numbers(text))].map((each) => faultOf(String(each), BOUNDS.capacity, { single: true })).find(Boolean);
  return fault ? t("wrong.capacity", { low: BOUNDS.capacity.minimum }) : "";
}

// The names of the fields with a fault, which is said beside each.
function check() {
  const faults = { ...Object.fromEntries([...LISTS, ...NUMBERS].map((name) => [name, wrong(name)])), capacity: wrongCapacity() };
  for (const [name, text] of Object.entries(faults)) mark(`own.${name}`, text);
  $("wrong-own").textContent = "";
  return Object.keys(faults).filter((name) => faults[name]);
}

function checkFiles() {
  const { table, wealth } = given;
  if (table?.fault) explain($("wrong-files"), table.fault);
  else $("wrong-files").textContent = table && !wealth && !hasWealth(table) ? t("own.wealth") : "";
  form.querySelector("button.main").disabled = !table || $("wrong-files").textContent !== "";
}

function settings() {
  const single = NUMBERS.filter((name) => !name.startsWith("minimum_effect."));
  const problem = Object.fromEntries([...LISTS.map((name) => [name, values(name)]), ...single.map((name) => [name, values(name)[0]])]);
  problem.minimum_effect = Object.fromEntries(MINIMUM.map((name) => [name, values(`minimum_effect.${name}`)[0]]));
  const capacity = values("capacity");
  if (capacity.length) problem.capacity = capacity.length === 1 ? capacity[0] : capacity;
  return problem;
}

function show(name) {
  input(name).closest("details")?.setAttribute("open", "");
  input(name).focus();
}

async function send(event) {
  event.preventDefault();
  const [first] = check();
  if (first) { show(first); return; }
  const button = form.querySelector("button.main");
  button.disabled = true;
  try {
    const response = await call(`${ROOT}/experiments/own-sweep`, {
      method: "POST", headers: { Prefer: "respond-async" }, ...body(request(given, settings())),
    });
    if (!response.ok) throw await refusal(response);
    const { id } = await response.json();
    location.assign(`${ROOT}/sweeps/${id}`);
  } catch (error) {
    blame(error);
    button.disabled = false;
  }
}

function blame(error) {
  if (error.field && mark(`own.${error.field}`, error.message)) show(error.field);
  else explain($(error.status === 422 || error.status === 400 ? "wrong-files" : "wrong-own"), error);
}

function chosen(isExample) {
  const [from, to] = isExample ? [SHARE.usual, SHARE.ofExample] : [SHARE.ofExample, SHARE.usual];
  if ((isExample || exemplary) && input("whale_shares").value === from) input("whale_shares").value = to;
  exemplary = isExample;
}

onFiles({ changed: checkFiles, chosen, blame });
form.addEventListener("submit", send);
form.addEventListener("input", (event) => { if (event.target.name?.startsWith("own.")) check(); });
checkFiles();
