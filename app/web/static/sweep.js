// A sweep's own page: follows it while it runs, and shows what came of it.

import { blob, call, events, get, hasKey, refusal } from "./api.js";
import { drawFigure } from "./charts.js";
import { editLabels, kindAndTime, noteOf } from "./labels.js";
import { FIGURE, showEffects } from "./effects.js";
import { $, count, csv, h, ROOT, save, say, t, time } from "./page.js";
import { settingsInWords } from "./settings-in-words.js";
import { csvRows, liveTable, resultTable } from "./sweep-table.js";
import { wide } from "./tables.js";
import { showPublishedRule, showVerdict } from "./verdict.js";

const id = $("sweep").dataset.experiment;
const address = `${ROOT}/experiments/${encodeURIComponent(id)}`;
const LIVE = ["revenue-by-k", "gini-by-k", "overload-by-k"];
const PAUSE = 1000;

let result = null;

async function start() {
  let experiment;
  try {
    experiment = await get(address);
  } catch (error) {
    if (error.status) { showEnd("missing", error.message); return; }
    await later();
    return start();
  }
  describe(experiment);
  if (experiment.state === "done") return finish(experiment);
  if (experiment.state === "failed" || experiment.state === "cancelled") return stop(experiment);
  return follow(experiment);
}

function describe(experiment) {
  showLabels(experiment);
  for (const link of document.querySelectorAll("[data-again]")) {
    if (experiment.config?.k_values) link.href = `${ROOT}/sweeps?from=${id}`;
    else link.href = `${ROOT}/sweeps`;
  }
}

function showLabels(experiment) {
  $("sweep-title").textContent = experiment.name ?? t("sweep.title");
  $("sweep-what").textContent = [kindAndTime(experiment), settingsInWords(experiment)].filter(Boolean).join(" · ");
  const edit = h("button", { type: "button", class: "quiet", onclick: () => editLabels(experiment, (labelled) => {
    showLabels({ ...experiment, name: labelled.name, note: labelled.note });
    $("labels").querySelector("button").focus();
  }) }, t("labels.edit"));
  $("labels").replaceChildren(...[noteOf(experiment), edit].filter(Boolean));
}

const later = () => new Promise((resolve) => setTimeout(resolve, PAUSE));

async function follow(experiment) {
  $("progress").hidden = false;
  showProgress(experiment.state, experiment.progress);
  const seen = { id: null, open: () => connection("") };
  let ended = false;
  while (!ended) {
    try {
      await events(`${address}/events`, seen, (name, event) => {
        showProgress(event.state, event);
        if (event.figures) showLatest(event);
        ended = ["done", "failed", "cancelled"].includes(event.state);
      });
    } catch (error) {
      if (error.status && error.status < 500) { showEnd("missing", error.message); return; }
      connection(t("sweep.reconnecting"));
    }
    if (!ended) {
      await later();
      ended = await hasEnded();
    }
  }
  $("progress").hidden = true;
  await start();
}

async function hasEnded() {
  try {
    const { state } = await get(address);
    connection("");
    return !["queued", "running"].includes(state);
  } catch (error) {
    return error.status === 404;
  }
}

function connection(text) {
  if ($("connection").hidden && text) say(text);
  if (!$("connection").hidden && !text) say(t("sweep.reconnected"));
  $("connection").textContent = text;
  $("connection").hidden = text === "";
}

function showProgress(state, progress) {
  const { seeds_done: done, seeds, seconds_left: left } = progress;
  $("progress-title").textContent = t(state === "queued" ? "sweep.queued" : "sweep.running");
  $("bar").value = seeds ? done / seeds : 0;
  $("done").textContent = t("sweep.done", { done: count(done), seeds: count(seeds) });
  $("left").textContent = left === null || left === undefined || done === 0 ? "" : t("sweep.left", { time: time(left) });
  const tenth = Math.floor((10 * done) / seeds);
  if (showProgress.tenth !== tenth) say(t("sweep.done", { done: count(done), seeds: count(seeds) }));
  showProgress.tenth = tenth;
}

