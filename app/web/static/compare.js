// Two sweeps side by side: their settings, their verdicts and their configurations.

import { explain, get } from "./api.js";
import { configurationNamer, SETTINGS } from "./configuration-names.js";
import { isSweep } from "./experiments.js";
import { nameOf } from "./labels.js";
import { $, h, ROOT, signed, t } from "./page.js";
import { plainTable, wide } from "./tables.js";
import { answerTexts, CRITERIA, EFFECT_METRICS, JUDGED, lookOf, sentences, word } from "./verdict.js";

const query = new URLSearchParams(location.search);
const SIDES = ["a", "b"];

async function choices() {
  const experiments = [];
  let next = `${ROOT}/experiments?limit=200`;
  while (next !== null && experiments.length < 400) {
    const page = await get(next);
    experiments.push(...page.experiments.filter((each) => each.state === "done" && isSweep(each)));
    next = page.next;
  }
  return experiments;
}

function fill(select, experiments, chosen) {
  select.replaceChildren(...experiments.map((each) => h("option", { value: each.id, selected: each.id === chosen },
    `${nameOf(each)} (${each.id.slice(0, 8)})`)));
}

async function show() {
  $("wrong").textContent = "";
  const ids = SIDES.map((side) => $(side).value);
  history.replaceState(null, "", `${ROOT}/compare?a=${ids[0]}&b=${ids[1]}`);
  try {
    const [a, b] = await Promise.all(ids.map((id) => get(`${ROOT}/experiments/${id}`)));
    $("compared").replaceChildren(verdicts([a, b]), h("h2", {}, t("compare.settings")), settings(a, b),
      h("h2", {}, t("compare.figures")), figures(a.result, b.result));
  } catch (error) {
    explain($("wrong"), error);
  }
  document.body.dataset.ready = "true";
}

function verdicts(pair) {
  return h("ul", { class: "criteria" }, pair.map((experiment, at) => h("li", { class: "criterion" },
    h("h2", {}, h("a", { href: `${ROOT}/sweeps/${experiment.id}` }, `${"AB"[at]}: ${nameOf(experiment)}`)),
    h("strong", { class: lookOf(experiment.verdict) }, word(experiment.verdict)),
    experiment.answer ? sentences(answerTexts(experiment.answer)) : null,
    h("p", {}, t("compare.best", { name: configurationNamer(experiment.result)(experiment.result.best) })))));
}

// What is compared of two configurations: the effects that both have; without any, the criteria.
function measures(rows) {
  const inAll = JUDGED.filter((effect) => rows.every((row) => row.effects?.[effect]));
  if (inAll.length) {
    return inAll.flatMap((effect) => EFFECT_METRICS.map(([metric, show]) =>
      ({ name: `${effect}.${metric}`, figure: (row) => row.effects[effect][metric], show, factor: 1 })));
  }
  return CRITERIA.slice().reverse().map(({ part, metric, show, unit }) =>
    ({ name: metric, figure: (row) => row[part][metric], show, factor: unit === "share" ? 100 : 1 }));
}

function flat(config, prefix = "") {
  return Object.entries(config).flatMap(([name, value]) =>
    value !== null && typeof value === "object" && !Array.isArray(value) ? flat(value, `${name}.`) : [[prefix + name, value]]);
}

function settings(a, b) {
  const [left, right] = [a, b].map(({ result }) => new Map(flat(result.config)));
  const names = [...new Set([...left.keys(), ...right.keys()])];
  const shown = (value) => (value === undefined ? "–" : [value].flat().join(", ") || "–");
  const differing = names.filter((name) => shown(left.get(name)) !== shown(right.get(name)));
  if (!differing.length) return h("p", {}, t("compare.same"));
  return wide(plainTable(t("compare.settings.caption"), [t("compare.setting"), "A", "B"],
    differing.map((name) => [name, shown(left.get(name)), shown(right.get(name))])));
}

function figures(a, b) {
  const key = (row) => JSON.stringify(SETTINGS.map((name) => row[name] ?? null));
  const theirs = new Map(b.results.map((row) => [key(row), row]));
  const both = a.results.filter((row) => theirs.has(key(row)));
  const name = configurationNamer({ results: [...a.results, ...b.results] });
  if (!both.length) return best(a, b);
  const rows = both.flatMap((row) => lines(name(row), row, theirs.get(key(row))));
  return table(t("compare.shared", { count: both.length }), rows);
}

// Nothing is in both: the best of each stands for it.
function best(a, b) {
  return table(t("compare.none-shared"), lines(t("compare.best-of-each"), a.best, b.best));
}

function lines(name, left, right) {
  return measures([left, right]).map(({ name: measure, figure, show, factor }) => {
    const [x, y] = [left, right].map((row) => figure(row).mean);
    const difference = x === null || y === null ? "–" : signed(factor * (y - x), 3);
    return [name, t(`column.${measure}`), x === null ? "–" : show(x), y === null ? "–" : show(y), difference];
  });
}

function table(caption, rows) {
  return wide(plainTable(caption, [t("column.configuration"), t("compare.figure"), "A", "B", "B − A"], rows));
}

try {
  const experiments = await choices();
  if (experiments.length < 2) {
    $("pair").hidden = true;
    $("compared").replaceChildren(h("p", {}, t("compare.few"), " ", h("a", { href: `${ROOT}/sweeps` }, t("home.sweep.go"))));
    document.body.dataset.ready = "true";
  } else {
    const a = query.get("a") ?? experiments[1].id;
    fill($("a"), experiments, a);
    fill($("b"), experiments, query.get("b") ?? experiments.find((each) => each.id !== a).id);
    for (const side of SIDES) $(side).addEventListener("change", show);
    await show();
  }
} catch (error) {
  explain($("wrong"), error);
}
