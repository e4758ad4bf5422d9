// All experiments, newest first: open them, delete them, choose two to compare.

import { blob, call, explain, get, refusal } from "./api.js";
import { chip, isSweep, progress, title } from "./experiments.js";
import { editLabels, nameOf, noteOf } from "./labels.js";
import { $, h, ROOT, save, say, t } from "./page.js";
import { settingsInWords } from "./settings-in-words.js";
import { wide } from "./tables.js";
import { lookOf, shortWord } from "./verdict.js";

const chosen = new Set();
const body = h("tbody");
let next = `${ROOT}/experiments?limit=50`;

function row(experiment) {
  const named = nameOf(experiment);
  const comparable = experiment.state === "done" && isSweep(experiment);
  const tick = h("input", { type: "checkbox", "aria-label": t("history.choose", { name: named }), disabled: !comparable,
    onchange: () => choose(experiment.id, tick.checked) });
  const running = experiment.state === "queued" || experiment.state === "running";
  const remove = h("button", { type: "button", class: "quiet", "aria-label": t(running ? "history.cancel.named" : "history.delete.named", { name: named }),
    onclick: () => (running ? cancel(experiment, line) : ask(experiment, named, line)) }, t(running ? "history.cancel" : "history.delete"));
  const result = !isSweep(experiment) && experiment.state === "done"
    ? h("button", { type: "button", class: "quiet", onclick: async () => save(await blob(experiment.links.result), `${experiment.kind}-${experiment.id}.json`) }, t("history.result"))
    : null;
  const edit = h("button", { type: "button", class: "quiet", "aria-label": t("labels.edit.named", { name: named }),
    onclick: () => editLabels(experiment, (labelled) => { replaced(line, labelled).querySelector("[data-edit]").focus(); }), "data-edit": "" }, t("labels.edit"));
  const line = h("tr", { "data-experiment": experiment.id },
    h("td", {}, tick),
    h("th", { scope: "row", class: "text what" }, title(experiment), noteOf(experiment), settings(experiment), below(experiment)),
    h("td", { class: "text" }, chip(experiment.state), h("small", {}, progress(experiment))),
    h("td", { class: "text" }, verdict(experiment)), h("td", {}, edit, result, remove));
  tick.checked = chosen.has(experiment.id);
  return line;
}

function replaced(line, experiment) {
  const other = row(experiment);
  line.replaceWith(other);
  return other;
}

function settings(experiment) {
  const words = settingsInWords(experiment);
  return words && h("small", { class: "settings" }, words);
}

// Where the column of verdicts is out of sight.
function below(experiment) {
  return experiment.verdict && h("span", { class: `narrow ${lookOf(experiment.verdict)}` }, shortWord(experiment.verdict));
}

function verdict(experiment) {
  if (experiment.verdict === null) return "–";
  return h("span", { class: lookOf(experiment.verdict) }, shortWord(experiment.verdict), experiment.answer && h("small", { class: "answer" }, experiment.answer.text));
}

function choose(id, yes) {
  if (yes) chosen.add(id);
  else chosen.delete(id);
  $("compare").disabled = chosen.size !== 2;
  say(t("history.chosen", { count: chosen.size }));
}

async function cancel(experiment, line) {
  const response = await call(experiment.links.self, { method: "DELETE" });
  if (!response.ok) throw await refusal(response);
  replaced(line, await get(experiment.links.self));
}

function ask(experiment, named, line) {
  const dialog = $("delete-dialog");
  $("delete-what").textContent = t("history.delete.what", { name: named });
  dialog.returnValue = "keep";
  dialog.addEventListener("close", async () => {
    if (dialog.returnValue !== "delete") return;
    await call(experiment.links.self, { method: "DELETE" });
    choose(experiment.id, false);
    const neighbour = line.nextElementSibling ?? line.previousElementSibling;
    line.remove();
    (neighbour?.querySelector("button, a") ?? $("main")).focus();
    say(t("history.deleted"));
    if (!body.children.length) none();
  }, { once: true });
  dialog.showModal();
}

function none() {
  ($("list") ?? body.closest(".wide")).replaceChildren(h("p", {}, t("history.none"), " ", h("a", { href: `${ROOT}/sweeps` }, t("home.sweep.go"))));
}

async function more() {
  const { experiments, next: following } = await get(next);
  next = following;
  body.append(...experiments.map(row));
  $("older").hidden = next === null;
  if (!body.children.length) { none(); return; }
  const heads = ["column.choose", "column.experiment", "column.state", "column.verdict", "column.actions"];
  if (!body.parentElement) {
    $("list").replaceWith(wide(h("table", {}, h("caption", {}, t("history.caption")),
      h("thead", {}, h("tr", {}, heads.map((head, at) => h("th", { scope: "col", class: at < 4 ? "text" : null }, t(head))))), body)));
  }
}

$("older").addEventListener("click", more);
$("compare").addEventListener("click", () => {
  const [b, a] = [...chosen].sort((x, y) => position(x) - position(y));
  location.assign(`${ROOT}/compare?a=${a}&b=${b}`);
});
const position = (id) => [...body.children].findIndex((line) => line.dataset.experiment === id);

try {
  await more();
} catch (error) {
  $("list").replaceChildren(explain(h("p", { class: "wrong" }), error));
}
document.body.dataset.ready = "true";