let pending = null;
let drawing = false;

// Events may come faster than anything is drawn: what is drawn is the latest.
function showLatest(event) {
  pending = event;
  if (!drawing) refresh();
}

async function refresh() {
  drawing = true;
  while (pending !== null && result === null) {
    const event = pending;
    pending = null;
    $("table").hidden = false;
    showTable(liveTable(event));
    await drawAll(LIVE).catch(() => {});
  }
  drawing = false;
}

async function drawAll(names) {
  for (const name of names) {
    const response = await call(`${address}/figures/${name}.json`);
    if (response.status === 404 || response.status === 409) continue;
    if (!response.ok) throw await refusal(response);
    const specification = await response.json();
    $("figures").hidden = false;
    await drawFigure(figure(name), specification);
  }
}

function showTable(table) {
  $("table").querySelector(".wide").replaceWith(wide(table));
}

function figure(name) {
  const element = $(`figure-${name}`) ?? h("figure", { class: "figure", id: `figure-${name}` });
  if (result !== null || !element.isConnected) $("figures").querySelector(".figures").append(element);
  return element;
}

async function finish(experiment) {
  result = experiment.result;
  if (!result?.results) { showEnd("missing", t("sweep.no-sweep")); return; }
  showVerdict($("verdict"), experiment);
  showPublishedRule($("published"), result);
  // The effects of several settings; those of a single one are below their picture.
  const conclusions = result.conclusions.filter((text, i) =>
    result.conclusion_messages[i].code === "answer_in_setting" && !result.findings.includes(text));
  $("findings").hidden = false;
  $("findings").querySelector("ul").replaceChildren(
    ...(result.search?.findings ?? []).concat(conclusions, result.findings).map((finding) => h("li", {}, finding)));
  $("table").hidden = false;
  showTable(resultTable(result));
  $("csv").hidden = false;
  $("onwards").hidden = false;
  if (experiment.kind === "own-sweep") {
    for (const each of ["yaml", "rerun"]) $(each).hidden = true; // no configuration has the matrix
  } else {
    $("config").textContent = await (await call(`${address}/config.yaml`)).text();
  }
  say(`${t("verdict.title")}: ${$("verdict").querySelector(".word").textContent}`);
  await showEffects($("effects"), address, result);
  await drawAll((await get(`${address}/figures`)).filter((name) => name !== FIGURE));
  document.body.dataset.ready = "true";
}

function stop(experiment) {
  const { seeds_done: done, seeds } = experiment.progress;
  showEnd(experiment.state, experiment.error?.detail ?? t("sweep.kept", { done: count(done), seeds: count(seeds) }));
}

function showEnd(state, why) {
  for (const each of ["progress", "figures", "table", "effects"]) $(each).hidden = true;
  $("ended").hidden = false;
  $("ended-title").textContent = t(`sweep.${state}`);
  $("ended-why").textContent = why;
  say(t(`sweep.${state}`));
  document.body.dataset.ready = "true";
}

$("cancel").addEventListener("click", async () => {
  $("cancel").disabled = true;
  await call(address, { method: "DELETE" });
  $("ended-title").focus();
});

$("csv").addEventListener("click", () => save(csv(csvRows(result)), `sweep-${id}.csv`, "text/csv"));

$("yaml").addEventListener("click", async () => save(await blob(`${address}/config.yaml`), "sweep.yaml"));

// A link brings no key: where there is one, the report is fetched with it and shown from memory.
$("report").addEventListener("click", async (event) => {
  if (!hasKey()) return;
  event.preventDefault();
  const tab = open("", "_blank");
  const content = await blob(`${address}/report`);
  tab.location.replace(URL.createObjectURL(new Blob([content], { type: "text/html" })));
});

start();
