// The allocation form: files in, limits checked as they are typed, an allocation out.

import { curl, body, bytes, request } from "./allocation-request.js";
import { show } from "./allocation-view.js";
import { call, explain, hasKey, refusal } from "./api.js";
import { boundsOf, isWithin } from "./bounds.js";
import { hasWealth } from "./files.js";
import { $, count, csv, mark, ROOT, save, say, t, time } from "./page.js";
import { differences, markStale } from "./stale.js";
import { given, onFiles, takeExample } from "./table-input.js";

const MOST_CHECKED = 30e6; // bytes that are sent on every change; more only to be allocated
const PAUSE = 300;
const PLACES = { k: "k", whale_share: "whale_share", capacity: "capacity", whales: "whales" };
const SHARE = { usual: "1", ofExample: "25" }; // the example has too few users for 1 %

const BOUNDS = boundsOf(JSON.parse($("allocation-form").dataset.settings));

let answer = null;
let sent = null;
let latest = 0; // of all changes: answers to earlier ones say nothing any more
let unchecked = null;
let checking = false;
let waiting = 0;
let computedFrom = null; // what the form said when the results were computed
let exemplary = false; // whether the example is what is given

const input = (name) => $(`field-${name}`);
const list = (text) => text.split(/[,，;\s]+/).filter((each) => each !== "");

function whole(name) {
  const values = list(input(name).value).map(Number);
  if (!values.every((value) => isWithin(BOUNDS[name], value))) throw new RangeError(wrong(name));
  return values.length === 1 ? values[0] : values.length ? values : null;
}

function wrong(name, factor = 1) {
  const { minimum, exclusiveMinimum, maximum } = BOUNDS[name];
  return t(`wrong.${name}`, { low: factor * (minimum ?? exclusiveMinimum), high: factor * maximum });
}

// What the form says; marks what is wrong and returns null where anything is.
function settings() {
  const problem = {};
  const faults = {};
  for (const name of ["k", "capacity"]) {
    try {
      problem[name] = whole(name);
    } catch (error) {
      faults[name] = error.message;
    }
  }
  if (problem.k === null) faults.k = t("wrong.empty");
  if (problem.capacity === null) delete problem.capacity;
  const whales = list(input("whales").value);
  if (whales.length) {
    problem.whales = whales;
  } else {
    problem.whale_share = Number(input("whale_share").value) / 100;
    if (!isWithin(BOUNDS.whale_share, problem.whale_share)) faults.whale_share = wrong("whale_share", 100);
  }
  for (const name of Object.values(PLACES)) mark(name, faults[name] ?? "");
  return Object.keys(faults).length ? null : problem;
}

function current() {
  const problem = settings();
  if (!given.table) return null;
  if (given.table.fault) {
    explain($("wrong-files"), given.table.fault);
    return null;
  }
  if (problem === null) return null;
  const message = request(given, problem);
  const lacks = problem.whale_share < 1 && !hasWealth(given.table) && !message.parts.wealth;
  $("wrong-files").textContent = lacks ? t("wrong.wealth") : "";
  return lacks ? null : message;
}

// What the form says now, as far as results depend on it.
function snapshot() {
  const settings = Object.fromEntries(Object.keys(PLACES).map((name) => [name, list(input(name).value).join(", ")]));
  const reading = ({ header, columns }) => JSON.stringify([header, columns.map(({ role }) => role)]);
  const files = Object.fromEntries(Object.entries(given).map(([role, { file, summary }]) => [role, { file, reading: reading(summary) }]));
  return { settings, files };
}

function changed() {
  if (computedFrom !== null) markStale($("result"), differences(computedFrom, snapshot()));
  $("plan").textContent = "";
  $("wrong").textContent = "";
  clearTimeout(waiting);
  latest += 1;
  const message = current();
  $("allocate").disabled = message === null;
  unchecked = message !== null && bytes(message) <= MOST_CHECKED ? message : null;
  if (unchecked !== null) waiting = setTimeout(checkAll, PAUSE);
}

// One at a time, and none is broken off: the service would give up a process for it.
async function checkAll() {
  if (checking) return;
  checking = true;
  while (unchecked !== null) {
    const message = unchecked;
    unchecked = null;
    await check(message, latest);
  }
  checking = false;
}

