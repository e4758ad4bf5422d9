// The allocation form: files in, limits checked as they are typed, an allocation out.

import { curl, body, bytes, request } from "./allocation-request.js";
import { show } from "./allocation-view.js";
import { call, explain, hasKey, refusal } from "./api.js";
import { boundsOf, isWithin } from "./bounds.js";
import { hasWealth, previewTable } from "./files.js";
import { $, count, csv, h, mark, ROOT, save, say, t, time } from "./page.js";
import { tablePreview } from "./table-preview.js";

const MOST_CHECKED = 30e6; // bytes that are sent on every change; more only to be allocated
const PAUSE = 300;
const PLACES = { k: "k", whale_share: "whale_share", capacity: "capacity", whales: "whales" };
const SHARE = { usual: "1", ofExample: "25" }; // the example has too few users for 1 %

const BOUNDS = boundsOf(JSON.parse($("allocation-form").dataset.settings));

const given = {};
let answer = null;
let sent = null;
let latest = 0; // of all changes: answers to earlier ones say nothing any more
let rereadings = 0; // of the table
let unchecked = null;
let checking = false;
let waiting = 0;
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

function listGiven() {
  $("given").replaceChildren(...Object.entries(given).map(([role, each]) => h("li", {},
    h("span", {}, `${each.name} `, h("small", {}, each.note)),
    h("button", { type: "button", "aria-label": t("file.remove", { name: each.name }), onclick: () => remove(role) }, "×"))));
}

function remove(role) {
  delete given[role];
  $("wrong-files").textContent = "";
  showTable();
  changed();
  $("files").focus();
}

function showTable() {
  $("understood").hidden = !given.table;
  $("table-preview").replaceChildren(...(given.table ? tablePreview(given.table, reread).filter((each) => each !== null) : []));
}

// The table again, with what its reader knows better; where that cannot be, as it was.
async function reread(reading) {
  const { file } = given.table;
  const focused = document.activeElement?.dataset.column;
  const turn = (rereadings += 1);
  let each = null;
  let fault = null;
  try {
    each = await previewTable(file, reading);
  } catch (error) {
    fault = error;
  }
  if (turn !== rereadings || given.table?.file !== file) return; // changed again, or taken away
  const other = each !== null && each.role !== given.table.role;
  if (each !== null && !other) given.table = each;
  $("wrong-files").textContent = "";
  showTable();
  document.querySelector(`#table-preview [data-column="${focused}"]`)?.focus();
  changed();
  if (fault !== null) blame(fault);
  else if (other) $("wrong-files").textContent = t("preview.values");
  else if (!given.table.fault) say(t("preview.changed"));
}

function changed() {
  listGiven();
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

async function take(files) {
  $("wrong-files").textContent = "";
  if (exemplary) setShare(SHARE.ofExample, SHARE.usual);
  exemplary = false;
  let fault = null;
  for (const file of files) {
    try {
      accept(await previewTable(file));
    } catch (error) {
      fault ??= error;
    }
  }
  changed();
  if (fault !== null) blame(fault);
}

function accept(each) {
  given[each.role] = each;
  showTable();
}

async function example() {
  const content = await (await fetch(`${document.body.dataset.static}/example.csv`)).blob();
  const each = await previewTable(new File([content], "example.csv"));
  for (const role of Object.keys(given)) delete given[role];
  accept(each);
  setShare(SHARE.usual, SHARE.ofExample);
  exemplary = true;
  changed();
}

function tierRows() {
  const whales = new Set(answer.whales.map(String));
  return Object.entries(answer.allocations).map(([user, streamer]) =>
    [user, streamer, whales.has(user) ? "whale" : "normal", streamer === null ? null : answer.ev[user]]);
}

$("allocation-form").addEventListener("submit", allocate);
$("allocation-form").addEventListener("input", (event) => { if (event.target.type !== "file") changed(); });
$("files").addEventListener("change", async () => { await take([...$("files").files]); $("files").value = ""; });
$("example").addEventListener("click", example);
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

for (const name of ["dragenter", "dragover"]) $("drop").addEventListener(name, (event) => { event.preventDefault(); $("drop").classList.add("over"); });
for (const name of ["dragleave", "drop"]) $("drop").addEventListener(name, () => $("drop").classList.remove("over"));
$("drop").addEventListener("drop", (event) => { event.preventDefault(); take([...event.dataTransfer.files]); });

changed();
if (new URLSearchParams(location.search).has("example")) {
  await example();
  $("allocation-form").requestSubmit();
} else {
  document.body.dataset.ready = "true";
}
