// Two sweeps side by side: their settings, their verdicts and their configurations.

import { explain, get } from "./api.js";
import { configurationNamer, SETTINGS } from "./configuration-names.js";
import { nameOf } from "./labels.js";
import { $, h, ROOT, signed, t } from "./page.js";
import { plainTable, wide } from "./tables.js";
import { CRITERIA, verdictOf, word } from "./verdict.js";

const query = new URLSearchParams(location.search);
const SIDES = ["a", "b"];

async function choices() {
  const experiments = [];
  let next = `${ROOT}/experiments?limit=200`;
  while (next !== null && experiments.length < 400) {
    const page = await get(next);
    experiments.push(...page.experiments.filter((each) => each.state === "done" && each.kind !== "allocation"));
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
  return h("ul", { class: "criteria" }, pair.map(({ id, result }, at) => h("li", { class: "criterion" },
    h("h2", {}, h("a", { href: `${ROOT}/sweeps/${id}` }, `${"AB"[at]}: ${t("verdict.title")}`)),
    h("strong", { class: verdictOf(result) }, word(verdictOf(result))),
    h("p", {}, t("compare.best", { name: configurationNamer(result)(result.best) })))));
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
  const rows = both.flatMap((row) => CRITERIA.slice().reverse().map((criterion) => line(name(row), criterion, row, theirs.get(key(row)))));
  return table(t("compare.shared", { count: both.length }), rows);
}

// Nothing is in both: the best of each stands for it.
function best(a, b) {
  const rows = CRITERIA.slice().reverse().map((criterion) => line(t("compare.best-of-each"), criterion, a.best, b.best));
  return table(t("compare.none-shared"), rows);
}

function line(name, { part, metric, show, unit }, left, right) {
  const [x, y] = [left, right].map((row) => row[part][metric].mean);
  const factor = unit === "share" ? 100 : 1;
  const difference = x === null || y === null ? "–" : signed(factor * (y - x), 3);
  return [name, t(`column.${metric}`), x === null ? "–" : show(x), y === null ? "–" : show(y), difference];
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