async function check(message, change) {
  try {
    const plan = await post(`${ROOT}/allocate?validate_only=true`, message);
    if (change !== latest) return;
    const values = {
      users: count(plan.users), streamers: count(plan.streamers),
      whales: count(plan.whales), slots: count(plan.whale_slots),
    };
    const short = plan.whales - plan.whale_slots;
    const fit = plan.binds.k ? "plan.binds" : "plan.free";
    $("plan").textContent = [t("plan.size", values), short > 0 ? t("plan.short", { short: count(short) }) : t(fit),
      plan.estimated_seconds > 1 ? t("plan.time", { time: time(plan.estimated_seconds) }) : ""].filter(Boolean).join(t("sentence_gap"));
  } catch (error) {
    if (change === latest) blame(error);
  }
}

async function post(address, message, more = {}) {
  const response = await call(address, { method: "POST", ...body(message, more) });
  if (!response.ok) throw await refusal(response);
  return response.json();
}

function blame(error) {
  const place = PLACES[error.field];
  if (place) mark(place, error.message);
  else if (error.status === 422 || error.status === 400) explain($("wrong-files"), error);
  else explain($("wrong"), error);
}

async function allocate(event) {
  event.preventDefault();
  const message = current();
  if (message === null) return;
  const from = snapshot();
  $("allocate").disabled = true;
  document.body.removeAttribute("data-ready");
  say(t("allocation.working"));
  try {
    const { algorithm, fill, ...problem } = message.problem;
    const most = Math.max(0, ...[message.problem.k].flat());
    const curveOf = { problem, parts: message.parts };
    const [explained, curve] = await Promise.all([
      post(`${ROOT}/allocate/explained`, message),
      post(`${ROOT}/allocate/curve`, curveOf, { k_max: Math.min(200, Math.max(8, most + 4)) }).catch(() => null),
    ]);
    answer = explained;
    sent = message;
    computedFrom = from;
    markStale($("result"), differences(from, snapshot()));
    showCurl();
    await show(explained, curve, message.problem);
    $("worth-title").focus();
    say([$("shortage")?.textContent, $("certificate").textContent].filter(Boolean).join(" "));
  } catch (error) {
    blame(error);
  } finally {
    $("allocate").disabled = false;
    document.body.dataset.ready = "true";
  }
}

function showCurl() {
  const { command, problem } = curl(sent, { origin: location.origin + ROOT, locked: hasKey() });
  $("curl").textContent = command;
  $("curl-hint").textContent = [t("curl.where"), hasKey() ? t("curl.key") : ""].filter(Boolean).join(" ");
  $("problem").hidden = problem === null;
  $("problem").onclick = () => save(problem, "problem.json", "application/json");
}

function setShare(from, to) {
  if (input("whale_share").value === from) input("whale_share").value = to;
}

function chosen(isExample) {
  if (isExample) setShare(SHARE.usual, SHARE.ofExample);
  else if (exemplary) setShare(SHARE.ofExample, SHARE.usual);
  exemplary = isExample;
}

function tierRows() {
  const whales = new Set(answer.whales.map(String));
  return Object.entries(answer.allocations).map(([user, streamer]) =>
    [user, streamer, whales.has(user) ? "whale" : "normal", streamer === null ? null : answer.ev[user]]);
}

$("allocation-form").addEventListener("submit", allocate);
$("allocation-form").addEventListener("input", (event) => { if (event.target.type !== "file") changed(); });
onFiles({ changed, chosen, blame });
$("as-csv").addEventListener("click", () => save(csv([["user", "streamer", "tier", "ev"], ...tierRows()]), "allocation.csv", "text/csv"));
$("as-json").addEventListener("click", () => {
  const { ev, displaced, streamers, picture, ...rest } = answer;
  save(JSON.stringify(rest, null, 2), "allocation.json", "application/json");
});
$("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText($("curl").textContent);
    say(t("curl.copied"));
    $("copy").textContent = t("curl.copied");
  } catch {
    getSelection().selectAllChildren($("curl"));
    say(t("curl.selected"));
  }
});

changed();
if (new URLSearchParams(location.search).has("example")) {
  await takeExample();
  $("allocation-form").requestSubmit();
} else {
  document.body.dataset.ready = "true";
}
